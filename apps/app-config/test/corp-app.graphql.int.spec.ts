import { graphqlOf, must } from '@daikaifa/harness';
import type { Viewer } from '@daikaifa/kernel';
import type { App } from '@daikaifa/service';
import { capturedLogger, viewerOf } from '@daikaifa/testing';
import {
  complete,
  createPng,
  createWorld,
  epochOf,
  mutation,
  ownConfig,
  startApp,
  startTemplateFiles,
  SUBMIT,
  type ChangeName,
  type CorpAppView,
  type World,
} from './harness';

const { logger, lines } = capturedLogger();
let files: Awaited<ReturnType<typeof startTemplateFiles>>;
let app: App;
let world: World;

beforeAll(async () => {
  files = await startTemplateFiles();
  const config = ownConfig({ TEMPLATE_INTERNAL_URL: files.url });
  app = await startApp(config, { logger });
  world = await createWorld(() => app, graphqlOf, config);
  await world.publishTemplate();
});
afterAll(async () => {
  await world.stop();
  await app.stop();
  await files.stop();
});

const faultOf = async (viewer: Viewer, query: string, input: object) =>
  (await world.graphql(viewer, query, { input })).fault;

const start = (view: CorpAppView) => world.start(view);

describe('startCorpApp (开始代开发应用)', () => {
  it('pre-fills logo, name, introduction and callback from the template, all of which can be changed', async () => {
    const bytes = await createPng(750, 750, '#ff8800');
    const { sha256, sizeBytes } = await files.put(bytes);
    const logo = { sha256, contentType: 'image/png', widthPx: 750, heightPx: 750, sizeBytes };
    await world.publishTemplate({ logo }, 'template-with-logo');
    const id = 'authorization-with-logo';
    await world.authorize(id, [epochOf()], { templateId: 'template-with-logo' });
    const granted = await world.findWhen(world.idOf(id));
    expect(granted).toMatchObject({ status: 'TO_DEVELOP', corpLabel: 'DEVELOPING', workingRevision: null, revisions: [] });

    await start(granted);
    const started = await world.findWhen(granted.id);
    expect(started).toMatchObject({
      status: 'DEVELOPING',
      workingRevision: {
        number: 1,
        status: 'DRAFT',
        content: { name: '云帆模版', introduction: '客户跟进管理', callback: 'TEMPLATE', logo: { sha256 } },
      },
    });
    const read = await fetch(started.workingRevision?.content.logo?.url ?? '');
    expect(Buffer.from(await read.arrayBuffer()).equals(bytes)).toBe(true);

    await world.change('editCorpApp', { ...world.target(started), content: { ...complete, callback: 'OWN' } });
    expect(await world.find(granted.id)).toMatchObject({
      workingRevision: { number: 1, content: { ...complete, callback: 'OWN', logo: { sha256 } } },
    });
  });

  it('is refused a second time', async () => {
    const view = await world.grant();
    const { corpApp } = await start(view);
    expect((await faultOf(world.tenant.admin, mutation('startCorpApp'), world.target(corpApp)))?.code).toBe('INVALID_STATE');
  });

  it('waits for the template', async () => {
    await world.authorize('authorization-early', [epochOf()], { templateId: 'template-nobody-knows' });
    const view = await world.findWhen(world.idOf('authorization-early'));
    expect((await faultOf(world.tenant.admin, mutation('startCorpApp'), world.target(view)))?.code).toBe('UNAVAILABLE');
  });
});

describe('editCorpApp', () => {
  it('keeps home page, mini-program, menu, trusted domain and IP list, tidied, and warns of doubtful IPs', async () => {
    const { corpApp } = await start(await world.grant());
    const menu = [
      { name: ' 客户 ', entry: { kind: 'URL', target: 'https://crm.example.com/c' } },
      { name: '更多', children: [{ name: '小程序', kind: 'MINI_PROGRAM', target: 'pages/home' }] },
    ];
    const content = {
      menu,
      trustedDomain: ' CRM.Example.com ',
      homePageUrl: null,
      miniProgram: { appId: 'wx0123456789abcdef', name: '云帆', published: true },
      ipWhitelist: ['203.0.113.7 ', '203.0.113.*', '2001:db8::1'],
    };
    const { warnings } = await world.change('editCorpApp', { ...world.target(corpApp), content });
    expect(warnings).toEqual([{ field: 'ipWhitelist.2', code: 'IP_UNCONFIRMED' }]);
    expect(await world.find(corpApp.id)).toMatchObject({
      workingRevision: {
        content: {
          homePageUrl: null,
          miniProgram: { appId: 'wx0123456789abcdef' },
          trustedDomain: 'crm.example.com',
          ipWhitelist: ['203.0.113.7', '203.0.113.*', '2001:db8::1'],
          menu: [
            { name: '客户', entry: { kind: 'URL', target: 'https://crm.example.com/c' }, children: [] },
            { name: '更多', entry: null, children: [{ name: '小程序', kind: 'MINI_PROGRAM', target: 'pages/home' }] },
          ],
        },
      },
    });
  });

  it('names every fault at once, and stores nothing', async () => {
    const { corpApp } = await start(await world.grant());
    const content = {
      logoSha256: 'f'.repeat(64),
      name: '免费★',
      introduction: '短',
      homePageUrl: 'crm.example.com',
      trustedDomain: 'https://*.example.com',
      ipWhitelist: ['nonsense'],
      menu: [{ name: '更多' }, { name: '打开', entry: { kind: 'MINI_PROGRAM', target: 'pages/a' } }],
    };
    expect(await faultOf(world.tenant.developer, mutation('editCorpApp'), { ...world.target(corpApp), content })).toEqual({
      code: 'BAD_USER_INPUT',
      violations: [
        'LOGO_NOT_UPLOADED',
        'NAME_CHARACTERS',
        'NAME_WORDS',
        'INTRODUCTION_LENGTH',
        'HOME_PAGE_URL_FORMAT',
        'MENU_MINI_PROGRAM',
        'TRUSTED_DOMAIN_SCHEME',
        'TRUSTED_DOMAIN_WILDCARD',
        'IP_FORMAT',
      ],
    });
    expect((await world.find(corpApp.id))?.version).toBe(corpApp.version);
  });

  it('is refused before the development was started', async () => {
    const view = await world.grant();
    const input = { ...world.target(view), content: { name: '云帆二号' } };
    expect((await faultOf(world.tenant.admin, mutation('editCorpApp'), input))?.code).toBe('INVALID_STATE');
  });

  it('takes null as: empty it', async () => {
    const view = await world.develop(await world.grant());
    const content = { introduction: null, trustedDomain: null, ipWhitelist: null, menu: null, callback: null };
    await world.change('editCorpApp', { ...world.target(view), content });
    expect((await world.find(view.id))?.workingRevision?.content).toMatchObject({
      introduction: null,
      trustedDomain: null,
      ipWhitelist: [],
      menu: [],
      callback: 'TEMPLATE',
      name: complete.name,
    });
  });
});

describe('copyCorpAppConfiguration', () => {
  it('makes a draft in another corp’s app, started or not, and leaves the source alone', async () => {
    const source = await world.develop(await world.grant());
    const fresh = await world.grant();
    const copied = await world.change('copyCorpAppConfiguration', { ...world.target(fresh), fromCorpAppId: source.id });
    expect(copied.corpApp.status).toBe('DEVELOPING');
    expect(await world.find(fresh.id)).toMatchObject({
      workingRevision: { number: 1, status: 'DRAFT', content: { ...complete, logo: source.workingRevision?.content.logo && { sha256: source.workingRevision.content.logo.sha256 } } },
    });

    const { corpApp: started } = await start(await world.grant());
    await world.change('copyCorpAppConfiguration', {
      ...world.target(started),
      fromCorpAppId: source.id,
      fromRevisionId: source.workingRevision?.id,
    });
    expect((await world.find(started.id))?.workingRevision?.content).toMatchObject(complete);
    expect((await world.find(source.id))?.version).toBe(source.version);
  });

  it('is refused from an app of another template, an empty one, an unknown one and an unknown revision', async () => {
    const target = await world.grant();
    const empty = await world.grant();
    await world.publishTemplate({}, 'template-2');
    await world.authorize('authorization-2', [epochOf()], { templateId: 'template-2' });
    const { corpApp: foreign } = await start(await world.findWhen(world.idOf('authorization-2')));
    const code = async (fromCorpAppId: string, more: object = {}) =>
      (
        await faultOf(world.tenant.admin, mutation('copyCorpAppConfiguration'), {
          ...world.target(target),
          fromCorpAppId,
          ...more,
        })
      )?.code;
    expect(await code(foreign.id)).toBe('INVALID_STATE');
    expect(await code(empty.id)).toBe('INVALID_STATE');
    expect(await code('unknown')).toBe('NOT_FOUND');
    expect(await code(foreign.id, { fromRevisionId: 'unknown' })).toBe('NOT_FOUND');
  });
});

describe('markCorpAppStep', () => {
  it('keeps a person’s word, and takes it back', async () => {
    const view = await world.grant();
    const input = { step: 'TRY_OUT', done: true };
    const { corpApp } = await world.change('markCorpAppStep', { ...world.target(view), ...input });
    expect((await world.find(view.id))?.checklist).toContainEqual({
      step: 'TRY_OUT',
      phase: 'AFTER_LAUNCH',
      done: true,
      confirmedBy: 'PERSON',
      person: world.tenant.admin.subject,
    });
    await world.change('markCorpAppStep', { ...world.target(corpApp), ...input, done: false });
    expect((await world.find(view.id))?.checklist.filter(({ done }) => done)).toEqual([]);
  });
});

describe('createCorpAppLogoUpload', () => {
  const UPLOAD = `mutation ($input: CreateCorpAppLogoUploadInput!) { createCorpAppLogoUpload(input: $input) { url } }`;

  it('is for editors of the tenant only', async () => {
    const input = { publisherId: world.tenant.id };
    for (const role of ['REVIEWER', 'BACKEND', 'VIEWER', 'OPERATOR'] as const) {
      expect((await faultOf(viewerOf([role], [world.tenant.id]), UPLOAD, input))?.code).toBe('FORBIDDEN');
    }
    expect((await faultOf(world.stranger.admin, UPLOAD, input))?.code).toBe('FORBIDDEN');
  });

  it('takes nothing but a logo', async () => {
    const { createCorpAppLogoUpload } = await must(
      world.graphql<{ createCorpAppLogoUpload: { url: string } }>(world.tenant.admin, UPLOAD, {
        input: { publisherId: world.tenant.id },
      }),
    );
    const body = new Uint8Array(await createPng(640, 750));
    const response = await fetch(createCorpAppLogoUpload.url, { method: 'PUT', body });
    const { violations } = (await response.json()) as { violations: { code: string }[] };
    expect([response.status, violations.map(({ code }) => code)]).toEqual([400, ['LOGO_SIZE']]);
  });
});

describe('every mutation of an app', () => {
  const editors = ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER'] as const;
  const changes: readonly (readonly [ChangeName, object, readonly Viewer['roles'][number][]])[] = [
    ['startCorpApp', {}, editors],
    ['editCorpApp', { content: { name: '云帆二号' } }, editors],
    ['rollBackCorpApp', { toRevisionId: 'x' }, editors],
    ['copyCorpAppConfiguration', { fromCorpAppId: 'x' }, editors],
    ['recordOwnershipFile', { fileName: 'WW_verify_a.txt', content: 'a' }, editors],
    ['proveTrustedDomain', {}, editors],
    ['withdrawCorpApp', {}, editors],
    ['markCorpAppStep', { step: 'TRY_OUT', done: true }, ['PUBLISHER_ADMIN']],
    ['acknowledgeDrift', { driftIds: [] }, editors],
  ];
  const allRoles = ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER', 'REVIEWER', 'BACKEND', 'VIEWER', 'OPERATOR'] as const;
  let view: CorpAppView;

  beforeAll(async () => {
    view = await world.grant();
  });

  it.each(changes)('%s is refused to every other role', async (name, more, roles) => {
    for (const role of allRoles.filter((one) => !roles.includes(one))) {
      const viewer = viewerOf([role], [world.tenant.id]);
      expect((await faultOf(viewer, mutation(name), { ...world.target(view), ...more }))?.code).toBe('FORBIDDEN');
    }
  });

  it.each(changes)('%s does not find another tenant’s app', async (name, more) => {
    expect((await faultOf(world.stranger.admin, mutation(name), { ...world.target(view), ...more }))?.code).toBe('NOT_FOUND');
  });

  it.each(changes)('%s refuses an old version', async (name, more) => {
    const old = { corpAppId: view.id, expectedVersion: view.version - 1, ...more };
    expect((await faultOf(world.tenant.admin, mutation(name), old))?.code).toBe('CONFLICT');
  });

  it('submitCorpApps too', async () => {
    for (const role of allRoles.filter((one) => !editors.some((editor) => editor === one))) {
      const viewer = viewerOf([role], [world.tenant.id]);
      expect((await faultOf(viewer, SUBMIT, world.submitInput([view])))?.code).toBe('FORBIDDEN');
    }
    expect(await faultOf(world.stranger.admin, SUBMIT, world.submitInput([view]))).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['CORP_APP_UNKNOWN'],
    });
    const old = world.submitInput([{ id: view.id, version: view.version - 1 }]);
    expect((await faultOf(world.tenant.admin, SUBMIT, old))?.code).toBe('CONFLICT');
  });
});

describe('reading', () => {
  const LIST = `query ($first: Int, $after: String, $templateId: ID, $publisherId: ID, $status: [CorpAppStatus!]) {
    corpApps(first: $first, after: $after, templateId: $templateId, publisherId: $publisherId, status: $status) {
      nodes { id status } pageInfo { hasNextPage endCursor }
    }
  }`;
  interface Listed {
    readonly corpApps: {
      readonly nodes: readonly { readonly id: string; readonly status: string }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    };
  }

  it('lists the apps of a template with the state of each, newest first, page by page', async () => {
    await world.publishTemplate({}, 'template-listed');
    const views: CorpAppView[] = [];
    for (const id of ['listed-1', 'listed-2', 'listed-3']) {
      await world.authorize(id, [epochOf()], { templateId: 'template-listed' });
      views.push(await world.findWhen(world.idOf(id)));
    }
    await start(views[0] as CorpAppView);
    const templateId = 'template-listed';
    const page = await must(world.graphql<Listed>(world.tenant.developer, LIST, { first: 2, templateId }));
    expect(page.corpApps.nodes.map(({ id }) => id)).toEqual([views[2]?.id, views[1]?.id]);
    const after = page.corpApps.pageInfo.endCursor;
    const rest = await must(world.graphql<Listed>(world.tenant.developer, LIST, { first: 2, after, templateId }));
    expect(rest.corpApps.nodes).toEqual([{ id: views[0]?.id, status: 'DEVELOPING' }]);
    const started = await must(
      world.graphql<Listed>(world.tenant.developer, LIST, { templateId, status: ['DEVELOPING'], publisherId: world.tenant.id }),
    );
    expect(started.corpApps.nodes.map(({ id }) => id)).toEqual([views[0]?.id]);
  });

  it('is refused for another tenant’s list, and for pages out of range', async () => {
    const publisherId = world.tenant.id;
    expect((await world.graphql(world.stranger.admin, LIST, { publisherId })).fault?.code).toBe('FORBIDDEN');
    expect((await world.graphql(world.tenant.admin, LIST, { first: 101 })).fault).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['PAGE_SIZE'],
    });
  });

  it('shows the rules as data', async () => {
    const query = `{ corpAppRules { version fields { field code applied } wordLists { name } } }`;
    const { corpAppRules } = await must(
      world.graphql<{ corpAppRules: { fields: object[] } }>(world.tenant.developer, query),
    );
    expect(corpAppRules).toMatchObject({ version: '1', wordLists: [{ name: 'NAME' }, { name: 'MENU' }] });
    expect(corpAppRules.fields).toContainEqual({ field: 'menu.*.name', code: 'MENU_NAME_BYTES', applied: 'SAVE' });
    expect(corpAppRules.fields).toContainEqual({ field: 'trustedDomain', code: 'TRUSTED_DOMAIN_ICP', applied: 'PERSON' });
  });
});

describe('entities for the gateway', () => {
  const ENTITIES = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) {
      ... on CorpApp { id status template { id } authorization { id } checklist { step } }
      ... on DelegatedTemplate { id corpApps(first: 1) { nodes { id } } }
      ... on Authorization { id corpApp { id epoch } }
    }
  }`;

  it('are found by id, one query for all of a kind, in the order asked for', async () => {
    const first = await world.grant();
    const second = await world.grant();
    const representations = [
      { __typename: 'CorpApp', id: first.id },
      { __typename: 'CorpApp', id: second.id },
      { __typename: 'CorpApp', id: 'missing' },
      { __typename: 'DelegatedTemplate', id: world.templateId },
      { __typename: 'DelegatedTemplate', id: 'template-nobody-knows-of' },
      { __typename: 'Authorization', id: first.authorizationId },
      { __typename: 'Authorization', id: second.authorizationId },
      { __typename: 'Authorization', id: 'missing' },
    ];
    const before = lines.length;
    const data = await must(world.graphql(viewerOf(['OPERATOR']), ENTITIES, { representations }));
    expect(data).toMatchObject({
      _entities: [
        { id: first.id, status: 'TO_DEVELOP', template: { id: world.templateId }, authorization: { id: first.authorizationId } },
        { id: second.id },
        null,
        { id: world.templateId, corpApps: { nodes: [{ id: second.id }] } },
        { corpApps: { nodes: [] } },
        { id: first.authorizationId, corpApp: { id: first.id, epoch: 1 } },
        { id: second.authorizationId, corpApp: { id: second.id } },
        { id: 'missing', corpApp: null },
      ],
    });
    const reads = lines
      .slice(before)
      .filter((line) => line['audit.collection'] === 'corp_apps' && line['audit.reason'] === 'operator test-operator')
      .map((line) => line['audit.operation']);
    expect(reads.sort()).toEqual(['byIds', 'currentOf', 'pagesByParent']);
  });

  it('of another tenant stay hidden', async () => {
    const view = await world.grant();
    const representations = [
      { __typename: 'CorpApp', id: view.id },
      { __typename: 'DelegatedTemplate', id: world.templateId },
      { __typename: 'Authorization', id: view.authorizationId },
    ];
    expect(await must(world.graphql(world.stranger.admin, ENTITIES, { representations }))).toEqual({
      _entities: [
        null,
        { id: world.templateId, corpApps: { nodes: [] } },
        { id: view.authorizationId, corpApp: null },
      ],
    });
  });
});

describe('without the identity that the gateway signs', () => {
  it('nothing is answered', async () => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ corpAppRules { version } }' }),
    });
    expect(response.status).toBe(401);
  });
});
