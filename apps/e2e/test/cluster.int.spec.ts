import { authorizationTopic } from '@daikaifa/contracts';
import type { OnlineTemplate } from '@daikaifa/demo';
import { clientOf } from '@daikaifa/harness';
import type { AppProcess, Stack } from '@daikaifa/stack';
import { eventually } from '@daikaifa/testing';
import { AFTER_REBALANCE, appsOf, CUSTOMERS, type AppOfCorp, type Apps } from './apps';
import {
  askAppToken,
  corpsOf,
  GET_AUTH_INFO,
  GET_TOKEN,
  isObserved,
  tryAppToken,
  type Corps,
  type Installation,
} from './corps';
import { bringTemplateOnline, makeStack, SHORT_SESSION } from './harness';
import { kafkaOf } from './kafka-of';

const REQUESTS = 50;
/** WeCom is slow with tokens: whoever asks meanwhile has to wait for the one answer, or asks too. */
const TOKEN_ANSWER_MS = 1500;

let stack: Stack;
let reviewWorker: AppProcess;
let secondAuthorization: AppProcess;
let secondAppConfig: AppProcess;
let secondPermission: AppProcess;
let online: OnlineTemplate;
let corps: Corps;
let apps: Apps;

beforeAll(async () => {
  stack = await makeStack({ commonEnv: SHORT_SESSION, env: { review: { ROLES: 'api' } } });
  reviewWorker = await stack.another('review', 'review-worker', { ROLES: 'consumer,worker' });
  secondAuthorization = await stack.another('authorization', 'authorization-second');
  secondAppConfig = await stack.another('app-config', 'app-config-second');
  secondPermission = await stack.another('permission', 'permission-second');
  await stack.start();
  await Promise.all([reviewWorker, secondAuthorization, secondAppConfig, secondPermission].map((one) => one.start()));
  online = await bringTemplateOnline(stack);
  corps = corpsOf(online);
  apps = appsOf(online, corps);
}, 120_000);

afterAll(() => stack?.stop(), 60_000);

const metric = async ({ url }: AppProcess, name: string, labels: string): Promise<number> => {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n');
  return lines
    .filter((line) => line.startsWith(`${name}{`) && line.includes(labels))
    .reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
};

describe('review as an api process and a process of consumers and workers', () => {
  it('took a template through rejection, a second review and launch', async () => {
    const { delegatedTemplate } = await online.doors.admin.ask<{
      delegatedTemplate: { status: string; reviewItems: { nodes: { state: string }[] } };
    }>('query Reviewed($id: ID!) { delegatedTemplate(id: $id) { id status reviewItems(first: 5) { nodes { state } } } }', {
      id: online.templateId,
    });
    expect(delegatedTemplate.status).toBe('ONLINE');
    expect(delegatedTemplate.reviewItems.nodes.map(({ state }) => state)).toEqual(['LAUNCHED', 'REJECTED']);
  });

  it('does events and jobs in the one, GraphQL in the other', async () => {
    const api = stack.processes.review;
    const precheck = 'job="precheck",outcome="done"';
    const events = 'group="review"';
    expect(await metric(reviewWorker, 'messaging_events_total', events)).toBeGreaterThan(0);
    expect(await metric(api, 'messaging_events_total', events)).toBe(0);
    expect(await metric(reviewWorker, 'jobs_ended_total', precheck)).toBeGreaterThanOrEqual(2);
    expect(await metric(api, 'jobs_ended_total', precheck)).toBe(0);
    expect(await metric(reviewWorker, 'http_server_request_duration_seconds_count', 'route="/graphql"')).toBe(0);
    expect(await metric(api, 'http_server_request_duration_seconds_count', 'route="/graphql"')).toBeGreaterThan(0);
    expect((await fetch(`${reviewWorker.url}/graphql`, { method: 'POST' })).status).toBe(404);
  });
});

describe('two authorization processes', () => {
  const urls = (): readonly string[] => [stack.urls.authorization, secondAuthorization.url];

  const askFromEverywhere = (authorizationId: string) =>
    Promise.all(
      Array.from({ length: REQUESTS }, (_, index) => askAppToken(urls()[index % 2]!, online, authorizationId)),
    );

  const distinct = (answers: Awaited<ReturnType<typeof askFromEverywhere>>): readonly string[] => [
    ...new Set(answers.map(({ status, accessToken }) => `${status} ${accessToken}`)),
  ];

  const slowTokens = (): Promise<unknown> =>
    corps.orderFault({
      target: 'api',
      match: GET_TOKEN,
      kind: 'delay',
      delayMs: TOKEN_ANSWER_MS,
      times: REQUESTS,
    });

  const fetches = (app: Installation): Promise<number> => corps.calls(GET_TOKEN, app.encryptedCorpId);

  afterEach(() => online.doors.sandbox.call('DELETE', '/faults'));

  it(`answers ${REQUESTS} token requests at the same time from one gettoken, the first of the corp`, async () => {
    // The first reading of the app fetches a token too: it waits until the backends have asked.
    const reading = { target: 'api', match: GET_AUTH_INFO, kind: 'hold', subject: online.suiteId, times: 10 };
    const hold = await corps.orderFault(reading);
    const app = await corps.scan(await corps.createCorp());
    const { id } = await corps.untilAuthorization(app, ({ status }) => status === 'ACTIVE');
    await slowTokens();
    expect(await fetches(app)).toBe(0);

    const tokens = distinct(await askFromEverywhere(id));

    expect(tokens).toEqual([expect.stringMatching(/^200 \S+$/)]);
    expect(await fetches(app)).toBe(1);
    expect(await tryAppToken(stack.urls['wecom-sandbox'], app, tokens[0]!.slice('200 '.length))).toBe(0);
    // Nor does the platform fetch another for itself.
    await hold.release();
    await corps.untilAuthorization(app, isObserved);
    expect(await fetches(app)).toBe(1);
  });

  it('fetches once more, and only once, after the secret was rotated', async () => {
    const app = await corps.scan(await corps.createCorp());
    const { id } = await corps.untilAuthorization(app, isObserved);
    const [old] = distinct(await askFromEverywhere(id));
    await corps.forgetCalls();
    await slowTokens();
    await corps.resetSecret(app);
    await eventually(async () =>
      (await corps.exchanges()).some(
        ({ source, authorization }) => source === 'reset_permanent_code' && authorization?.id === id,
      ),
    );
    const tokens = distinct(await askFromEverywhere(id));
    expect(tokens).toEqual([expect.stringMatching(/^200 \S+$/)]);
    expect(tokens[0]).not.toBe(old);
    expect(await fetches(app)).toBe(1);
  });
});

describe('two processes each of app-config and permission', () => {
  const CORPS = 5;
  let known: readonly AppOfCorp[];

  const kafka = () => clientOf(kafkaOf(stack));

  const authorizationStates = (): Promise<number> => {
    const client = kafka();
    return client.withAdmin(async (admin) => {
      const offsets = await admin.fetchTopicOffsets(client.topicName(authorizationTopic.topic));
      return offsets.reduce((sum, { high }) => sum + Number(high), 0);
    });
  };

  const membersOf = (group: string): Promise<number> => {
    const client = kafka();
    return client.withAdmin(async (admin) => {
      const { groups } = await admin.describeGroups([client.groupId(group)]);
      return groups[0]?.members.length ?? 0;
    });
  };

  const dealtBy = async (processes: readonly AppProcess[], group: string): Promise<number> => {
    // Without those that came again, as after the group has changed hands, and were known.
    const labels = `group="${group}",consumer="authorization",outcome="handled"`;
    const counts = await Promise.all(processes.map((one) => metric(one, 'messaging_events_total', labels)));
    return counts.reduce((sum, count) => sum + count, 0);
  };

  const deadLetters = (group: string): Promise<number> => {
    const client = kafka();
    return client.withAdmin(async (admin) => {
      const offsets = await admin.fetchTopicOffsets(`${client.groupId(group)}.dlq`);
      return offsets.reduce((sum, { high }) => sum + Number(high), 0);
    });
  };

  const shownOf = async ({ id }: AppOfCorp) => ({
    status: (await apps.look(id)).status,
    permissions: (await apps.permissions(id)).status,
    changes: await apps.permissionChanges(id),
  });

  const UNTOUCHED = { status: 'TO_DEVELOP', permissions: 'ACTIVE', changes: ['FIRST_READING'] };

  it('share the events: each authorization has one app and one set of permissions, each state is dealt with once', async () => {
    // A group that a machine at a standstill has lost is joined again.
    await eventually(async () => {
      expect(await Promise.all(['app-config', 'permission'].map(membersOf))).toEqual([2, 2]);
      return true;
    }, AFTER_REBALANCE);
    known = await Promise.all(Array.from({ length: CORPS }, () => apps.join()));
    const { 'app-config': firstAppConfig, permission: firstPermission } = stack.processes;
    const isEachDealtWithOnce = async (): Promise<boolean> => {
      const states = await authorizationStates();
      const dealt = await Promise.all([
        dealtBy([firstAppConfig, secondAppConfig], 'app-config'),
        dealtBy([firstPermission, secondPermission], 'permission'),
      ]);
      return dealt.every((count) => count === states);
    };
    await Promise.all(known.map(({ id }) => apps.untilPermissions(id)));
    await eventually(isEachDealtWithOnce);

    await eventually(async () => {
      expect(await Promise.all(known.map(shownOf))).toEqual(known.map(() => UNTOUCHED));
      return true;
    });
  }, 60_000);

  it('go on when one of two dies: what comes then is dealt with by the other, and nothing twice', async () => {
    const [app] = known;
    await apps.develop(app!);
    await apps.request(app!.id, [CUSTOMERS]);
    await Promise.all([secondAppConfig.kill(), secondPermission.kill()]);

    await apps.grant(app!, [CUSTOMERS]);
    const newcomers = await Promise.all([apps.join(), apps.join()]);
    await Promise.all(newcomers.map(({ id }) => apps.untilPermissions(id)));
    await apps.untilGranted(app!.id);

    await eventually(async () => {
      expect(await Promise.all(newcomers.map(shownOf))).toEqual(newcomers.map(() => UNTOUCHED));
      return true;
    });
    expect(await apps.permissionChanges(app!.id)).toEqual(['FIRST_READING', 'GRANT']);
    expect(await Promise.all(['app-config', 'permission'].map(deadLetters))).toEqual([0, 0]);
  }, 90_000);
});
