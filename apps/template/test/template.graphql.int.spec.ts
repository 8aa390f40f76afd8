import { endpointTopic } from '@daikaifa/contracts';
import type { Viewer } from '@daikaifa/kernel';
import { capturedLogger, eventually, uniqueName, viewerOf } from '@daikaifa/testing';
import type { App } from '@daikaifa/service';
import { createPublisher, graphqlOf, must, type Graphql } from '@daikaifa/harness';
import { change, content, CREATE, createSteps, EDIT, endpointState, ownConfig, startApp, type TemplateView } from './harness';

const ROLL_BACK = `mutation ($input: RollBackDelegatedTemplateInput!) {
  rollBackDelegatedTemplate(input: $input) { template { id version } }
}`;
const MARK = `mutation ($input: MarkChecklistStepInput!) {
  markChecklistStep(input: $input) { template { id version checklist { step done confirmedBy person } } }
}`;
const LIST = `query ($first: Int, $after: String, $publisherId: ID, $status: [TemplateStatus!]) {
  delegatedTemplates(first: $first, after: $after, publisherId: $publisherId, status: $status) {
    nodes { id status } pageInfo { hasNextPage endCursor }
  }
}`;

interface Listed {
  readonly delegatedTemplates: {
    readonly nodes: readonly { readonly id: string; readonly status: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

const config = ownConfig();
const { logger, lines } = capturedLogger();
let app: App;
let graphql: Graphql;
let steps: ReturnType<typeof createSteps>;
let other: Awaited<ReturnType<typeof createPublisher>>;
let tenant: { id: string; admin: Viewer; developer: Viewer };
let stranger: { id: string; admin: Viewer; developer: Viewer };

beforeAll(async () => {
  app = await startApp(config, { logger });
  graphql = graphqlOf(app);
  steps = createSteps(graphql);
  other = await createPublisher(config);
  tenant = await steps.registerProvider();
  stranger = await steps.registerProvider();
});
afterAll(async () => {
  await other.stop();
  await app.stop();
});

const verify = async (view: TemplateView): Promise<void> => {
  await other.state(endpointTopic, 1, endpointState(view.id, tenant.id));
  await steps.findWhen(tenant.developer, view.id, steps.hasStep('ENTER_CALLBACK'));
};

/** A template in review. */
const submitted = async (): Promise<TemplateView> => {
  const draft = await steps.createComplete(tenant.developer, tenant.id);
  await verify(draft);
  return steps.changeNow(tenant.developer, 'submit', draft);
};

const faultOf = async (viewer: Viewer, mutation: string, input: object) =>
  (await graphql(viewer, mutation, { input })).fault;

describe('createDelegatedTemplate', () => {
  const inputOf = (changes: object = {}) => ({
    publisherId: tenant.id,
    idempotencyKey: uniqueName('key'),
    content,
    ...changes,
  });

  it('saves a draft that may be incomplete', async () => {
    const view = await steps.createDraft(tenant.developer, tenant.id, { introduction: null });
    expect(view).toMatchObject({ version: 1, status: 'DRAFT' });
  });

  it.each(['REVIEWER', 'BACKEND', 'VIEWER', 'OPERATOR'] as const)('is refused to %s', async (role) => {
    expect((await faultOf(viewerOf([role], [tenant.id]), CREATE, inputOf()))?.code).toBe('FORBIDDEN');
  });

  it('is refused for another tenant, and for a tenant that is no publisher', async () => {
    expect((await faultOf(stranger.admin, CREATE, inputOf()))?.code).toBe('FORBIDDEN');
    const nobody = viewerOf(['PUBLISHER_ADMIN'], ['nobody']);
    expect((await faultOf(nobody, CREATE, inputOf({ publisherId: 'nobody' })))?.code).toBe('NOT_FOUND');
  });

  it('reports all faults at once', async () => {
    const bad = { name: '★', introduction: '短', category: 'X', targetIndustry: 'Y', logoSha256: 'f'.repeat(64) };
    expect(await faultOf(tenant.developer, CREATE, inputOf({ content: bad }))).toEqual({
      code: 'BAD_USER_INPUT',
      violations: [
        'LOGO_NOT_UPLOADED',
        'NAME_LENGTH',
        'NAME_CHARACTERS',
        'INTRODUCTION_LENGTH',
        'CATEGORY_UNKNOWN',
        'TARGET_INDUSTRY_UNKNOWN',
      ],
    });
  });

  it('answers the same template for a repeated key, CONFLICT for the key with another input', async () => {
    const input = inputOf();
    const first = await must(graphql(tenant.developer, CREATE, { input }));
    expect(await must(graphql(tenant.developer, CREATE, { input }))).toEqual(first);
    const fault = await faultOf(tenant.developer, CREATE, { ...input, content: { ...content, name: '别的名字' } });
    expect(fault?.code).toBe('CONFLICT');
  });
});

describe('editDelegatedTemplate', () => {
  it('changes what is given, once per version', async () => {
    const draft = await steps.createDraft(tenant.developer, tenant.id);
    const input = { templateId: draft.id, expectedVersion: 1, content: { name: '云帆二号' } };
    expect(await must(graphql(tenant.developer, EDIT, { input }))).toMatchObject({
      editDelegatedTemplate: { template: { version: 2, workingRevision: { content: { name: '云帆二号' } } } },
    });
    expect((await faultOf(tenant.developer, EDIT, input))?.code).toBe('CONFLICT');
  });

  it('reports all faults at once', async () => {
    const draft = await steps.createDraft(tenant.developer, tenant.id);
    const input = { templateId: draft.id, expectedVersion: 1, content: { name: '免费微信', category: 'X' } };
    expect(await faultOf(tenant.developer, EDIT, input)).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['NAME_WORDS', 'CATEGORY_UNKNOWN'],
    });
  });

  it('is refused in review', async () => {
    const view = await submitted();
    const input = { templateId: view.id, expectedVersion: view.version, content: { name: '云帆二号' } };
    expect((await faultOf(tenant.developer, EDIT, input))?.code).toBe('INVALID_STATE');
  });
});

describe('submitDelegatedTemplate', () => {
  it('hands the working revision to review', async () => {
    const view = await submitted();
    expect(view).toMatchObject({ status: 'IN_REVIEW', workingRevision: { status: 'IN_REVIEW' } });
    expect((await steps.find(tenant.developer, view.id)).workingRevision?.submission).toMatchObject({
      submittedBy: tenant.developer.subject,
      callbackUrl: 'https://callback.example.com/callback/suite/1',
    });
  });

  it('reports missing fields and the callback together', async () => {
    const draft = await steps.createDraft(tenant.developer, tenant.id, { introduction: null });
    const input = { templateId: draft.id, expectedVersion: 1 };
    expect(await faultOf(tenant.developer, change('submit'), input)).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['LOGO_REQUIRED', 'INTRODUCTION_REQUIRED', 'CALLBACK_MISSING'],
    });
  });

  it('waits for WeCom’s verification of the callback', async () => {
    const draft = await steps.createComplete(tenant.developer, tenant.id);
    const input = { templateId: draft.id, expectedVersion: draft.version };
    await other.state(endpointTopic, 1, { ...endpointState(draft.id, tenant.id), verifiedAt: null });
    await eventually(async () => {
      const fault = await faultOf(tenant.developer, change('submit'), input);
      return fault?.violations.join() === 'CALLBACK_NOT_VERIFIED';
    });
    await other.state(endpointTopic, 2, endpointState(draft.id, tenant.id));
    await steps.findWhen(tenant.developer, draft.id, steps.hasStep('ENTER_CALLBACK'));
    expect((await steps.changeNow(tenant.developer, 'submit', draft)).status).toBe('IN_REVIEW');
  });
});

describe('withdrawDelegatedTemplate', () => {
  it('takes the revision back to draft', async () => {
    const view = await submitted();
    expect(await steps.changeNow(tenant.developer, 'withdraw', view)).toMatchObject({
      status: 'DRAFT',
      workingRevision: { status: 'DRAFT', submission: null },
    });
  });

  it('is refused for a draft', async () => {
    const draft = await steps.createDraft(tenant.developer, tenant.id);
    const input = { templateId: draft.id, expectedVersion: 1 };
    expect((await faultOf(tenant.developer, change('withdraw'), input))?.code).toBe('INVALID_STATE');
  });
});

describe('deleteDelegatedTemplate', () => {
  it('deletes a draft; it is gone from lists and for every later change', async () => {
    const draft = await steps.createDraft(tenant.developer, tenant.id);
    const deleted = await steps.changeNow(tenant.developer, 'delete', draft);
    expect(deleted.status).toBe('DELETED');
    const { delegatedTemplates } = await must(graphql<Listed>(tenant.developer, LIST, { first: 100 }));
    expect(delegatedTemplates.nodes.map(({ id }) => id)).not.toContain(draft.id);
    const input = { templateId: draft.id, expectedVersion: deleted.version };
    expect((await faultOf(tenant.developer, change('delete'), input))?.code).toBe('NOT_FOUND');
  });

  it('is refused in review', async () => {
    const view = await submitted();
    const input = { templateId: view.id, expectedVersion: view.version };
    expect((await faultOf(tenant.developer, change('delete'), input))?.code).toBe('INVALID_STATE');
  });
});

describe('markChecklistStep', () => {
  it('keeps a person’s word, and takes it back', async () => {
    const draft = await steps.createDraft(tenant.developer, tenant.id);
    const input = { templateId: draft.id, expectedVersion: 1, step: 'ALLOW_CALLING_IPS', done: true };
    const marked = await must(graphql<{ markChecklistStep: { template: TemplateView } }>(tenant.admin, MARK, { input }));
    expect(marked.markChecklistStep.template.checklist).toContainEqual({
      step: 'ALLOW_CALLING_IPS',
      done: true,
      confirmedBy: 'PERSON',
      person: tenant.admin.subject,
    });
    const back = await must(
      graphql<{ markChecklistStep: { template: TemplateView } }>(tenant.admin, MARK, {
        input: { ...input, expectedVersion: 2, done: false },
      }),
    );
    expect(back.markChecklistStep.template.checklist.filter(({ done }) => done)).toEqual([]);
  });
});

describe('every mutation of a template', () => {
  const target = (view: TemplateView, more: object = {}) => ({ templateId: view.id, expectedVersion: view.version, ...more });
  const mutations: readonly (readonly [string, string, object, readonly Viewer['roles'][number][]])[] = [
    ['edit', EDIT, { content: { name: '云帆二号' } }, ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER']],
    ['submit', change('submit'), {}, ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER']],
    ['withdraw', change('withdraw'), {}, ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER']],
    ['retire', change('retire'), {}, ['PUBLISHER_ADMIN']],
    ['delete', change('delete'), {}, ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER']],
    ['roll back', ROLL_BACK, { toRevisionId: 'x' }, ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER']],
    ['mark', MARK, { step: 'ALLOW_CALLING_IPS', done: true }, ['PUBLISHER_ADMIN']],
  ];
  const allRoles = ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER', 'REVIEWER', 'BACKEND', 'VIEWER', 'OPERATOR'] as const;
  let draft: TemplateView;

  beforeAll(async () => {
    draft = await steps.createDraft(tenant.developer, tenant.id);
  });

  it.each(mutations)('%s is refused to every other role', async (_name, mutation, more, roles) => {
    for (const role of allRoles.filter((one) => !roles.includes(one))) {
      expect((await faultOf(viewerOf([role], [tenant.id]), mutation, target(draft, more)))?.code).toBe('FORBIDDEN');
    }
  });

  it.each(mutations)('%s does not find another tenant’s template', async (_name, mutation, more) => {
    expect((await faultOf(stranger.admin, mutation, target(draft, more)))?.code).toBe('NOT_FOUND');
  });

  it.each(mutations)('%s refuses an old version', async (_name, mutation, more) => {
    const old = { ...target(draft, more), expectedVersion: draft.version - 1 };
    expect((await faultOf(tenant.admin, mutation, old))?.code).toBe('CONFLICT');
  });
});

describe('reading', () => {
  it('lists the own templates by status, newest first, page by page', async () => {
    const owner = await steps.registerProvider();
    const [first, second, third] = [
      await steps.createDraft(owner.developer, owner.id),
      await steps.createDraft(owner.developer, owner.id),
      await steps.createDraft(owner.developer, owner.id),
    ];
    const page = await must(graphql<Listed>(owner.developer, LIST, { first: 2, status: ['DRAFT'] }));
    expect(page.delegatedTemplates.nodes.map(({ id }) => id)).toEqual([third.id, second.id]);
    expect(page.delegatedTemplates.pageInfo.hasNextPage).toBe(true);
    const after = page.delegatedTemplates.pageInfo.endCursor;
    const rest = await must(graphql<Listed>(owner.developer, LIST, { first: 2, after, publisherId: owner.id }));
    expect(rest.delegatedTemplates.nodes.map(({ id }) => id)).toEqual([first.id]);
    const online = await must(graphql<Listed>(owner.developer, LIST, { status: ['ONLINE'] }));
    expect(online.delegatedTemplates.nodes).toEqual([]);
  });

  it('is refused for another tenant’s list, and for pages out of range', async () => {
    expect((await graphql(stranger.admin, LIST, { publisherId: tenant.id })).fault?.code).toBe('FORBIDDEN');
    expect((await graphql(tenant.admin, LIST, { first: 101 })).fault).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['PAGE_SIZE'],
    });
  });

  it('shows the rules, categories and industries as data', async () => {
    const query = `{ rules { version fields { field code applied advice { zh } } wordLists { name words } }
      categories { code text { zh en } } industries { code } }`;
    const data = await must(graphql<{ rules: { fields: object[] } }>(tenant.developer, query));
    expect(data).toMatchObject({ rules: { version: '1', wordLists: [{ name: 'NAME' }] } });
    expect(data.rules.fields).toContainEqual({
      field: 'name',
      code: 'NAME_LENGTH',
      applied: 'SAVE',
      advice: { zh: '建议包含品牌名' },
    });
    expect(data.rules.fields).toContainEqual({ field: 'logo', code: 'LOGO_LIKENESS', applied: 'PERSON', advice: null });
  });

  it('compares any two revisions', async () => {
    const draft = await steps.createDraft(tenant.developer, tenant.id);
    const revisionId = draft.workingRevision?.id;
    const query = `query ($id: ID!, $a: ID!, $b: ID!) {
      delegatedTemplate(id: $id) { diff(fromRevisionId: $a, toRevisionId: $b) { field before after } }
    }`;
    const same = await must(graphql(tenant.developer, query, { id: draft.id, a: revisionId, b: revisionId }));
    expect(same).toEqual({ delegatedTemplate: { diff: [] } });
    const unknown = await must(graphql(tenant.developer, query, { id: draft.id, a: revisionId, b: 'x' }));
    expect(unknown).toEqual({ delegatedTemplate: { diff: null } });
  });
});

describe('entities for the gateway', () => {
  const ENTITIES = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) {
      ... on DelegatedTemplate { id status publisher { id } checklist { step } }
      ... on Publisher { id templates(first: 1) { nodes { id } } }
    }
  }`;
  const readsOf = (collection: string) =>
    lines.filter((line) => line['audit.collection'] === collection).map((line) => line['audit.operation']);

  it('are found by id, one query for all of them, in the order asked for', async () => {
    const drafts = [
      await steps.createDraft(tenant.developer, tenant.id),
      await steps.createDraft(stranger.developer, stranger.id),
    ];
    const representations = [
      ...drafts.map(({ id }) => ({ __typename: 'DelegatedTemplate', id })),
      { __typename: 'DelegatedTemplate', id: 'missing' },
      { __typename: 'Publisher', id: tenant.id },
      { __typename: 'Publisher', id: stranger.id },
    ];
    const before = lines.length;
    const operator = viewerOf(['OPERATOR']);
    const data = await must(graphql<{ _entities: object[] }>(operator, ENTITIES, { representations }));
    expect(data._entities).toMatchObject([
      { id: drafts[0]?.id, status: 'DRAFT', publisher: { id: tenant.id } },
      { id: drafts[1]?.id, publisher: { id: stranger.id } },
      null,
      { id: tenant.id, templates: { nodes: [{ id: drafts[0]?.id }] } },
      { id: stranger.id, templates: { nodes: [{ id: drafts[1]?.id }] } },
    ]);
    lines.splice(0, before);
    expect(readsOf('delegated_templates').sort()).toEqual(['byIds', 'pagesByParent']);
  });

  it('of another tenant are null, and its templates stay hidden', async () => {
    const draft = await steps.createDraft(tenant.developer, tenant.id);
    const representations = [
      { __typename: 'DelegatedTemplate', id: draft.id },
      { __typename: 'Publisher', id: tenant.id },
    ];
    const data = await must(graphql(stranger.admin, ENTITIES, { representations }));
    expect(data).toEqual({ _entities: [null, null] });
  });
});

describe('without the identity that the gateway signs', () => {
  it('nothing is answered', async () => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ rules { version } }' }),
    });
    expect(response.status).toBe(401);
  });
});
