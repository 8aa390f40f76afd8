import { newId, platformScope, type Viewer } from '@daikaifa/kernel';
import { connectMongo } from '@daikaifa/mongo';
import { connectRedis } from '@daikaifa/redis';
import { createKeyRing } from '@daikaifa/security';
import { capturedLogger, silentLogger, uniqueName, viewerOf } from '@daikaifa/testing';
import type { App } from '../src/app';
import type { Authorizations } from '../src/application/authorization-ports';
import { createSealing } from '../src/application/sealing';
import { lastEpoch, type Authorization } from '../src/domain/authorization';
import { cancelEpoch, grantAgain, grantFirst, type Grant } from '../src/domain/authorization.decide';
import { PATHS, refusal, startFakeWecom, type FakeWecom } from './fake-wecom';
import { bearerOf, graphqlOf, KEY_RING, must, ownConfig, startApp } from './harness';

const sealing = createSealing(createKeyRing(KEY_RING));
const scope = platformScope('test');
const { logger, lines } = capturedLogger();
const TOKEN = 'app-token-that-must-not-leak';
const CODE = 'permanent-code-that-must-not-leak';

let wecom: FakeWecom;
let config: ReturnType<typeof ownConfig>;
let apps: readonly [App, App];
let authorizations: Authorizations;

beforeAll(async () => {
  wecom = await startFakeWecom();
  config = ownConfig({ WECOM_API_BASE_URL: wecom.url, ROLES: 'api' });
  const keep = (real: Authorizations): Authorizations => (authorizations = real);
  const one = await startApp(config, { logger, authorizations: keep });
  apps = [one, await startApp(config, { logger })];
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.stop()));
  await wecom.stop();
});
beforeEach(() => {
  wecom.answer(PATHS.token, { errcode: 0, errmsg: 'ok', access_token: TOKEN, expires_in: 7200 });
});

const grantOf = (authorizationId: string, permanentCode: string): Grant => ({
  exchangeId: newId(),
  sealedPermanentCode: sealing.sealPermanentCode(authorizationId, permanentCode),
  causedAt: new Date(),
  linkState: null,
  environment: 'FORMAL',
  environmentBasis: 'UNDECIDED',
  corpName: '云帆客户有限公司',
});

const granted = async (permanentCode = CODE): Promise<Authorization> => {
  const id = newId();
  const identity = {
    id,
    publisherId: uniqueName('publisher'),
    templateId: uniqueName('template'),
    suiteId: 'dk0000000001',
    corpId: uniqueName('wp'),
  };
  const { next } = grantFirst(identity, grantOf(id, permanentCode), new Date());
  return authorizations.create(next, []);
};

const callsFor = (authorization: Authorization) =>
  wecom.calls(PATHS.token).filter(({ query }) => query['corpid'] === authorization.corpId);

interface Answer {
  readonly status: number;
  readonly cacheControl: string | null;
  readonly body: { accessToken?: string; expiresAt?: string; code?: string; details?: Record<string, unknown> };
}

const ask = async (app: App, id: string, bearer: string | null): Promise<Answer> => {
  const response = await fetch(`${app.url}/v1/authorizations/${id}/app-token`, {
    headers: bearer === null ? {} : { authorization: bearer },
  });
  const body = (await response.json()) as Answer['body'];
  return { status: response.status, cacheControl: response.headers.get('cache-control'), body };
};
const backendOf = ({ publisherId }: Authorization) => bearerOf(['BACKEND'], [publisherId]);

it('gives a backend the token of a corp’s app, never to be cached', async () => {
  const authorization = await granted();
  const { status, cacheControl, body } = await ask(apps[0], authorization.id, await backendOf(authorization));
  expect({ status, cacheControl }).toEqual({ status: 200, cacheControl: 'no-store' });
  expect(body.accessToken).toBe(TOKEN);
  const lifeMs = new Date(body.expiresAt ?? 0).getTime() - Date.now();
  expect(lifeMs).toBeGreaterThan(7_100_000);
  expect(lifeMs).toBeLessThanOrEqual(7_200_000);
  expect(callsFor(authorization)[0]?.query).toEqual({ corpid: authorization.corpId, corpsecret: CODE });
});

it('asks WeCom once for 50 requests at each of two processes', async () => {
  const authorization = await granted();
  const bearer = await backendOf(authorization);
  let release = (): void => undefined;
  const allAsked = new Promise<void>((resolve) => {
    release = resolve;
  });
  wecom.answer(PATHS.token, async () => {
    await allAsked;
    return { access_token: TOKEN, expires_in: 7200 };
  });
  const requests = apps.flatMap((app) => Array.from({ length: 50 }, () => ask(app, authorization.id, bearer)));
  release();
  const answers = await Promise.all(requests);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
  expect(new Set(answers.map(({ body }) => body.accessToken))).toEqual(new Set([TOKEN]));
  expect(callsFor(authorization)).toHaveLength(1);
});

describe('who may', () => {
  it.each([
    ['PUBLISHER_ADMIN', 403],
    ['PUBLISHER_DEVELOPER', 403],
    ['VIEWER', 403],
    ['OPERATOR', 403],
  ] as const)('refuses %s with %s', async (role, status) => {
    const authorization = await granted();
    const answer = await ask(apps[0], authorization.id, await bearerOf([role], [authorization.publisherId]));
    expect(answer).toMatchObject({ status, cacheControl: 'no-store', body: { code: 'FORBIDDEN' } });
    expect(callsFor(authorization)).toHaveLength(0);
  });

  it('refuses a caller without a token', async () => {
    expect(await ask(apps[0], newId(), null)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it("does not find another tenant's authorization, nor one that does not exist", async () => {
    const authorization = await granted();
    const stranger = await bearerOf(['BACKEND'], ['somebody-else']);
    expect(await ask(apps[0], authorization.id, stranger)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect((await ask(apps[0], newId(), await backendOf(authorization))).status).toBe(404);
    expect(callsFor(authorization)).toHaveLength(0);
  });

  it('refuses a cancelled authorization although its token is still cached', async () => {
    const authorization = await granted();
    const bearer = await backendOf(authorization);
    await ask(apps[0], authorization.id, bearer);
    await authorizations.update(scope, authorization.id, (stored) =>
      cancelEpoch(stored, lastEpoch(stored), new Date(), new Date()),
    );
    const answer = await ask(apps[0], authorization.id, bearer);
    expect(answer).toMatchObject({ status: 409, body: { code: 'INVALID_STATE' } });
  });
});

describe('the journal', () => {
  const JOURNAL = `query ($authorizationId: ID, $first: Int, $after: String) {
    tokenDoorEntries(authorizationId: $authorizationId, first: $first, after: $after) {
      nodes { at subject epoch outcome authorization { id } } pageInfo { hasNextPage endCursor }
    }
  }`;
  interface Journal {
    readonly tokenDoorEntries: {
      readonly nodes: ReadonlyArray<{ readonly subject: string; readonly outcome: string; readonly authorization: { readonly id: string } }>;
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    };
  }
  const journal = async (viewer: Viewer, variables: object = {}) =>
    graphqlOf(apps[0])<Journal>(viewer, JOURNAL, variables);
  const adminOf = ({ publisherId }: Authorization): Viewer => viewerOf(['PUBLISHER_ADMIN'], [publisherId]);

  it('says who fetched which token and who was refused, page by page, and never the token', async () => {
    const authorization = await granted();
    const bearer = await backendOf(authorization);
    await ask(apps[0], authorization.id, bearer);
    await authorizations.update(scope, authorization.id, (stored) =>
      cancelEpoch(stored, lastEpoch(stored), new Date(), new Date()),
    );
    await ask(apps[1], authorization.id, bearer);

    const variables = { authorizationId: authorization.id, first: 1 };
    const one = (await must(journal(adminOf(authorization), variables))).tokenDoorEntries;
    const after = one.pageInfo.endCursor;
    const two = (await must(journal(adminOf(authorization), { ...variables, after }))).tokenDoorEntries;
    expect([...one.nodes, ...two.nodes]).toMatchObject([
      { subject: 'test-backend', epoch: 1, outcome: 'INVALID_STATE', authorization: { id: authorization.id } },
      { subject: 'test-backend', epoch: 1, outcome: 'GIVEN', authorization: { id: authorization.id } },
    ]);
    expect([one.pageInfo.hasNextPage, two.pageInfo.hasNextPage]).toEqual([true, false]);
    expect(JSON.stringify([one, two])).not.toContain(TOKEN);
  });

  it('is one tenant’s, and for its administrators', async () => {
    const authorization = await granted();
    await ask(apps[0], authorization.id, await backendOf(authorization));

    expect((await must(journal(viewerOf(['PUBLISHER_ADMIN'], ['another']), {}))).tokenDoorEntries.nodes).toEqual([]);
    for (const role of ['PUBLISHER_DEVELOPER', 'VIEWER', 'REVIEWER', 'BACKEND', 'OPERATOR'] as const) {
      expect((await journal(viewerOf([role], [authorization.publisherId]))).fault?.code).toBe('FORBIDDEN');
    }
  });

  it('is forgotten by the database', async () => {
    const { databasePrefix, ...options } = config.mongo;
    const mongo = await connectMongo({ ...options, database: `${databasePrefix}authorization`, logger: silentLogger() });
    const entries = mongo.connection.collection<{ createdAt: Date; forgetAt: Date }>('token_door_entries');
    const indexes = await entries.indexes();
    const entry = await entries.findOne({});
    await mongo.close();

    expect(indexes).toContainEqual(expect.objectContaining({ key: { forgetAt: 1 }, expireAfterSeconds: 0 }));
    expect(entry!.forgetAt.getTime() - entry!.createdAt.getTime()).toBe(180 * 86_400_000);
  });
});

describe('when WeCom refuses', () => {
  const rotate = (authorization: Authorization): Promise<Authorization | null> =>
    authorizations.update(scope, authorization.id, (stored) =>
      grantAgain(stored, grantOf(stored.id, 'another-permanent-code'), 'WORK', new Date()),
    );

  it.each([[40001], [40013], [40091]])('%s is never repeated until the secret is another one', async (errcode) => {
    const authorization = await granted();
    const bearer = await backendOf(authorization);
    wecom.answer(PATHS.token, refusal(errcode, `invalid credential ${CODE}`));
    const first = await ask(apps[0], authorization.id, bearer);
    expect(first).toMatchObject({ status: 409, body: { code: 'INVALID_STATE', details: { errcode } } });
    for (const app of [apps[0], apps[1], apps[0]]) {
      const again = await ask(app, authorization.id, bearer);
      expect(again).toMatchObject({ status: 409, body: { details: { reason: 'CALLS_STOPPED', errcode } } });
      expect(JSON.stringify(again.body)).not.toContain(CODE);
    }
    expect(callsFor(authorization)).toHaveLength(1);

    wecom.answer(PATHS.token, { access_token: TOKEN, expires_in: 7200 });
    await rotate(authorization);
    expect((await ask(apps[1], authorization.id, bearer)).status).toBe(200);
    expect(callsFor(authorization)[1]?.query['corpsecret']).toBe('another-permanent-code');
  });

  it('45009 is RATE_LIMITED, and nobody asks before the time has passed', async () => {
    const authorization = await granted();
    const bearer = await backendOf(authorization);
    wecom.answer(PATHS.token, refusal(45009));
    for (const app of [apps[0], apps[1], apps[0]]) {
      expect(await ask(app, authorization.id, bearer)).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
    }
    expect(callsFor(authorization)).toHaveLength(1);
  });

  it('60020 is an alarm that names the address', async () => {
    const authorization = await granted();
    wecom.answer(PATHS.token, refusal(60020, 'not allow to access from your ip, from ip: 203.0.113.9, more info'));
    const { status } = await ask(apps[0], authorization.id, await backendOf(authorization));
    expect(status).toBe(503);
    expect(lines.find((line) => line['alarm.name'] === 'calling-ip.refused')).toMatchObject({
      level: 'error',
      'wecom.callerIp': '203.0.113.9',
    });
  });

  it('a system error is asked again by the next request', async () => {
    const authorization = await granted();
    const bearer = await backendOf(authorization);
    wecom.answerNext(PATHS.token, refusal(-1), ({ query }) => query['corpid'] === authorization.corpId);
    expect((await ask(apps[0], authorization.id, bearer)).status).toBe(503);
    expect((await ask(apps[0], authorization.id, bearer)).status).toBe(200);
    expect(callsFor(authorization)).toHaveLength(2);
  });
});

it('keeps nothing readable in Redis, and writes no secret into its logs', async () => {
  const authorization = await granted();
  await ask(apps[0], authorization.id, await backendOf(authorization));
  const { redis: settings } = config;
  const redis = connectRedis({ url: settings.cacheUrl, prefix: settings.prefix, logger: silentLogger() });
  const keys = await redis.client.keys(`${settings.prefix}:authorization:value:*`);
  // The client puts its prefix before each key again.
  const stored = await Promise.all(keys.map((key) => redis.client.get(key.slice(settings.prefix.length + 1))));
  await redis.close();
  expect(keys.length).toBeGreaterThan(0);
  expect(stored.every((value) => value?.startsWith('a1.') === true)).toBe(true);
  const text = JSON.stringify(lines);
  expect(text).toContain('WeCom answered');
  for (const secret of [TOKEN, CODE, 'another-permanent-code']) {
    expect(JSON.stringify(stored)).not.toContain(secret);
    expect(text).not.toContain(secret);
  }
});
