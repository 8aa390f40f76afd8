import { corpAppTopic, type CorpAppState } from '@daikaifa/contracts';
import { graphqlOf, must, watchTopic } from '@daikaifa/harness';
import { AppError, text, type Clock } from '@daikaifa/kernel';
import { IDENTITY_HEADER, signIdentity } from '@daikaifa/security';
import type { App } from '@daikaifa/service';
import { eventually, testIdentitySecret, uniqueName } from '@daikaifa/testing';
import type { CorpApps } from '../src/application/ports';
import {
  cancelled,
  complete,
  createWorld,
  epochOf,
  mutation,
  ownConfig,
  publishStatus,
  startApp,
  SUBMIT,
  type CorpAppView,
  type Submitted,
  type World,
} from './harness';

/** Longer than any machine stalls: only a batch that a test leaves behind is taken for left behind. */
const STUCK_AFTER_MS = 600_000;
const config = ownConfig({ SUBMISSION_SWEEP_EVERY_MS: '200', SUBMISSION_STUCK_AFTER_MS: String(STUCK_AFTER_MS) });
/** The time of the service: it runs from the middle of a month, since changes of domains are counted by the month. */
let aheadMs = new Date('2026-03-15T04:00:00.000Z').getTime() - Date.now();
const clock: Clock = { now: () => new Date(Date.now() + aheadMs) };
const leaveBehind = (): void => {
  aheadMs += STUCK_AFTER_MS;
};
let app: App;
let world: World;
let topic: Awaited<ReturnType<typeof watchTopic<CorpAppState>>>;
/** Set by a test to let a write fail, or wait. */
let beforeWrite: (kind: 'save' | 'update', id: string) => void | Promise<unknown> = () => undefined;

const failing = (real: CorpApps): CorpApps => ({
  ...real,
  save: async (next, version, facts) => {
    await beforeWrite('save', next.id);
    return real.save(next, version, facts);
  },
  update: async (scope, id, decide) => {
    await beforeWrite('update', id);
    return real.update(scope, id, decide);
  },
});

beforeAll(async () => {
  app = await startApp(config, { clock, corpApps: failing });
  world = await createWorld(() => app, graphqlOf, config);
  topic = await watchTopic(config, corpAppTopic);
  await world.publishTemplate();
  const probe = await world.grant();
  await world.start(probe);
  await world.verifyTemplateEndpoint(probe);
});
afterAll(async () => {
  await topic.stop();
  await world.stop();
  await app.stop();
});
afterEach(() => {
  beforeWrite = () => undefined;
});

const ready = async (more: object = {}): Promise<CorpAppView> => world.develop(await world.grant(), more);
const statusIs = (status: string) => (view: CorpAppView) => view.status === status;
const revisionIs = (status: string) => (view: CorpAppView) => view.workingRevision?.status === status;
/** What has happened to an app that `ready` answers. */
const DEVELOPED = ['corp-app.created', 'corp-app.started', 'corp-app.edited'];
const typesOf = (id: string) => topic.of(id).map(({ type }) => type);
const untilTypes = (id: string, types: readonly string[]) =>
  eventually(() => {
    expect(typesOf(id)).toEqual(types);
    return true;
  });

const faultOf = async (input: object) => (await world.graphql(world.tenant.developer, SUBMIT, { input })).fault;
/** With the fields, which the short form of a fault leaves out. */
const detailed = async (input: object): Promise<readonly string[]> => {
  const identity = await signIdentity(world.tenant.developer, testIdentitySecret);
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: identity },
    body: JSON.stringify({ query: SUBMIT, variables: { input } }),
  });
  const { errors } = (await response.json()) as {
    errors: { extensions: { violations: { field: string; code: string }[] } }[];
  };
  return (errors[0]?.extensions.violations ?? []).map(({ field, code }) => `${field} ${code}`);
};

describe('submitCorpApps (提交上线)', () => {
  it('submits several apps of one template, with one batch id and the warnings of each', async () => {
    const [first, second] = [await ready(), await ready({ ipWhitelist: ['2001:db8::1'] })];
    const { batchId, corpApps, warnings } = await world.submit(first, second);
    expect(corpApps.map(({ id, status }) => [id, status])).toEqual([
      [first.id, 'IN_REVIEW'],
      [second.id, 'IN_REVIEW'],
    ]);
    expect(warnings.map(({ field, code }) => `${field} ${code}`)).toEqual([
      `${first.id}.trustedDomain TRUSTED_DOMAIN_UNPROVED`,
      `${first.id} NOT_SELF_TESTED`,
      `${second.id}.ipWhitelist.0 IP_UNCONFIRMED`,
      `${second.id}.trustedDomain TRUSTED_DOMAIN_UNPROVED`,
      `${second.id} NOT_SELF_TESTED`,
    ]);
    for (const { id } of [first, second]) {
      await untilTypes(id, [...DEVELOPED, 'corp-app.submitted']);
      expect(topic.of(id).at(-1)?.state).toMatchObject({
        status: 'IN_REVIEW',
        workingRevision: {
          status: 'IN_REVIEW',
          content: complete,
          submission: {
            batchId,
            submittedBy: world.tenant.developer.subject,
            callbackUrl: `https://callback.example.com/callback/endpoint-${world.templateId}`,
            trustedDomainProof: 'NOT_CHECKED',
            selfTested: false,
          },
        },
      });
    }
  });

  it('refuses the whole batch for one invalid app, naming every fault of every app, and holds none', async () => {
    const good = await ready();
    const bad = await ready({ introduction: null, homePageUrl: null });
    const own = await ready({ callback: 'OWN' });
    const fresh = await world.grant();
    const inReview = await ready();
    await world.submit(inReview);
    const submitted = (await world.find(inReview.id)) as CorpAppView;
    await world.authorize('of-another-template', [epochOf()], { templateId: 'another' });
    const foreign = await world.findWhen(world.idOf('of-another-template'));
    const unknown = { id: 'unknown', version: 1 };

    expect(await detailed(world.submitInput([good, bad, own, fresh, submitted, foreign, unknown]))).toEqual([
      `${bad.id}.introduction INTRODUCTION_REQUIRED`,
      `${bad.id}.homePageUrl HOME_PAGE_URL_REQUIRED`,
      `${bad.id}.trustedDomain TRUSTED_DOMAIN_UNPROVED`,
      `${bad.id} NOT_SELF_TESTED`,
      `${own.id}.callback CALLBACK_MISSING`,
      `${own.id}.trustedDomain TRUSTED_DOMAIN_UNPROVED`,
      `${own.id} NOT_SELF_TESTED`,
      `${fresh.id} NOT_SUBMITTABLE`,
      `${inReview.id} NOT_SUBMITTABLE`,
      `${foreign.id} OTHER_TEMPLATE`,
      'unknown CORP_APP_UNKNOWN',
    ]);
    expect((await world.find(good.id))?.version).toBe(good.version);
    await world.change('editCorpApp', { ...world.target(good), content: { name: '云帆二号' } });
  });

  it('names 1 to 100 apps, each once', async () => {
    const view = await ready();
    expect((await faultOf(world.submitInput([])))?.violations).toEqual(['BATCH_SIZE']);
    const many = Array.from({ length: 101 }, (_, index) => ({ id: `app-${index}`, version: 1 }));
    expect((await faultOf(world.submitInput(many)))?.violations).toEqual(['BATCH_SIZE']);
    expect(await detailed(world.submitInput([view, view]))).toEqual([`${view.id} CORP_APP_REPEATED`]);
  });

  it('answers a repeated key with the same batch, and refuses it for another list', async () => {
    const [first, second] = [await ready(), await ready()];
    const input = world.submitInput([first]);
    const once = await must(world.graphql<Submitted>(world.tenant.developer, SUBMIT, { input }));
    const twice = await must(world.graphql<Submitted>(world.tenant.developer, SUBMIT, { input }));
    expect(twice).toEqual(once);
    const other = world.submitInput([second], { idempotencyKey: input.idempotencyKey });
    expect((await faultOf(other))?.code).toBe('CONFLICT');
  });

  it('with an endpoint of its own waits for that endpoint', async () => {
    const view = await ready({ callback: 'OWN' });
    expect((await faultOf(world.submitInput([view])))?.violations).toContain('CALLBACK_MISSING');
    await world.publishEndpoint({ kind: 'CORP_APP', id: view.id }, { keysIssued: false, verifiedAt: null });
    await eventually(async () => (await faultOf(world.submitInput([view])))?.violations.includes('CALLBACK_KEYS_MISSING'));
    await world.publishEndpoint({ kind: 'CORP_APP', id: view.id }, { verifiedAt: null });
    await eventually(async () => (await faultOf(world.submitInput([view])))?.violations.includes('CALLBACK_NOT_VERIFIED'));
    await world.publishEndpoint({ kind: 'CORP_APP', id: view.id });
    await eventually(() => world.submit(view));
    expect(await world.find(view.id)).toMatchObject({
      workingRevision: { submission: { callbackUrl: `https://callback.example.com/callback/endpoint-${view.id}` } },
    });
  });

  it('says that the template was tried, once it is online in a test corp (自行测试)', async () => {
    const test = await world.develop(await world.grant({ environment: 'TEST' }));
    const { warnings } = await world.submit(test);
    expect(warnings.map(({ code }) => code)).toEqual(['TRUSTED_DOMAIN_UNPROVED']);
    await world.review((await world.find(test.id)) as CorpAppView, 'LAUNCHED');
    await world.findWhen(test.id, statusIs('ONLINE'));

    const formal = await ready();
    expect((await world.submit(formal)).warnings.map(({ code }) => code)).toEqual(['TRUSTED_DOMAIN_UNPROVED']);
    expect(await world.find(formal.id)).toMatchObject({ workingRevision: { submission: { selfTested: true } } });
  });
});

describe('trusted domains', () => {
  it('are set at most 20 times a month in one corp, in whichever of its apps', async () => {
    const corpId = uniqueName('wpCorp');
    const views = [];
    for (const authorizationId of [uniqueName('authorization'), uniqueName('authorization')]) {
      await world.authorize(authorizationId, [epochOf()], { corpId });
      views.push(await world.develop(await world.findWhen(world.idOf(authorizationId))));
    }
    const [first, second] = views as [CorpAppView, CorpAppView];
    let version = first.version;
    for (let change = 1; change <= 20; change += 1) {
      const content = { trustedDomain: `crm${change}.example.com` };
      const { corpApp: edited } = await world.change('editCorpApp', { ...world.target({ id: first.id, version }), content });
      const [submitted] = (await world.submit(edited)).corpApps;
      version = (await world.change('withdrawCorpApp', world.target(submitted ?? edited))).corpApp.version;
    }
    expect((await faultOf(world.submitInput([second])))?.violations).toContain('TRUSTED_DOMAIN_CHANGES');
    // The domain that stands there already is no change.
    await world.submit({ id: first.id, version });
    await world.submit(await ready());
  });
});

describe('withdrawCorpApp', () => {
  it('takes one app of a batch back and leaves the other', async () => {
    const [first, second] = [await ready(), await ready()];
    const { corpApps } = await world.submit(first, second);
    const target = corpApps[0] as { id: string; version: number };
    expect((await world.change('withdrawCorpApp', world.target(target))).corpApp.status).toBe('DEVELOPING');
    expect((await world.find(second.id))?.status).toBe('IN_REVIEW');
  });

  it('is refused for a draft', async () => {
    const view = await ready();
    const { fault } = await world.graphql(world.tenant.developer, mutation('withdrawCorpApp'), { input: world.target(view) });
    expect(fault?.code).toBe('INVALID_STATE');
  });
});

describe('the app follows its review item', () => {
  it('to a rejection with reasons, a second submission, approval, launch, a newer revision and back', async () => {
    const first = await ready();
    await world.submit(first);
    const reasons = [{ field: 'name', code: 'NO_BRAND', zh: '名称缺少品牌', en: 'The name lacks the brand' }];
    await world.review((await world.find(first.id)) as CorpAppView, 'REJECTED', { reasons });
    const rejected = await world.findWhen(first.id, revisionIs('REJECTED'));
    expect(rejected).toMatchObject({
      status: 'DEVELOPING',
      workingRevision: { failure: { stage: 'VERDICT', reasons: [{ field: 'name', code: 'NO_BRAND' }] } },
    });

    const mended = await world.change('editCorpApp', { ...world.target(rejected), content: { name: '云帆助手' } });
    await world.submit(mended.corpApp);
    const second = (await world.find(first.id)) as CorpAppView;
    await world.review(second, 'PENDING');
    await world.review(second, 'APPROVED');
    expect((await world.findWhen(first.id, revisionIs('APPROVED'))).status).toBe('APPROVED');
    const launch = {
      requestedBy: 'admin',
      requestedAt: '2026-03-03T09:00:00.000Z',
      confirmedBy: 'SIGNAL' as const,
      confirmedAt: '2026-03-03T10:00:00.000Z',
    };
    await world.review(second, 'LAUNCHING', { launch: { ...launch, confirmedBy: null, confirmedAt: null } });
    expect((await world.findWhen(first.id, revisionIs('LAUNCHING'))).status).toBe('APPROVED');
    await world.review(second, 'LAUNCHED', { launch });
    const online = await world.findWhen(first.id, statusIs('ONLINE'));
    expect(online).toMatchObject({
      corpLabel: 'ENABLED',
      workingRevision: null,
      onlineRevision: { number: 1, launchConfirmedBy: 'SIGNAL', content: { name: '云帆助手' } },
    });
    await untilTypes(first.id, [
      ...DEVELOPED,
      'corp-app.submitted',
      'corp-app.review-failed',
      'corp-app.edited',
      'corp-app.submitted',
      'corp-app.approved',
      'corp-app.launching',
      'corp-app.launched',
    ]);

    const { corpApp } = await world.change('editCorpApp', { ...world.target(online), content: { name: '云帆二号' } });
    await world.submit(corpApp);
    await world.review((await world.find(first.id)) as CorpAppView, 'LAUNCHED');
    const twice = await world.findWhen(first.id, ({ revisions }) => revisions[0]?.number === 2 && revisions[0].status === 'ONLINE');
    const [newer, older] = twice.revisions;
    const query = `query ($id: ID!, $a: ID!, $b: ID!) {
      corpApp(id: $id) { diff(fromRevisionId: $a, toRevisionId: $b) { field before after } }
    }`;
    expect(await must(world.graphql(world.tenant.developer, query, { id: first.id, a: older?.id, b: newer?.id }))).toEqual({
      corpApp: { diff: [{ field: 'name', before: '云帆助手', after: '云帆二号' }] },
    });
    await world.change('rollBackCorpApp', { ...world.target(twice), toRevisionId: older?.id });
    expect(await world.find(first.id)).toMatchObject({
      status: 'ONLINE',
      workingRevision: { number: 3, status: 'DRAFT', content: { name: '云帆助手' } },
    });
  });

  it('through a failed precheck, a withdrawn item and a void one', async () => {
    const view = await ready();
    for (const [state, next] of [
      ['PRECHECK_FAILED', 'REJECTED'],
      ['WITHDRAWN', 'DRAFT'],
      ['VOID', 'DRAFT'],
    ] as const) {
      await world.submit((await world.find(view.id)) as CorpAppView);
      await world.review((await world.find(view.id)) as CorpAppView, state);
      expect((await world.findWhen(view.id, revisionIs(next))).status).toBe('DEVELOPING');
    }
  });

  it('takes a duplicate once, and is not led astray by a template’s item', async () => {
    const view = await ready();
    await world.submit(view);
    const submitted = (await world.find(view.id)) as CorpAppView;
    await world.review(submitted, 'REJECTED', {
      subject: {
        kind: 'DELEGATED_TEMPLATE',
        id: view.id,
        revisionId: submitted.workingRevision?.id ?? '',
        submissionId: submitted.workingRevision?.submission?.id ?? '',
      },
    });
    await world.review(submitted, 'APPROVED');
    await world.review(submitted, 'APPROVED');
    await world.review(submitted, 'LAUNCHING');
    await world.findWhen(view.id, revisionIs('LAUNCHING'));
    await untilTypes(view.id, [...DEVELOPED, 'corp-app.submitted', 'corp-app.approved', 'corp-app.launching']);
  });

  it('by the publish status that WeCom shows, without drift', async () => {
    const granted = await world.grant({ observation: { agent: null, permissions: null, scope: null, publishStatus: publishStatus(0) } });
    const view = await world.develop(granted);
    await world.submit(view);
    const submitted = (await world.find(view.id)) as CorpAppView;
    await world.review(submitted, 'LAUNCHING');
    await world.findWhen(view.id, revisionIs('LAUNCHING'));
    const read = publishStatus(2, '2026-03-03T09:30:00.000Z');
    await world.authorize(granted.authorizationId, [
      epochOf({ observation: { agent: null, permissions: null, scope: null, publishStatus: read } }),
    ]);
    expect((await world.findWhen(view.id, statusIs('ONLINE'))).drift).toEqual([]);
    await world.review(submitted, 'LAUNCHED');
    expect((await world.findWhen(view.id, ({ onlineRevision }) => onlineRevision !== null)).drift).toEqual([]);
  });
});

describe('a batch that meets a fault', () => {
  it('is given up when an app is changed while the others are being held', async () => {
    const [first, second] = [await ready(), await ready()];
    beforeWrite = (kind, id) => {
      if (kind === 'save' && id === second.id) {
        throw new AppError('CONFLICT', text('变', 'changed'));
      }
    };
    const input = world.submitInput([first, second]);
    expect((await faultOf(input))?.code).toBe('CONFLICT');
    beforeWrite = () => undefined;
    const released = (await world.find(first.id)) as CorpAppView;
    expect(released.status).toBe('DEVELOPING');
    expect((await faultOf(input))?.code).toBe('CONFLICT');
    const corpApps = (await world.submit(released, second)).corpApps;
    expect(corpApps.map(({ status }) => status)).toEqual(['IN_REVIEW', 'IN_REVIEW']);
    await eventually(() => typesOf(first.id).at(-1) === 'corp-app.submitted');
    expect(typesOf(first.id).filter((type) => type === 'corp-app.submitted')).toHaveLength(1);
  });

  it('is released by the sweep when the process died before it was committed', async () => {
    const [first, second] = [await ready(), await ready()];
    // Nothing more is written after the first app was held, neither the second nor the release.
    beforeWrite = (kind, id) => {
      if ((kind === 'save' && id === second.id) || (kind === 'update' && id === first.id)) {
        throw new AppError('UNAVAILABLE', text('断', 'gone'));
      }
    };
    expect((await faultOf(world.submitInput([first, second])))?.code).toBe('UNAVAILABLE');
    const edit = { ...world.target((await world.find(first.id)) as CorpAppView), content: { name: '云帆二号' } };
    expect((await world.graphql(world.tenant.developer, mutation('editCorpApp'), { input: edit })).fault?.code).toBe('INVALID_STATE');
    beforeWrite = () => undefined;
    leaveBehind();
    await eventually(async () =>
      world.change('editCorpApp', {
        ...world.target((await world.find(first.id)) as CorpAppView),
        content: { name: '云帆二号' },
      }),
    );
    await untilTypes(first.id, [...DEVELOPED, 'corp-app.edited']);
  });

  it('is finished by the sweep when the process died after it was committed', async () => {
    const [first, second] = [await ready(), await ready()];
    beforeWrite = (kind, id) => {
      if (kind === 'update' && id === second.id) {
        throw new AppError('UNAVAILABLE', text('断', 'gone'));
      }
    };
    expect((await faultOf(world.submitInput([first, second])))?.code).toBe('UNAVAILABLE');
    expect((await world.find(first.id))?.status).toBe('IN_REVIEW');
    expect((await world.find(second.id))?.status).toBe('DEVELOPING');
    beforeWrite = () => undefined;
    leaveBehind();
    const batchIds = [
      await world.findWhen(first.id, statusIs('IN_REVIEW')),
      await world.findWhen(second.id, statusIs('IN_REVIEW')),
    ].map(({ workingRevision }) => workingRevision?.submission?.batchId);
    expect(new Set(batchIds).size).toBe(1);
    await untilTypes(first.id, [...DEVELOPED, 'corp-app.submitted']);
    await untilTypes(second.id, [...DEVELOPED, 'corp-app.submitted']);
  });

  it('is refused when it took so long that the sweep had given it up, and holds none', async () => {
    const [first, second] = [await ready(), await ready()];
    beforeWrite = async (kind, id) => {
      if (kind === 'save' && id === second.id) {
        leaveBehind();
        await eventually(async () => ((await world.find(first.id))?.version ?? 0) >= first.version + 2);
      }
    };
    expect((await faultOf(world.submitInput([first, second])))?.code).toBe('CONFLICT');
    beforeWrite = () => undefined;
    for (const { id } of [first, second]) {
      const view = (await world.find(id)) as CorpAppView;
      await world.change('editCorpApp', { ...world.target(view), content: { name: '云帆二号' } });
    }
  });

  it('is finished by a repeated call', async () => {
    const view = await ready();
    beforeWrite = (kind, id) => {
      if (kind === 'update' && id === view.id) {
        throw new AppError('UNAVAILABLE', text('断', 'gone'));
      }
    };
    const input = world.submitInput([view]);
    expect((await faultOf(input))?.code).toBe('UNAVAILABLE');
    beforeWrite = () => undefined;
    const { submitCorpApps } = await must(world.graphql<Submitted>(world.tenant.developer, SUBMIT, { input }));
    expect(submitCorpApps.corpApps).toMatchObject([{ id: view.id, status: 'IN_REVIEW' }]);
  });

  it('leaves out an app whose corp cancels while it is held', async () => {
    const granted = await world.grant();
    const view = await world.develop(granted);
    const other = await ready();
    beforeWrite = (kind, id) => {
      if (kind === 'update' && id === other.id) {
        throw new AppError('UNAVAILABLE', text('断', 'gone'));
      }
    };
    expect((await faultOf(world.submitInput([other, view])))?.code).toBe('UNAVAILABLE');
    await world.authorize(granted.authorizationId, [cancelled()]);
    await world.findWhen(view.id, statusIs('CANCELLED'));
    beforeWrite = () => undefined;
    leaveBehind();
    await world.findWhen(other.id, statusIs('IN_REVIEW'));
    expect((await world.find(view.id))?.status).toBe('CANCELLED');
  });
});
