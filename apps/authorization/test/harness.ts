import { loadConfig } from '@daikaifa/config';
import {
  corpAppTopic,
  delegatedTemplateTopic,
  publisherTopic,
  reviewItemTopic,
  wecomAppTopic,
  wecomSuiteTopic,
  type CorpAppState,
  type DelegatedTemplateState,
  type ErasureState,
  type PublisherState,
  type ReviewItemState,
  type StateTopic,
} from '@daikaifa/contracts';
import {
  createPublisher as createCommonPublisher,
  graphqlOf,
  must,
  ownEnvironment,
  startService,
  watchTopic,
  type Graphql,
  type GraphqlAnswer,
} from '@daikaifa/harness';
import { corpAppIdOf, newId, type Role, type Viewer } from '@daikaifa/kernel';
import { createKeyRing, issueDevelopmentToken } from '@daikaifa/security';
import { eventually, testIdentitySecret, uniqueName, viewerOf } from '@daikaifa/testing';
import { createApp, type App, type Overrides } from '../src/app';
import { authorizationSettings, type AuthorizationConfig } from '../src/config';

export { graphqlOf, must, watchTopic, type Graphql, type GraphqlAnswer };

export const DEVELOPMENT_SECRET = 'development-secret-of-the-test-suites-0123456789';
export const KEY_RING = `a1:${Buffer.alloc(32, 3).toString('base64')}`;
export const TRANSPORT_KEY_RING = `t1:${Buffer.alloc(32, 5).toString('base64')}`;
export const FILE_SECRET = testIdentitySecret;

export const ownConfig = (changes: Readonly<Record<string, string>> = {}): AuthorizationConfig =>
  loadConfig(authorizationSettings, {
    ...ownEnvironment('authorization'),
    AUTHORIZATION_KEY_RING: KEY_RING,
    TRANSPORT_KEY_RING,
    AUTH_DEVELOPMENT_SECRET: DEVELOPMENT_SECRET,
    WECOM_API_BASE_URL: 'http://127.0.0.1:9',
    ...changes,
  });

export const startApp = (config: AuthorizationConfig, overrides: Overrides = {}): Promise<App> =>
  startService(createApp, config, overrides);

export const bearerOf = async (roles: readonly Role[], publisherIds: readonly string[]): Promise<string> =>
  `Bearer ${await issueDevelopmentToken({
    secret: DEVELOPMENT_SECRET,
    issuer: 'daikaifa-development',
    audience: 'daikaifa',
    subject: 'test-backend',
    roles,
    publisherIds,
    ttlSec: 600,
  })}`;

export interface SuiteEvent {
  readonly suiteId: string;
  readonly infoType: string;
  readonly timestampSec?: number | null;
  readonly receivedAt?: Date;
  readonly authCorpId?: string;
  readonly state?: string;
  /** In the clear: sealed here, as the callback service does. */
  readonly suiteTicket?: string;
  readonly authCode?: string;
  /** The same id again is a re-send. */
  readonly eventId?: string;
}

/** Publishes as the other services would; the sequence of an aggregate rises by itself. */
export const createPublisher = async (config: AuthorizationConfig) => {
  const common = await createCommonPublisher(config);
  const ring = createKeyRing(TRANSPORT_KEY_RING);
  const sequences = new Map<string, number>();
  const nextOf = (id: string): number => {
    const sequence = (sequences.get(id) ?? 0) + 1;
    sequences.set(id, sequence);
    return sequence;
  };

  /** @returns the event's id */
  const suiteEvent = async (event: SuiteEvent): Promise<string> => {
    const id = event.eventId ?? newId();
    const receivedAt = event.receivedAt ?? new Date();
    const type = `wecom.suite.${event.infoType}`;
    await common.signal(wecomSuiteTopic, { id, key: event.suiteId, tenant: 'unknown', type }, {
      endpointId: 'endpoint-1',
      suiteId: event.suiteId,
      infoType: event.infoType,
      timestampSec: event.timestampSec === undefined ? Math.floor(receivedAt.getTime() / 1000) : event.timestampSec,
      receivedAt: receivedAt.toISOString(),
      receiveIdMatched: 'SUITE_ID',
      authCorpId: event.authCorpId ?? null,
      state: event.state ?? null,
      clockSkewSec: 0,
      sealed: {
        raw: ring.seal('<xml/>', `${id}:raw`),
        ...(event.suiteTicket !== undefined && { suiteTicket: ring.seal(event.suiteTicket, `${id}:suiteTicket`) }),
        ...(event.authCode !== undefined && { authCode: ring.seal(event.authCode, `${id}:authCode`) }),
      },
    });
    return id;
  };

  /** An event of the app itself, on its own callback URL. */
  const appEvent = (suiteId: string, corpId: string, event: string): Promise<void> => {
    const id = newId();
    const signal = { id, key: `${suiteId}:${corpId}`, tenant: 'unknown', type: `wecom.app.event.${event}` };
    return common.signal(wecomAppTopic, signal, {
      ...{ endpointId: 'endpoint-2', suiteId, corpId, agentId: 1, msgType: 'event', event },
      ...{ createTimeSec: Math.floor(Date.now() / 1000), receivedAt: new Date().toISOString() },
      ...{ receiveIdMatched: 'CORP_ID', clockSkewSec: 0, sealed: { raw: ring.seal('<xml/>', `${id}:raw`) } },
    });
  };

  return {
    stop: common.stop,
    suiteEvent,
    appEvent,
    /** A service's tombstone, as it publishes it. */
    erasure: (topic: StateTopic<ErasureState>, erasure: Omit<ErasureState, 'id' | 'service'>): Promise<void> => {
      const id = `${topic.producer}:${erasure.authorizationId}:${erasure.epoch}`;
      return common.state(topic, nextOf(id), { id, service: topic.producer, ...erasure });
    },
    reviewItem: (id: string, publisherId: string, changes: Partial<ReviewItemState>) =>
      common.state(reviewItemTopic, nextOf(id), reviewItemState(id, publisherId, changes)),
    /** The app of an authorization's first epoch. */
    corpApp: (authorizationId: string, publisherId: string, status: CorpAppState['status']) => {
      const state = corpAppState(authorizationId, publisherId, status);
      return common.state(corpAppTopic, nextOf(state.id), state);
    },
    publisher: (id: string, changes: Partial<PublisherState> = {}) =>
      common.state(publisherTopic, nextOf(id), publisherState(id, changes)),
    template: (id: string, publisherId: string, changes: Partial<DelegatedTemplateState> = {}) =>
      common.state(delegatedTemplateTopic, nextOf(id), templateState(id, publisherId, changes)),
  };
};

export type Publisher = Awaited<ReturnType<typeof createPublisher>>;

export const publisherState = (id: string, changes: Partial<PublisherState> = {}): PublisherState => ({
  id,
  kind: 'SERVICE_PROVIDER',
  name: '云帆科技',
  status: 'ACTIVE',
  corpId: 'ww1234567890abcdef',
  testCorps: [],
  ipWhitelist: ['203.0.113.7'],
  review: { verdictSource: 'PLATFORM', fourEyes: true, dueHours: 24 },
  ...changes,
});

export const reviewItemState = (
  id: string,
  publisherId: string,
  changes: Partial<ReviewItemState> = {},
): ReviewItemState => ({
  ...{ id, publisherId, ticketId: 'ticket-1', corpApp: null, state: 'PENDING', reasons: [], verdict: null },
  subject: { kind: 'CORP_APP', id: 'corp-app-1', revisionId: 'revision-1', submissionId: 'submission-1' },
  ...{ launch: null, dueAt: new Date().toISOString(), overdue: false, previousItemId: null },
  ...changes,
});

const corpAppState = (
  authorizationId: string,
  publisherId: string,
  status: CorpAppState['status'],
): CorpAppState => ({
  ...{ id: corpAppIdOf(authorizationId, 1), publisherId, templateId: 'template-1', authorizationId, epoch: 1, status },
  ...{ suiteId: 'dk1', corpId: 'wpCorp', environment: 'FORMAL', enabled: true, publishStatus: null, erased: false },
  ...{ onlineRevision: null, workingRevision: null },
});

export const templateState = (
  id: string,
  publisherId: string,
  changes: Partial<DelegatedTemplateState> = {},
): DelegatedTemplateState => ({
  id,
  publisherId,
  status: 'DRAFT',
  availability: 'NEVER_LAUNCHED',
  onlineRevision: null,
  workingRevision: null,
  ...changes,
});

export const RECORD_PROVIDER = `mutation ($input: RecordProviderCredentialsInput!) {
  recordProviderCredentials(input: $input) {
    publisher { id providerCredentials { recordedBy confirmedAt lastError { zh en } } }
  }
}`;
export const RECORD_SUITE = `mutation ($input: RecordSuiteCredentialsInput!) {
  recordSuiteCredentials(input: $input) { template { id suite { version suiteId ticket ticketAt confirmedAt } } }
}`;
const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on Publisher { providerCredentials { recordedBy confirmedAt lastError { zh en } } }
    ... on DelegatedTemplate {
      suite { version suiteId ticket ticketAt confirmedAt lastError { zh en } }
      authorizationLinks {
        nodes {
          id version kind state source url stateParameter expiresAt pngUrl svgUrl installs template { id }
          lastError { zh en }
        }
      }
    }
  }
}`;

export interface ProviderCredentialsView {
  readonly recordedBy: string;
  readonly confirmedAt: string | null;
  readonly lastError: { readonly zh: string; readonly en: string } | null;
}

export interface SuiteView {
  readonly version: number;
  readonly suiteId: string;
  readonly ticket: 'NONE' | 'FRESH' | 'STALE';
  readonly ticketAt: string | null;
  readonly confirmedAt: string | null;
  readonly lastError: { readonly zh: string; readonly en: string } | null;
}

export interface LinkView {
  readonly id: string;
  readonly version: number;
  readonly state: 'PENDING' | 'ACTIVE' | 'EXPIRED' | 'REVOKED';
  readonly source: 'API' | 'CONSOLE';
  readonly url: string | null;
  readonly stateParameter: string;
  readonly expiresAt: string | null;
  readonly pngUrl: string;
  readonly svgUrl: string;
  readonly installs: number;
  readonly lastError: { readonly zh: string; readonly en: string } | null;
}

export interface TemplateView {
  readonly suite: SuiteView | null;
  readonly authorizationLinks: { readonly nodes: readonly LinkView[] };
}

/** Made up, in the shape that the console shows. */
export const newSuiteId = (): string => `dk${uniqueName('suite').replaceAll('-', '')}`;

/** Common steps of the specs, through the public doors only. */
export const createSteps = (graphql: Graphql, publisher: Publisher) => {
  const template = async (viewer: Viewer, id: string): Promise<TemplateView> => {
    const representations = [{ __typename: 'DelegatedTemplate', id }];
    return (await must(graphql<{ _entities: [TemplateView] }>(viewer, ENTITIES, { representations })))._entities[0];
  };

  /** Waits until it is as wanted: consumers and jobs work in the background. */
  const templateWhen = (viewer: Viewer, id: string, holds: (view: TemplateView) => boolean): Promise<TemplateView> =>
    eventually(async () => {
      const view = await template(viewer, id);
      return holds(view) ? view : null;
    });

  const providerCredentials = async (viewer: Viewer, id: string) => {
    const representations = [{ __typename: 'Publisher', id }];
    const data = await must(
      graphql<{ _entities: [{ providerCredentials: ProviderCredentialsView | null }] }>(viewer, ENTITIES, {
        representations,
      }),
    );
    return data._entities[0].providerCredentials;
  };

  const recordProvider = (viewer: Viewer, publisherId: string, providerSecret: string) =>
    graphql(viewer, RECORD_PROVIDER, { input: { publisherId, providerSecret } });

  const recordSuite = (
    viewer: Viewer,
    input: {
      readonly templateId: string;
      readonly suiteId: string;
      readonly suiteSecret: string;
      readonly expectedVersion?: number;
    },
  ) =>
    graphql<{ recordSuiteCredentials: { template: { suite: SuiteView } } }>(viewer, RECORD_SUITE, { input });

  /** A publisher and one of its templates, both known to the service. */
  const newTemplate = async (
    changes: Partial<DelegatedTemplateState> = {},
    publisherChanges: Partial<PublisherState> = {},
  ) => {
    const publisherId = uniqueName('publisher');
    const templateId = uniqueName('template');
    const admin = viewerOf(['PUBLISHER_ADMIN'], [publisherId]);
    await publisher.publisher(publisherId, publisherChanges);
    await publisher.template(templateId, publisherId, changes);
    return { publisherId, templateId, admin };
  };

  /** Until the consumers have heard of it, a publisher or template is NOT_FOUND. Any other fault ends the wait. */
  const whenKnown = async <T>(call: () => Promise<GraphqlAnswer<T>>): Promise<T> =>
    must(
      eventually(async () => {
        const answer = await call();
        return answer.fault?.code === 'NOT_FOUND' ? null : answer;
      }),
    );

  const recordSuiteWhenKnown = async (
    viewer: Viewer,
    templateId: string,
    suite: { readonly suiteId?: string; readonly suiteSecret?: string } = {},
  ): Promise<SuiteView> => {
    const input = { templateId, suiteId: newSuiteId(), suiteSecret: 'suite-secret', ...suite };
    return (await whenKnown(() => recordSuite(viewer, input))).recordSuiteCredentials.template.suite;
  };

  const recordProviderWhenKnown = (viewer: Viewer, publisherId: string, providerSecret: string) =>
    whenKnown(() => recordProvider(viewer, publisherId, providerSecret));

  return {
    template,
    templateWhen,
    providerCredentials,
    recordProvider,
    recordProviderWhenKnown,
    recordSuite,
    recordSuiteWhenKnown,
    newTemplate,
  };
};
