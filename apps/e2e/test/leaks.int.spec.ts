import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations } from '@daikaifa/client';
import { findAuthorizations, type OnlineTemplate } from '@daikaifa/demo';
import { IDENTITY_HEADER } from '@daikaifa/security';
import { SERVICES, type Stack } from '@daikaifa/stack';
import { eventually } from '@daikaifa/testing';
import { authorizeCorp, bringTemplateOnline, makeStack } from './harness';
import { needleOf, type Form, type Needle } from './needles';
import { startReverseProxy, type ReverseProxy } from './reverse-proxy';
import { openStores, type StackStores, type Written } from './stores';

interface GivenSecret {
  readonly kind: string;
  readonly owner: string;
  readonly value: string;
}

interface Hit {
  readonly needle: string;
  readonly form: Form;
  readonly store: Written['store'];
  readonly place: string;
}

/** Every token of ours begins like this, whatever is in it. */
const ANY_SIGNED_TOKEN = 'eyJhbGciOi';
const CANARY = `canary "+/=?&" ${randomBytes(16).toString('base64')}`;

const search = (haystack: readonly Written[], needles: readonly Needle[]): Hit[] => {
  const hits = new Map<string, Hit>();
  for (const { store, place, bytes } of haystack) {
    for (const { name, forms } of needles) {
      for (const { form } of forms.filter((one) => bytes.includes(one.bytes))) {
        hits.set([name, form, store, place].join('\n'), { needle: name, form, store, place });
      }
    }
  }
  return [...hits.values()];
};

/** A stack whose tokens and signed identities are noted. */
const makeWatchedStack = async () => {
  const tokens: string[] = [];
  const identities = new Set<string>();
  const proxies = await Promise.all(
    SERVICES.map(() =>
      startReverseProxy(({ headers }) => {
        const identity = headers[IDENTITY_HEADER];
        if (typeof identity === 'string') {
          identities.add(identity);
        }
      }),
    ),
  );
  const subgraphs = SERVICES.map((name, at) => `${name}=${proxies[at]!.url}/graphql`).join(',');
  const made = await makeStack({ commonEnv: { LOG_LEVEL: 'trace' }, env: { gateway: { SUBGRAPH_URLS: subgraphs } } });
  SERVICES.forEach((name, at) => proxies[at]!.leadTo(made.urls[name]));
  const stack: Stack = {
    ...made,
    token: async (...grant) => {
      const token = await made.token(...grant);
      tokens.push(token);
      return token;
    },
  };
  return { stack, proxies, tokens, identities };
};

describe('what is secret', () => {
  let stack: Stack;
  let proxies: readonly ReverseProxy[];
  let tokens: readonly string[];
  let identities: ReadonlySet<string>;
  let online: OnlineTemplate;
  let stores: StackStores;
  let given: readonly GivenSecret[];
  let haystack: readonly Written[];
  let needles: readonly Needle[];
  const faultIds: string[] = [];

  const read = <T>(path: string): Promise<T> => online.doors.sandbox.call<T>('GET', path);
  const act = (path: string, body: object = {}): Promise<unknown> => online.doors.sandbox.call('POST', path, body);

  const plant = async (): Promise<void> => {
    const forms = [CANARY, Buffer.from(`x${CANARY}`).toString('base64'), encodeURIComponent(CANARY)] as const;
    const [raw, base64, url] = forms;
    const { client } = stores.redis;
    const topic = `${stores.names.topic}canary`;
    appendFileSync(join(stores.names.logs, 'canary.log'), forms.map((text) => JSON.stringify({ text })).join('\n'));
    await stores.mongo.connection
      .collection('canary')
      .insertMany([{ nested: [{ raw }] }, { binary: Buffer.from(base64) }, { [url]: true }]);
    await client.set('canary-string', raw);
    await client.hset('canary-hash', 'field', base64);
    await client.rpush('canary-list', url);
    await client.sadd('canary-set', raw);
    await client.zadd('canary-sorted-set', 1, base64);
    await client.xadd('canary-stream', '*', 'field', url);
    const topics = [{ topic, numPartitions: 1 }];
    await stores.kafka.withAdmin((admin) => admin.createTopics({ topics, waitForLeaders: true }));
    const producer = stores.kafka.driver({ requestTimeoutMs: 10_000, retries: 5 }).producer();
    await producer.connect();
    await producer.send({ topic, messages: [{ key: raw, value: base64, headers: { canary: url } }] });
    await producer.disconnect();
  };

  /** Refusals and failures: their messages are where secrets get out. */
  const provoke = async (): Promise<void> => {
    const { doors, templateId } = online;
    const secret = given.find(({ kind }) => kind === 'suite_secret')!.value;
    await doors.admin.refusal(String(operations.RecordSuiteDocument), { input: { suiteSecret: secret, unknown: secret } });
    await doors.admin.refusal(operations.RecordSuiteDocument, { input: { templateId, suiteId: secret, suiteSecret: secret } });
    const written = `{ templateId: 1, suiteSecret: "${secret}" }`;
    await doors.admin.refusal(`mutation { recordSuiteCredentials(input: ${written}) { unknown } }`);
    await fetch(`${stack.urls.authorization}/v1/authorizations/${secret}/app-token?access_token=${secret}`, {
      headers: { authorization: `Bearer ${tokens[0]}x` },
    });
    const post = { method: 'POST', body: secret };
    await fetch(`${stack.urls.gateway}/graphql?secret=${secret}`, { ...post, headers: { authorization: secret } });
    await fetch(`${online.endpoint.url}?msg_signature=${secret}&timestamp=1&nonce=1`, post);
    for (const fault of [
      { match: '/cgi-bin/gettoken', kind: 'drop' },
      { match: '/cgi-bin/service/v2/get_auth_info', kind: 'error', errcode: -1 },
      { match: '/cgi-bin/agent/get', kind: 'drop' },
    ]) {
      const { id } = (await act('/faults', { target: 'api', ...fault })) as { id: string };
      faultIds.push(id);
    }
  };

  /** Authorized, token fetched, secret reset, token fetched again. Resolves with how to cancel. */
  const liveAndCancel = async (whileAlive: () => Promise<void>): Promise<void> => {
    const { doors } = online;
    const { installation, authorization } = await authorizeCorp(online);
    const fetchToken = () =>
      eventually(async () => {
        const url = `${stack.urls.authorization}/v1/authorizations/${authorization.id}/app-token`;
        const answer = await fetch(url, { headers: { authorization: `Bearer ${doors.backendToken}` } });
        return answer.ok ? ((await answer.json()) as { accessToken: string }).accessToken : null;
      });
    const exchanges = async (): Promise<number> =>
      (await read<{ total: number }>('/calls?path=/cgi-bin/service/v2/get_permanent_code')).total;
    const before = await fetchToken();
    const exchanged = await exchanges();
    await act(`/installations/${installation.id}/reset-secret`);
    await eventually(async () => (await exchanges()) > exchanged);
    await eventually(async () => (await fetchToken()) !== before);
    await whileAlive();
    await act(`/installations/${installation.id}/cancel`);
    await eventually(async () => {
      const [one] = await findAuthorizations(doors, online.templateId);
      return one?.status === 'CANCELLED' && one.current.secretsDestroyed;
    });
  };

  beforeAll(async () => {
    const watched = await makeWatchedStack();
    ({ stack, proxies, tokens, identities } = watched);
    await stack.start();
    online = await bringTemplateOnline(stack);
    stores = await openStores(stack);
    given = await read<GivenSecret[]>('/secrets');
    await plant();
    await provoke();
    const whileAlive: Written[] = [];
    await liveAndCancel(async () => void whileAlive.push(...(await stores.read())));
    haystack = [...whileAlive, ...(await stores.read())];
    given = await read<GivenSecret[]>('/secrets');
    needles = [
      ...given.map(({ kind, owner, value }) => needleOf(`${kind} of ${owner}`, value)),
      ...stack.secrets.map((secret, at) => needleOf(`secret ${at} of the deployment`, secret)),
      ...[...tokens].map((token, at) => needleOf(`development token ${at}`, token)),
      ...[...identities].slice(0, 50).map((identity, at) => needleOf(`signed identity ${at}`, identity)),
      needleOf('a signed token', ANY_SIGNED_TOKEN),
    ];
  }, 120_000);

  afterAll(async () => {
    await stores?.close();
    await stack?.stop();
    await Promise.all((proxies ?? []).map((proxy) => proxy.stop()));
  }, 60_000);

  it('is known in every kind, and long enough to be looked for', () => {
    const kinds = new Set(given.map(({ kind }) => kind));

    expect([...kinds].sort()).toEqual([
      'app_access_token',
      'auth_code',
      'callback_token',
      'encoding_aes_key',
      'permanent_code',
      'provider_access_token',
      'provider_secret',
      'suite_access_token',
      'suite_secret',
      'suite_ticket',
    ]);
    expect(given.filter(({ kind }) => kind === 'permanent_code')).toHaveLength(2);
    expect(given.filter(({ value }) => value.length < 16)).toEqual([]);
    expect(stack.secrets.length).toBeGreaterThanOrEqual(5);
    expect(tokens.length).toBeGreaterThanOrEqual(5);
    expect(identities.size).toBeGreaterThan(10);
  });

  it('had its chances: calls that carry secrets failed, and were done again', async () => {
    const hits = await Promise.all(faultIds.map(async (id) => (await read<{ hits: number }>(`/faults/${id}`)).hits));

    expect(hits).toEqual([1, 1, 1]);
  });

  it('would be found in every store, in every form', () => {
    const hits = search(haystack, [needleOf('canary', CANARY)]);
    const shortened = (place: string): string =>
      place.split(/[/.:]/).findLast((part) => part.startsWith('canary')) ?? place;
    const found = (store: Written['store']): string[] =>
      hits
        .filter((hit) => hit.store === store)
        .map(({ place, form }) => `${shortened(place)} ${form}`)
        .sort();
    const every = ['canary BASE64', 'canary RAW', 'canary URL'];

    expect(found('LOG')).toEqual(every);
    expect(found('MONGODB')).toEqual(every);
    expect(found('KAFKA')).toEqual(every);
    // The folder of a partition is the topic's name with its number.
    expect(found('KAFKA_FILE')).toEqual(
      stores.segments === null ? [] : ['canary-0 BASE64', 'canary-0 RAW', 'canary-0 URL'],
    );
    expect(found('REDIS')).toEqual([
      'canary-hash BASE64',
      'canary-list URL',
      'canary-set RAW',
      'canary-sorted-set BASE64',
      'canary-stream URL',
      'canary-string RAW',
    ]);
  });

  it('was looked for where the stack writes', () => {
    const places = (store: Written['store']): string =>
      [...new Set(haystack.filter((one) => one.store === store).map(({ place }) => place))].join('\n');

    for (const app of [...SERVICES, 'gateway', 'wecom-sandbox']) {
      expect(places('LOG')).toContain(`${app}.log`);
    }
    for (const service of SERVICES) {
      expect(places('MONGODB')).toContain(`${stores.names.database}${service}.`);
      expect(places('REDIS')).toContain(`${stores.names.key}:jobs:${service}`);
    }
    expect(places('KAFKA')).toContain(`${stores.names.topic}daikaifa.wecom.suite.v1`);
    expect(places('KAFKA').split('\n').length).toBeGreaterThan(5);
  });

  it('is written down nowhere', () => {
    expect(search(haystack, needles)).toEqual([]);
  });

  it('is in no signed identity', () => {
    const payloads = [...identities].map((identity): Written => {
      const [, payload = ''] = identity.split('.');
      return { store: 'LOG', place: 'identity', bytes: Buffer.from(payload, 'base64url') };
    });
    const others = needles.filter(({ name }) => !name.startsWith('signed identity'));
    const known = [...others, needleOf('subject', 'admin@example')];

    expect(new Set(search(payloads, known).map(({ needle }) => needle))).toEqual(new Set(['subject']));
  });
});
