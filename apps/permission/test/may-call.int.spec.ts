import { newId } from '@daikaifa/kernel';
import { createWorld, bearerOf, type Tenant, type World } from './harness';

const TAG = 'externalcontact:contact:tag';
const BASE = 'externalcontact:base:base';
const MAX_AGE_MS = 2_000;

let world: World;
let tenant: Tenant;
let backend: string;

beforeAll(async () => {
  world = await createWorld();
  await world.start();
  tenant = world.newTenant();
  backend = await bearerAt([tenant.id]);
});
afterAll(() => world.stop());

/** Lives as long as the clock of the tests may run ahead. */
const bearerAt = (publisherIds: readonly string[], role: 'BACKEND' | 'VIEWER' | 'PUBLISHER_ADMIN' | 'OPERATOR' = 'BACKEND') =>
  bearerOf([role], publisherIds, 100_000_000);

interface Answer {
  readonly status: number;
  readonly cacheControl: string | null;
  readonly body: {
    readonly allowed?: boolean;
    readonly reason?: string;
    readonly needs?: readonly string[];
    readonly readAt?: string | null;
    readonly code?: string;
    readonly violations?: readonly { readonly field: string }[];
    readonly answers?: readonly { readonly allowed: boolean; readonly reason: string; readonly readAt: string | null }[];
  };
}

const call = async (path: string, bearer: string | null, init: RequestInit = {}): Promise<Answer> => {
  const headers = { ...(bearer !== null && { authorization: bearer }), 'content-type': 'application/json' };
  const response = await fetch(`${world.app().url}${path}`, { ...init, headers });
  return {
    status: response.status,
    cacheControl: response.headers.get('cache-control'),
    body: (await response.json()) as Answer['body'],
  };
};
const ask = (id: string, name: string, bearer: string | null = backend): Promise<Answer> =>
  call(`/v1/corp-apps/${id}/permissions/${name}`, bearer);
const askAll = (questions: unknown, bearer: string | null = backend): Promise<Answer> =>
  call('/v1/permission-questions', bearer, { method: 'POST', body: JSON.stringify(questions) });

describe('may this app call API X?', () => {
  it('answers from what the corp was last seen to have granted, never to be cached on the way', async () => {
    const { set } = await world.authorized(tenant, [BASE]);
    const { readAt } = set.confirmed!;
    expect(await ask(set.id, 'externalcontact/groupchat/list')).toEqual({
      status: 200,
      cacheControl: 'no-store',
      body: { allowed: true, reason: 'GRANTED', text: expect.anything(), needs: [BASE], readAt },
    });
    expect((await ask(set.id, TAG)).body).toMatchObject({ allowed: false, reason: 'NOT_GRANTED', needs: [TAG], readAt });
    expect((await ask(set.id, 'cgi-bin/message/send')).body).toMatchObject({ allowed: true, reason: 'BASIC' });
  });

  it('does not let a request count before the corp has confirmed it', async () => {
    const { corp, set } = await world.authorized(tenant, []);
    await world.request(tenant.admin, set, [TAG]);
    expect((await ask(set.id, TAG)).body).toMatchObject({ allowed: false, reason: 'NOT_GRANTED' });
    await world.observed(tenant.admin, corp, [TAG]);
    world.clock.advance(MAX_AGE_MS);
    expect((await ask(set.id, TAG)).body).toMatchObject({ allowed: true, reason: 'GRANTED' });
  });

  it('is never older than the bound: a cancelled corp is answered for after it', async () => {
    const { corp, set } = await world.authorized(tenant, [TAG]);
    expect((await ask(set.id, TAG)).body.allowed).toBe(true);
    await world.cancel(corp);
    await world.setWhen(tenant.admin, set.id, ({ erased }) => erased);
    world.clock.advance(MAX_AGE_MS + 1);
    expect((await ask(set.id, TAG)).body).toMatchObject({ allowed: false, reason: 'CANCELLED', readAt: null });
    expect((await ask(set.id, 'message/send')).body).toMatchObject({ allowed: false, reason: 'CANCELLED' });
  });

  it('refuses a name that is none', async () => {
    expect(await ask(newId(), '')).toMatchObject({ status: 400, body: { code: 'BAD_USER_INPUT' } });
    expect(await ask(newId(), 'x'.repeat(201))).toMatchObject({ status: 400, body: { code: 'BAD_USER_INPUT' } });
  });
});

describe('many questions at once', () => {
  it('are answered in their order; an app that is not there is named as such', async () => {
    const { set } = await world.authorized(tenant, [BASE]);
    const { set: foreign } = await world.authorized(world.newTenant(), [BASE]);
    const questions = [
      { corpAppId: set.id, name: TAG },
      { corpAppId: newId(), name: TAG },
      { corpAppId: foreign.id, name: BASE },
      { corpAppId: set.id, name: 'externalcontact/list' },
    ];
    const { status, body } = await askAll({ questions });
    expect(status).toBe(200);
    expect(body.answers?.map(({ allowed, reason }) => [allowed, reason])).toEqual([
      [false, 'NOT_GRANTED'],
      [false, 'APP_NOT_FOUND'],
      [false, 'APP_NOT_FOUND'],
      [true, 'GRANTED'],
    ]);
  });

  it('are refused with every fault named', async () => {
    const { status, body } = await askAll({ questions: [{ corpAppId: '', name: 'x' }, { corpAppId: 'a' }] });
    expect([status, body.violations?.map(({ field }) => field)]).toEqual([400, ['questions.0.corpAppId', 'questions.1.name']]);
    const many = { questions: Array.from({ length: 101 }, () => ({ corpAppId: 'a', name: 'b' })) };
    expect((await askAll(many)).status).toBe(400);
    expect((await askAll({ questions: [] })).status).toBe(400);
    expect((await askAll(null)).status).toBe(400);
  });
});

describe('who may ask', () => {
  it.each(['VIEWER', 'PUBLISHER_ADMIN', 'OPERATOR'] as const)('not %s', async (role) => {
    const { set } = await world.authorized(tenant, [TAG]);
    const bearer = await bearerAt([tenant.id], role);
    expect(await ask(set.id, TAG, bearer)).toMatchObject({ status: 403, cacheControl: 'no-store', body: { code: 'FORBIDDEN' } });
    const batch = await askAll({ questions: [{ corpAppId: set.id, name: TAG }] }, bearer);
    expect(batch).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });

  it('not without a token', async () => {
    expect(await ask(newId(), TAG, null)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(await askAll({ questions: [] }, null)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it("about another tenant's app it is not found, also when it is in memory", async () => {
    const { set } = await world.authorized(tenant, [TAG]);
    const stranger = await bearerAt(['somebody-else']);
    expect(await ask(set.id, TAG, stranger)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect((await ask(set.id, TAG)).status).toBe(200);
    expect(await ask(set.id, TAG, stranger)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect((await ask(newId(), TAG)).status).toBe(404);
  });
});
