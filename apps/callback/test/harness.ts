import { loadConfig } from '@daikaifa/config';
import {
  delegatedTemplateTopic,
  endpointTopic,
  publisherTopic,
  suiteTopic,
  wecomSuiteTopic,
  type DelegatedTemplateState,
  type EndpointState,
  type SignalEvent,
  type StateTopic,
  type WecomSuiteSignal,
} from '@daikaifa/contracts';
import { newId, type Viewer } from '@daikaifa/kernel';
import {
  connectKafka,
  createConsumers,
  createMemoryProjectionStore,
  createSender,
  defineConsumer,
  defineSignalConsumer,
  ensureTopics,
} from '@daikaifa/messaging';
import { connectMongo } from '@daikaifa/mongo';
import { createKeyRing, IDENTITY_HEADER, signIdentity } from '@daikaifa/security';
import {
  eventually,
  silentLogger,
  testIdentitySecret,
  testKeyRingSpec,
  testServers,
  uniqueName,
  viewerOf,
} from '@daikaifa/testing';
import { createApp, type App, type Overrides } from '../src/app';
import { callbackSettings, type CallbackConfig } from '../src/config';
import { endpointIdOf } from '../src/domain/endpoint';
import type { ConsoleKeys } from './wecom';

export const transportKeyRingSpec = `transport:${Buffer.alloc(32, 9).toString('base64')}`;
export const transportRing = createKeyRing(transportKeyRingSpec);

/** What a spec file owns: its own database, topic prefix, key prefix and, through the prefix, its own group. */
export const ownConfig = (changes: Readonly<Record<string, string>> = {}): CallbackConfig => {
  const servers = testServers();
  const name = uniqueName('callback');
  return loadConfig(callbackSettings, {
    HTTP_PORT: '0',
    MONGO_URL: servers.mongoUrl,
    MONGO_DATABASE_PREFIX: `${name}-`,
    MONGO_MAX_POOL_SIZE: '4',
    REDIS_URL: servers.redisUrl,
    REDIS_KEY_PREFIX: name,
    KAFKA_BROKERS: servers.kafkaBrokers.join(','),
    KAFKA_TOPIC_PREFIX: `${name}.`,
    GATEWAY_IDENTITY_SECRET: testIdentitySecret,
    PUBLIC_CALLBACK_BASE_URL: 'http://127.0.0.1:9',
    CALLBACK_KEY_RING: testKeyRingSpec,
    TRANSPORT_KEY_RING: transportKeyRingSpec,
    GUARDED_CLIENT_ALLOWED_RANGES: '127.0.0.0/8',
    LOG_LEVEL: 'silent',
    ...changes,
  });
};

/** For everything but the specs on time itself: a busy machine is no outage. */
const patience = { answerMs: 20_000, brokerMs: 10_000, storeMs: 10_000, lookUpMs: 5_000, rereadMs: 10_000 };

export const startApp = async (config: CallbackConfig, overrides: Overrides = {}): Promise<App> => {
  const telemetry = { metricsText: async () => '', stop: async () => undefined };
  const app = await createApp(config, { logger: silentLogger(), telemetry, limits: patience, ...overrides });
  await app.start();
  return app;
};

export interface GraphqlFault {
  readonly code: string;
  readonly violations: readonly string[];
}

interface RawAnswer<T> {
  readonly data: T;
  readonly errors?: ReadonlyArray<{
    readonly extensions: { readonly code: string; readonly violations?: ReadonlyArray<{ readonly code: string }> };
  }>;
}

/** Calls the subgraph as the gateway does. */
export const graphqlOf =
  (app: { readonly url: string }) =>
  async <T>(viewer: Viewer, query: string, variables: object = {}) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: await signIdentity(viewer, testIdentitySecret) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as RawAnswer<T>;
    const error = errors?.[0];
    const fault: GraphqlFault | undefined = error && {
      code: error.extensions.code,
      violations: (error.extensions.violations ?? []).map(({ code }) => code),
    };
    return { data, fault };
  };

export type Graphql = ReturnType<typeof graphqlOf>;

/** @throws Error on any fault: for the steps that a test takes for granted */
export const must = async <T>(answer: Promise<{ data: T; fault: GraphqlFault | undefined }>): Promise<T> => {
  const { data, fault } = await answer;
  if (fault !== undefined) {
    throw new Error(`${fault.code} ${fault.violations.join(' ')}`);
  }
  return data;
};

const clientOf = ({ kafka }: CallbackConfig) =>
  connectKafka({ ...kafka, clientId: 'test', logger: silentLogger(), environment: 'development' });

/** Publishes as another service would. */
export const createPublisher = async (config: CallbackConfig) => {
  const sender = createSender(clientOf(config));
  await sender.start();
  return {
    stop: sender.stop,
    /** Any text as it is. */
    raw: (topic: { readonly topic: string }, key: string, value: string) =>
      sender.send([{ topic: topic.topic, key, value }]),
    state: async <S extends { readonly id: string; readonly publisherId?: string }>(
      topic: StateTopic<S>,
      sequence: number,
      data: S,
      tenant = data.publisherId ?? data.id,
    ): Promise<void> => {
      const event = {
        specversion: '1.0',
        id: newId(),
        type: topic.types[0],
        source: 'daikaifa/test',
        subject: data.id,
        time: new Date().toISOString(),
        datacontenttype: 'application/json',
        tenant,
        correlationid: newId(),
        sequence,
        data,
      };
      await sender.send([{ topic: topic.topic, key: data.id, value: JSON.stringify(event) }]);
    },
  };
};

export interface SeenEndpoint {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly state: EndpointState;
}

/** Reads both topics of the service from their beginning, as another service would. */
export const watchTopics = async (config: CallbackConfig) => {
  const endpoints: SeenEndpoint[] = [];
  const signals: SignalEvent<WecomSuiteSignal>[] = [];
  const client = clientOf(config);
  const group = uniqueName('watch');
  await ensureTopics(client, [endpointTopic, wecomSuiteTopic], [group]);
  const consumers = createConsumers({
    client,
    group,
    consumers: [
      defineConsumer(endpointTopic, {
        name: 'watch-endpoints',
        project: ({ data }) => data,
        effects: async ({ aggregateId: id, type, sequence, value: state }) =>
          void endpoints.push({ id, type, sequence, state }),
      }) as never,
      defineSignalConsumer(wecomSuiteTopic, {
        name: 'watch-signals',
        handle: async (event) => void signals.push(event),
      }) as never,
    ],
    projections: createMemoryProjectionStore(),
    sender: { send: async () => undefined },
    logger: silentLogger(),
  });
  await consumers.start();
  return {
    stop: consumers.stop,
    signals,
    endpointsOf: (id: string) => endpoints.filter((event) => event.id === id),
    /** Signals of one suite, in the order of the partition. */
    signalsOf: (suiteId: string) => signals.filter((event) => event.subject === suiteId),
  };
};

/** The service's own database, to look into it and to set up what no door does. */
export const openDatabase = (config: CallbackConfig) =>
  connectMongo({
    url: config.mongo.url,
    database: `${config.mongo.databasePrefix}callback`,
    maxPoolSize: 1,
    logger: silentLogger(),
  });

const rest = { onlineRevision: null, workingRevision: null };
export const templateState = (
  id: string,
  publisherId: string,
  changes: Partial<DelegatedTemplateState> = {},
): DelegatedTemplateState => ({ id, publisherId, status: 'DRAFT', availability: 'NEVER_LAUNCHED', ...rest, ...changes });

export const publisherState = (id: string, corpId: string) => ({
  id,
  kind: 'SERVICE_PROVIDER' as const,
  name: '云帆科技',
  status: 'ACTIVE' as const,
  corpId,
  testCorps: [],
  ipWhitelist: [],
  review: { verdictSource: 'PLATFORM' as const, fourEyes: true, dueHours: 48 },
});

export const suiteState = (templateId: string, publisherId: string, suiteId: string | null) => ({
  id: templateId,
  publisherId,
  suiteId,
  ticket: 'NONE' as const,
  ticketAt: null,
});

export const ENDPOINT = `query ($id: ID!) {
  callbackEndpoint(id: $id) {
    id version kind url keysIssued rotating verifiedAt template { id }
    health { status reason text { zh en } checkedAt }
    refusals(first: 50) { nodes { reason text { zh en } method sizeBytes bodySha256 remoteAddress } pageInfo { hasNextPage } }
    receipts(first: 50) { nodes { id infoType suiteId state sends } }
  }
}`;
export const ISSUE = `mutation ($input: IssueEndpointKeysInput!) {
  issueEndpointKeys(input: $input) { endpoint { id keysIssued rotating } token encodingAesKey }
}`;
export const PROBE = `mutation ($input: ProbeEndpointInput!) {
  probeEndpoint(input: $input) { endpoint { id health { status reason text { zh } } } }
}`;

export interface EndpointView {
  readonly id: string;
  readonly url: string;
  readonly keysIssued: boolean;
  readonly rotating: boolean;
  readonly verifiedAt: string | null;
  readonly health: { readonly status: string; readonly reason: string | null; readonly text: { zh: string } | null };
  readonly refusals: {
    readonly nodes: ReadonlyArray<{
      readonly reason: string;
      readonly method: string;
      readonly sizeBytes: number;
      readonly bodySha256: string;
      readonly remoteAddress: string;
    }>;
  };
  readonly receipts: {
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly infoType: string;
      readonly suiteId: string;
      readonly state: string;
      readonly sends: number;
    }>;
  };
}

export interface Tenant {
  readonly id: string;
  readonly corpId: string;
  readonly admin: Viewer;
  readonly developer: Viewer;
}

export interface OpenEndpoint {
  readonly id: string;
  readonly templateId: string;
  readonly suiteId: string;
  /** Of this process' ingress. */
  readonly url: string;
  readonly keys: ConsoleKeys;
  readonly tenant: Tenant;
}

/** Common steps of the specs: events of the other services, and the public doors. */
export const createSteps = (app: { readonly url: string }, others: Awaited<ReturnType<typeof createPublisher>>) => {
  const graphql = graphqlOf(app);

  const find = async (viewer: Viewer, id: string): Promise<EndpointView | null> =>
    (await must(graphql<{ callbackEndpoint: EndpointView | null }>(viewer, ENDPOINT, { id }))).callbackEndpoint;

  const findWhen = (viewer: Viewer, id: string, holds: (view: EndpointView) => boolean): Promise<EndpointView> =>
    eventually(
      async () => {
        const view = await find(viewer, id);
        if (view === null || !holds(view)) {
          throw new Error(`not so yet: ${JSON.stringify(view)}`);
        }
        return view;
      },
      { timeoutMs: 30_000 },
    );

  const addTenant = async (corpId = uniqueName('ww').replaceAll('-', '')): Promise<Tenant> => {
    const id = newId();
    await others.state(publisherTopic, 1, publisherState(id, corpId));
    return { id, corpId, admin: viewerOf(['PUBLISHER_ADMIN'], [id]), developer: viewerOf(['PUBLISHER_DEVELOPER'], [id]) };
  };

  const addTemplate = async (tenant: Tenant): Promise<{ templateId: string; endpointId: string }> => {
    const templateId = newId();
    await others.state(delegatedTemplateTopic, 1, templateState(templateId, tenant.id));
    const endpointId = endpointIdOf(templateId);
    await findWhen(tenant.admin, endpointId, () => true);
    return { templateId, endpointId };
  };

  const issue = async (viewer: Viewer, endpointId: string, idempotencyKey = uniqueName('key')): Promise<ConsoleKeys> => {
    const input = { endpointId, idempotencyKey };
    const { issueEndpointKeys } = await must(graphql<{ issueEndpointKeys: ConsoleKeys }>(viewer, ISSUE, { input }));
    return issueEndpointKeys;
  };

  const recordSuite = (endpoint: { templateId: string; tenant: Tenant }, suiteId: string | null, sequence = 1) =>
    others.state(suiteTopic, sequence, suiteState(endpoint.templateId, endpoint.tenant.id, suiteId));

  /** With keys, its corp id known, and, unless told otherwise, its suite recorded. */
  const openEndpoint = async (options: { readonly suiteRecorded?: boolean } = {}): Promise<OpenEndpoint> => {
    const tenant = await addTenant();
    const { templateId, endpointId } = await addTemplate(tenant);
    const keys = await issue(tenant.admin, endpointId);
    const suiteId = uniqueName('dk').replaceAll('-', '');
    const endpoint = {
      id: endpointId,
      templateId,
      suiteId,
      url: `${app.url}/callback/suite/${endpointId}`,
      keys,
      tenant,
    };
    if (options.suiteRecorded !== false) {
      await recordSuite(endpoint, suiteId);
    }
    return endpoint;
  };

  return { graphql, find, findWhen, addTenant, addTemplate, issue, recordSuite, openEndpoint };
};

export type Steps = ReturnType<typeof createSteps>;

/** The hash of the whole database and topic content is searched for these by the specs on secrets. */
export const formsOf = (secret: string): readonly string[] => [
  secret,
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  encodeURIComponent(secret),
];
