import { loadConfig } from '@daikaifa/config';
import {
  authorizationTopic,
  callbackErasureTopic,
  corpAppTopic,
  delegatedTemplateTopic,
  endpointTopic,
  publisherTopic,
  suiteTopic,
  wecomAppTopic,
  wecomSuiteTopic,
  type AuthorizationState,
  type CorpAppContentState,
  type CorpAppState,
  type DelegatedTemplateState,
  type EndpointState,
  type EpochState,
  type ErasureState,
  type SignalEvent,
  type StateTopic,
  type WecomAppSignal,
  type WecomSuiteSignal,
} from '@daikaifa/contracts';
import { derivedId, newId, type Viewer } from '@daikaifa/kernel';
import type { createPublisher} from '@daikaifa/harness';
import { clientOf, graphqlOf, must, ownEnvironment, startService } from '@daikaifa/harness';
import {
  createConsumers,
  createMemoryProjectionStore,
  defineConsumer,
  defineSignalConsumer,
  ensureTopics,
} from '@daikaifa/messaging';
import { connectMongo } from '@daikaifa/mongo';
import { createKeyRing } from '@daikaifa/security';
import {
  eventually,
  silentLogger,
  testKeyRingSpec,
  uniqueName,
  viewerOf,
} from '@daikaifa/testing';
import type { App } from '@daikaifa/service';
import { createApp, type CallbackOverrides } from '../src/app';
import { callbackSettings, type CallbackConfig } from '../src/config';
import { appEndpointIdOf, endpointIdOf } from '../src/domain/endpoint';
import type { ConsoleKeys } from './wecom';

export const transportKeyRingSpec = `transport:${Buffer.alloc(32, 9).toString('base64')}`;
export const transportRing = createKeyRing(transportKeyRingSpec);

export const ownConfig = (changes: Readonly<Record<string, string>> = {}): CallbackConfig =>
  loadConfig(callbackSettings, {
    ...ownEnvironment('callback'),
    PUBLIC_CALLBACK_BASE_URL: 'http://127.0.0.1:9',
    CALLBACK_KEY_RING: testKeyRingSpec,
    TRANSPORT_KEY_RING: transportKeyRingSpec,
    GUARDED_CLIENT_ALLOWED_RANGES: '127.0.0.0/8',
    ...changes,
  });

/** For everything but the specs on time itself: a busy machine is no outage. */
export const patience = {
  answerMs: 20_000,
  brokerMs: 10_000,
  storeMs: 10_000,
  lookUpMs: 5_000,
  rereadMs: 10_000,
  probeMs: 10_000,
};

export const startApp = (config: CallbackConfig, overrides: CallbackOverrides = {}): Promise<App> =>
  startService(createApp, config, { limits: patience, ...overrides });

export interface SeenEndpoint {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly state: EndpointState;
}

/**
 * Publishes a state in the partition of another aggregate, whose id is the key: when it has been dealt with, so has
 * everything that was published of that one before.
 */
export const publishBehind = <S extends { readonly id: string; readonly publisherId: string }>(
  others: Awaited<ReturnType<typeof createPublisher>>,
  topic: StateTopic<S>,
  key: string,
  data: S,
): Promise<void> =>
  others.raw(
    topic,
    key,
    JSON.stringify({
      specversion: '1.0',
      id: newId(),
      type: topic.types[0],
      source: 'daikaifa/test',
      subject: data.id,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      tenant: data.publisherId,
      correlationid: newId(),
      sequence: 1,
      data,
    }),
  );

/** Reads the topics of the service from their beginning, as another service would. */
export const watchTopics = async (config: CallbackConfig) => {
  const endpoints: SeenEndpoint[] = [];
  const signals: SignalEvent<WecomSuiteSignal>[] = [];
  const appSignals: SignalEvent<WecomAppSignal>[] = [];
  const erasures: ErasureState[] = [];
  const client = clientOf(config);
  const group = uniqueName('watch');
  await ensureTopics(client, [endpointTopic, wecomSuiteTopic, wecomAppTopic, callbackErasureTopic], [group]);
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
      defineSignalConsumer(wecomAppTopic, {
        name: 'watch-app-signals',
        handle: async (event) => void appSignals.push(event),
      }) as never,
      defineConsumer(callbackErasureTopic, {
        name: 'watch-erasures',
        project: ({ data }) => data,
        effects: async ({ value }) => void erasures.push(value),
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
    appSignals,
    /** Each state of the tombstone, in order. */
    erasuresOf: (authorizationId: string) => erasures.filter((state) => state.authorizationId === authorizationId),
    endpointsOf: (id: string) => endpoints.filter((event) => event.id === id),
    /** Signals of one suite, in the order of the partition. */
    signalsOf: (suiteId: string) => signals.filter((event) => event.subject === suiteId),
    /** Messages and events of one corp's app, in the order of the partition. */
    appSignalsOf: (suiteId: string, corpId: string) =>
      appSignals.filter((event) => event.subject === `${suiteId}:${corpId}`),
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

export interface EpochSummary {
  readonly epoch: number;
  readonly cancelledAt?: Date;
}

const epochState = ({ epoch, cancelledAt }: EpochSummary): EpochState => ({
  epoch,
  status: cancelledAt === undefined ? 'ACTIVE' : 'CANCELLED',
  grantedAt: '2026-03-02T09:00:00.000Z',
  cancelledAt: cancelledAt?.toISOString() ?? null,
  enabled: true,
  disabledReason: null,
  mode: 'ADMIN',
  environment: 'FORMAL',
  linkState: null,
  observation: { agent: null, permissions: null, publishStatus: null, scope: null },
});

/** A corp that has authorized, or once did. */
export interface CorpOf {
  readonly authorizationId: string;
  readonly corpId: string;
  readonly endpoint: OpenEndpoint;
}

const authorizationState = ({ authorizationId, corpId, endpoint }: CorpOf, epochs: readonly EpochSummary[]): AuthorizationState => ({
  id: authorizationId,
  publisherId: endpoint.tenant.id,
  templateId: endpoint.templateId,
  suiteId: endpoint.suiteId,
  corpId,
  status: epochs.at(-1)?.cancelledAt === undefined ? 'ACTIVE' : 'CANCELLED',
  epochs: epochs.map(epochState),
});

const noContent: CorpAppContentState = {
  logo: null,
  name: null,
  introduction: null,
  homePageUrl: null,
  miniProgram: null,
  menu: [],
  trustedDomain: null,
  ipWhitelist: [],
  callback: 'TEMPLATE',
};

export const corpAppIdOf = ({ authorizationId }: CorpOf, epoch = 1): string =>
  derivedId('corp-app', authorizationId, String(epoch));

export const revision = (
  status: 'DRAFT' | 'IN_REVIEW' | 'ONLINE',
  callback: CorpAppContentState['callback'],
): CorpAppState['workingRevision'] => ({ id: newId(), number: 1, status, content: { ...noContent, callback }, submission: null });

export const corpAppState = (corp: CorpOf, changes: Partial<CorpAppState> = {}): CorpAppState => ({
  id: corpAppIdOf(corp, changes.epoch),
  publisherId: corp.endpoint.tenant.id,
  templateId: corp.endpoint.templateId,
  authorizationId: corp.authorizationId,
  suiteId: corp.endpoint.suiteId,
  corpId: corp.corpId,
  epoch: 1,
  environment: 'FORMAL',
  status: 'DEVELOPING',
  enabled: true,
  onlineRevision: null,
  workingRevision: null,
  publishStatus: null,
  erased: false,
  ...changes,
});

export const ENDPOINT = `query ($id: ID!) {
  callbackEndpoint(id: $id) {
    id version kind url keysIssued rotating verifiedAt template { id } corpApp { id }
    health { status reason text { zh en } checkedAt }
    refusals(first: 50) { nodes { reason text { zh en } method sizeBytes bodySha256 remoteAddress } pageInfo { hasNextPage } }
    receipts(first: 50) { nodes { id class infoType suiteId state sends } }
  }
}`;
export const ISSUE = `mutation ($input: IssueEndpointKeysInput!) {
  issueEndpointKeys(input: $input) { endpoint { id keysIssued rotating } token encodingAesKey }
}`;
export const IMPORT = `mutation ($input: ImportEndpointKeysInput!) {
  importEndpointKeys(input: $input) { endpoint { id keysIssued rotating } imported }
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
  readonly kind: string;
  readonly template: { readonly id: string };
  readonly corpApp: { readonly id: string } | null;
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
      readonly class: string;
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

  /** A corp of the template; nothing says so yet. */
  const newCorp = (endpoint: OpenEndpoint): CorpOf => ({
    authorizationId: newId(),
    corpId: `wp${uniqueName('Corp').replaceAll('-', '')}`,
    endpoint,
  });

  const authorize = (corp: CorpOf, sequence = 1, epochs: readonly EpochSummary[] = [{ epoch: 1 }]): Promise<void> =>
    others.state(authorizationTopic, sequence, authorizationState(corp, epochs));

  const configure = (corp: CorpOf, sequence: number, changes: Partial<CorpAppState>): Promise<void> =>
    others.state(corpAppTopic, sequence, corpAppState(corp, changes));

  /** The app's own endpoint, with keys. */
  const openAppEndpoint = async (corp: CorpOf): Promise<{ id: string; url: string; keys: ConsoleKeys }> => {
    const { admin } = corp.endpoint.tenant;
    await configure(corp, 1, { workingRevision: revision('DRAFT', 'OWN') });
    const id = appEndpointIdOf(corpAppIdOf(corp));
    await findWhen(admin, id, () => true);
    return { id, url: `${app.url}/callback/app/${id}`, keys: await issue(admin, id) };
  };

  return {
    graphql,
    find,
    findWhen,
    addTenant,
    addTemplate,
    issue,
    recordSuite,
    openEndpoint,
    newCorp,
    authorize,
    configure,
    openAppEndpoint,
  };
};

export type Steps = ReturnType<typeof createSteps>;

/** The hash of the whole database and topic content is searched for these by the specs on secrets. */
export const formsOf = (secret: string): readonly string[] => [
  secret,
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  encodeURIComponent(secret),
];
