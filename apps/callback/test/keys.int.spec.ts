import { eventually, manualClock, uniqueName, viewerOf } from '@daikaifa/testing';
import { contentEventId } from '@daikaifa/wecom-protocol';
import type { Viewer } from '@daikaifa/kernel';
import type { App } from '@daikaifa/service';
import { createPublisher, must } from '@daikaifa/harness';
import {
  createSteps,
  ENDPOINT,
  IMPORT,
  ISSUE,
  ownConfig,
  startApp,
  watchTopics,
  type Steps,
} from './harness';
import { push, ticketXml, verifyUrl, type ConsoleKeys } from './wecom';

interface Issued {
  readonly issueEndpointKeys: {
    readonly endpoint: { readonly id: string; readonly keysIssued: boolean; readonly rotating: boolean };
    readonly token: string | null;
    readonly encodingAesKey: string | null;
  };
}

const HOUR_MS = 3_600_000;
const config = ownConfig();
const clock = manualClock(new Date());
let app: App;
let others: Awaited<ReturnType<typeof createPublisher>>;
let watched: Awaited<ReturnType<typeof watchTopics>>;
let steps: Steps;

beforeAll(async () => {
  app = await startApp(config, { clock });
  others = await createPublisher(config);
  watched = await watchTopics(config);
  steps = createSteps(app, others);
});
afterAll(async () => {
  await watched.stop();
  await others.stop();
  await app.stop();
});

const newEndpoint = async () => {
  const tenant = await steps.addTenant();
  return { tenant, ...(await steps.addTemplate(tenant)) };
};

describe('issueEndpointKeys', () => {
  it('answers Token and EncodingAESKey once, and announces that there are keys', async () => {
    const { tenant, endpointId } = await newEndpoint();
    const input = { endpointId, idempotencyKey: uniqueName('key') };
    const first = await must(steps.graphql<Issued>(tenant.admin, ISSUE, { input }));
    expect(first.issueEndpointKeys.endpoint).toEqual({ id: endpointId, keysIssued: true, rotating: false });
    expect(first.issueEndpointKeys.token).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(first.issueEndpointKeys.encodingAesKey).toMatch(/^[A-Za-z0-9]{43}$/);

    const again = await must(steps.graphql<Issued>(tenant.admin, ISSUE, { input }));
    expect(again.issueEndpointKeys).toEqual({ ...first.issueEndpointKeys, token: null, encodingAesKey: null });

    const events = await eventually(() => {
      const found = watched.endpointsOf(endpointId);
      return found.some(({ type }) => type === 'callback.endpoint.keys-issued') ? found : null;
    });
    expect(events.map(({ type }) => type)).toEqual(['callback.endpoint.made', 'callback.endpoint.keys-issued']);
    expect(events.at(-1)?.state).toMatchObject({ keysIssued: true, verifiedAt: null, closed: false });
  });

  it.each([['PUBLISHER_DEVELOPER'], ['REVIEWER'], ['BACKEND'], ['VIEWER'], ['OPERATOR']] as const)(
    'is refused to %s',
    async (role) => {
      const { tenant, endpointId } = await newEndpoint();
      const input = { endpointId, idempotencyKey: 'k' };
      const { fault } = await steps.graphql(viewerOf([role], [tenant.id]), ISSUE, { input });
      expect(fault?.code).toBe('FORBIDDEN');
    },
  );

  it('does not find the endpoint of another tenant', async () => {
    const { endpointId } = await newEndpoint();
    const other = await steps.addTenant();
    const { fault } = await steps.graphql(other.admin, ISSUE, { input: { endpointId, idempotencyKey: 'k' } });
    expect(fault?.code).toBe('NOT_FOUND');
  });

  it('reports all faults at once', async () => {
    const tenant = await steps.addTenant();
    const input = { endpointId: 'x', idempotencyKey: '' };
    expect((await steps.graphql(tenant.admin, ISSUE, { input })).fault).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['ENDPOINT_ID_FORMAT', 'IDEMPOTENCY_KEY_LENGTH'],
    });
  });

  it('hands out secrets once for calls with one key at the same time', async () => {
    const { tenant, endpointId } = await newEndpoint();
    const input = { endpointId, idempotencyKey: uniqueName('key') };
    const answers = await Promise.all([1, 2, 3].map(() => must(steps.graphql<Issued>(tenant.admin, ISSUE, { input }))));
    const shown = answers.map(({ issueEndpointKeys: { token, encodingAesKey } }) => ({ token, encodingAesKey }));
    const [secrets, ...more] = shown.filter(({ token }) => token !== null);
    expect(more).toEqual([]);
    // The ones that were handed out are the ones that count.
    const url = `${app.url}/callback/suite/${endpointId}`;
    await eventually(async () => (await verifyUrl(url, secrets as ConsoleKeys, tenant.corpId)).status === 200);
  });

  it('before the first verification replaces the current pair', async () => {
    const { tenant, endpointId } = await newEndpoint();
    const url = `${app.url}/callback/suite/${endpointId}`;
    const lost = await steps.issue(tenant.admin, endpointId);
    const keys = await steps.issue(tenant.admin, endpointId);
    await eventually(async () => (await verifyUrl(url, keys, tenant.corpId)).status === 200);
    expect((await verifyUrl(url, lost, tenant.corpId)).status).toBe(403);
  });
});

describe('importEndpointKeys', () => {
  interface Imported {
    readonly importEndpointKeys: { readonly endpoint: { readonly rotating: boolean }; readonly imported: boolean };
  }
  const theirs: ConsoleKeys = { token: 'QDG6eK', encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C' };
  const own = (): ConsoleKeys => ({ token: uniqueName('t').replaceAll('-', '').slice(-32), encodingAesKey: theirs.encodingAesKey });
  const importing = (viewer: Viewer, input: object) => steps.graphql<Imported>(viewer, IMPORT, { input });

  it('takes over what WeCom’s console holds already: its verification passes, and no answer holds a secret', async () => {
    const { tenant, endpointId } = await newEndpoint();
    const url = `${app.url}/callback/suite/${endpointId}`;
    const input = { endpointId, ...theirs, idempotencyKey: 'k' };
    const first = await must(importing(tenant.admin, input));
    expect(first).toEqual({ importEndpointKeys: { endpoint: { id: endpointId, keysIssued: true, rotating: false }, imported: true } });
    await eventually(async () => (await verifyUrl(url, theirs, tenant.corpId)).status === 200);
    await steps.findWhen(tenant.admin, endpointId, ({ verifiedAt }) => verifiedAt !== null);
    const again = await must(importing(tenant.admin, { ...input, ...own() }));
    expect(again.importEndpointKeys).toMatchObject({ imported: false, endpoint: { rotating: false } });
    expect((await verifyUrl(url, theirs, tenant.corpId)).status).toBe(200);
  });

  it('after the first verification makes them the next pair, but not what is current already', async () => {
    const endpoint = await steps.openEndpoint();
    const { tenant, id: endpointId } = endpoint;
    await eventually(async () => (await verifyUrl(endpoint.url, endpoint.keys, tenant.corpId)).status === 200);
    await steps.findWhen(tenant.admin, endpointId, ({ verifiedAt }) => verifiedAt !== null);
    const { token, encodingAesKey } = endpoint.keys;
    const same = await must(importing(tenant.admin, { endpointId, token, encodingAesKey, idempotencyKey: 'k1' }));
    expect(same.importEndpointKeys).toMatchObject({ imported: true, endpoint: { rotating: false } });
    const other = await must(importing(tenant.admin, { endpointId, ...theirs, idempotencyKey: 'k2' }));
    expect(other.importEndpointKeys).toMatchObject({ imported: true, endpoint: { rotating: true } });
    expect((await verifyUrl(endpoint.url, theirs, tenant.corpId)).status).toBe(200);
    await steps.findWhen(tenant.admin, endpointId, ({ rotating }) => !rotating);
  });

  it.each([['PUBLISHER_DEVELOPER'], ['REVIEWER'], ['BACKEND'], ['VIEWER'], ['OPERATOR']] as const)(
    'is refused to %s',
    async (role) => {
      const { tenant, endpointId } = await newEndpoint();
      const { fault } = await importing(viewerOf([role], [tenant.id]), { endpointId, ...theirs, idempotencyKey: 'k' });
      expect(fault?.code).toBe('FORBIDDEN');
    },
  );

  it('does not find the endpoint of another tenant', async () => {
    const { endpointId } = await newEndpoint();
    const other = await steps.addTenant();
    const { fault } = await importing(other.admin, { endpointId, ...theirs, idempotencyKey: 'k' });
    expect(fault?.code).toBe('NOT_FOUND');
  });

  it('reports all faults at once', async () => {
    const tenant = await steps.addTenant();
    const input = { endpointId: 'x', token: `${'t'.repeat(32)}-`, encodingAesKey: 'short+', idempotencyKey: '' };
    expect((await importing(tenant.admin, input)).fault).toEqual({
      code: 'BAD_USER_INPUT',
      violations: [
        'ENDPOINT_ID_FORMAT',
        'IDEMPOTENCY_KEY_LENGTH',
        'TOKEN_LENGTH',
        'TOKEN_CHARACTERS',
        'ENCODING_AES_KEY_LENGTH',
        'ENCODING_AES_KEY_CHARACTERS',
      ],
    });
  });
});

describe('rotation', () => {
  const ticket = async (endpoint: { url: string; suiteId: string }, keys: ConsoleKeys): Promise<number> =>
    (await push(endpoint.url, keys, endpoint.suiteId, ticketXml(endpoint.suiteId, uniqueName('ticket')))).status;

  const verified = async () => {
    const endpoint = await steps.openEndpoint();
    await eventually(async () => (await verifyUrl(endpoint.url, endpoint.keys, endpoint.tenant.corpId)).status === 200);
    await steps.findWhen(endpoint.tenant.admin, endpoint.id, ({ verifiedAt }) => verifiedAt !== null);
    return endpoint;
  };

  it('accepts both pairs while events come with both, and the old one no longer than its grace time', async () => {
    const endpoint = await verified();
    const { tenant, keys: old } = endpoint;
    const next = await steps.issue(tenant.admin, endpoint.id);
    expect(await steps.find(tenant.admin, endpoint.id)).toMatchObject({ rotating: true, keysIssued: true });
    expect(await ticket(endpoint, old)).toBe(200);
    // WeCom's console is saved with the new pair.
    expect((await verifyUrl(endpoint.url, next, tenant.corpId)).status).toBe(200);
    await steps.findWhen(tenant.admin, endpoint.id, ({ rotating }) => !rotating);
    // Late sends of what was encrypted before come together with new ones.
    const statuses = await Promise.all([old, next, old, next].map((keys) => ticket(endpoint, keys)));
    expect(statuses).toEqual([200, 200, 200, 200]);
    // But the old pair cannot be saved in the console any more. The database tells of it a moment before the process that
    // wrote it has the old pairs out of its memory.
    await eventually(async () => (await verifyUrl(endpoint.url, old, tenant.corpId)).status === 403);

    clock.advance(24 * HOUR_MS + 1);
    expect(await ticket(endpoint, old)).toBe(403);
    expect(await ticket(endpoint, next)).toBe(200);
  });

  it('is completed by an event that is signed with the next pair', async () => {
    const endpoint = await verified();
    const next = await steps.issue(endpoint.tenant.admin, endpoint.id);
    expect(await ticket(endpoint, next)).toBe(200);
    await steps.findWhen(endpoint.tenant.admin, endpoint.id, ({ rotating }) => !rotating);
    expect(await ticket(endpoint, endpoint.keys)).toBe(200);
  });

  it('gives the same event one id, whichever pair encrypted it', async () => {
    const endpoint = await verified();
    const next = await steps.issue(endpoint.tenant.admin, endpoint.id);
    const xml = ticketXml(endpoint.suiteId, uniqueName('ticket'));
    const id = contentEventId(endpoint.id, xml);
    await push(endpoint.url, endpoint.keys, endpoint.suiteId, xml);
    await push(endpoint.url, next, endpoint.suiteId, xml);
    await steps.findWhen(endpoint.tenant.admin, endpoint.id, ({ receipts }) =>
      receipts.nodes.some((receipt) => receipt.id === id && receipt.sends === 2),
    );
  });

  it('is seen at once by an ingress process that has the old pairs in memory', async () => {
    const ingress = await startApp({ ...config, roles: ['ingress'] }, { clock });
    try {
      const endpoint = await verified();
      const url = `${ingress.url}/callback/suite/${endpoint.id}`;
      expect((await verifyUrl(url, endpoint.keys, endpoint.tenant.corpId)).status).toBe(200);
      const next = await steps.issue(endpoint.tenant.admin, endpoint.id);
      expect((await verifyUrl(url, next, endpoint.tenant.corpId)).status).toBe(200);
    } finally {
      await ingress.stop();
    }
  });
});

describe('reading', () => {
  it('is for readers of the tenant, and for operators', async () => {
    const { tenant, endpointId, templateId } = await newEndpoint();
    const other = await steps.addTenant();
    for (const role of ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER', 'REVIEWER', 'VIEWER'] as const) {
      expect(await steps.find(viewerOf([role], [tenant.id]), endpointId)).toMatchObject({ id: endpointId });
    }
    expect(await steps.find(viewerOf(['OPERATOR']), endpointId)).toMatchObject({ template: { id: templateId } });
    expect(await steps.find(other.admin, endpointId)).toBeNull();
    expect((await steps.graphql(viewerOf(['BACKEND'], [tenant.id]), ENDPOINT, { id: endpointId })).fault?.code).toBe('FORBIDDEN');
  });

  it('finds the endpoint under its template, and pages its receipts', async () => {
    const endpoint = await steps.openEndpoint({ suiteRecorded: false });
    for (const name of ['a', 'b', 'c']) {
      clock.advance(1_000);
      expect((await push(endpoint.url, endpoint.keys, endpoint.suiteId, ticketXml(endpoint.suiteId, name))).status).toBe(200);
    }
    await steps.findWhen(endpoint.tenant.admin, endpoint.id, ({ receipts }) => receipts.nodes.length === 3);
    const query = `query ($representations: [_Any!]!, $after: String) {
      _entities(representations: $representations) {
        ... on DelegatedTemplate { callbackEndpoint { id receipts(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }
      }
    }`;
    type Found = {
      _entities: { callbackEndpoint: { id: string; receipts: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } | null }[];
    };
    const unknown = '00000000-0000-7000-8000-000000000000';
    const representations = [endpoint.templateId, unknown].map((id) => ({ __typename: 'DelegatedTemplate', id }));
    const read = async (after?: string) =>
      (await must(steps.graphql<Found>(endpoint.tenant.admin, query, { representations, after })))._entities;
    const [first, none] = await read();
    expect(none).toEqual({ callbackEndpoint: null });
    expect(first?.callbackEndpoint?.id).toBe(endpoint.id);
    expect(first?.callbackEndpoint?.receipts.pageInfo.hasNextPage).toBe(true);
    const [second] = await read(first?.callbackEndpoint?.receipts.pageInfo.endCursor);
    expect(second?.callbackEndpoint?.receipts.nodes).toHaveLength(1);
    const { fault } = await steps.graphql(endpoint.tenant.admin, query, { representations, after: 'nonsense' });
    expect(fault?.violations).toEqual(['CURSOR_INVALID']);
  });
});
