import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { authorizationTopic, erasureRecordTopic, suiteTopic, WECOM_RETENTION_MS } from '@daikaifa/contracts';
import { newId } from '@daikaifa/kernel';
import { SIGNAL_SEGMENT_MS } from '@daikaifa/messaging';
import { fingerprint } from '@daikaifa/mongo';
import { counter, currentTraceparent, type Logger } from '@daikaifa/observability';
import { connectRedis, createLock, createSharedValues, type Lock, type RedisConnection } from '@daikaifa/redis';
import { createKeyRing } from '@daikaifa/security';
import { openService, tokenVerifierOf, type App, type OpenedService, type Overrides as CommonOverrides } from '@daikaifa/service';
import { createWecomClient, type WecomClient } from '@daikaifa/wecom-protocol';
import type { Authorizations } from './application/authorization-ports';
import type { Alarms, Dependencies, TokenSource } from './application/ports';
import { createSealing } from './application/sealing';
import { createUseCases } from './application/use-cases';
import { productionFaults, type AuthorizationConfig } from './config';
import { createGraphqlContext } from './graphql/context';
import { resolvers } from './graphql/resolvers/resolvers';
import sdl from './graphql/schema.graphql';
import { addAppTokenRoute } from './http/app-token-route';
import { createLogos } from './http/logos';
import { addQrRoutes, picturePath } from './http/qr-routes';
import { authorizationHandlers } from './jobs/authorization-handlers';
import { jobCatalog } from './jobs/catalog';
import { credentialHandlers } from './jobs/credential-handlers';
import { createWakeUps } from './jobs/wake-ups';
import { authorizationState } from './messaging/authorization-state';
import { authorizationSignals } from './messaging/authorization.signals';
import { corpAppConsumer } from './messaging/corp-app.consumer';
import { delegatedTemplateConsumer } from './messaging/delegated-template.consumer';
import { publisherConsumer } from './messaging/publisher.consumer';
import { erasureConsumers, ownAuthorizationConsumer } from './messaging/erasure.consumers';
import { erasureRecordState } from './messaging/erasure-record-state';
import { suiteState } from './messaging/published-state';
import { reviewItemConsumer } from './messaging/review-item.consumer';
import { suiteTicketSignal } from './messaging/suite-ticket.signal';
import { wecomAppConsumer } from './messaging/wecom-app.consumer';
import { wecomSuiteConsumer } from './messaging/wecom-suite.consumer';
import { createAuthorizationLinkRepository } from './persistence/authorization-link.repository';
import { createAuthorizationRepository } from './persistence/authorization.repository';
import { createBatchScanRepository } from './persistence/batch-scan.repository';
import { createCancellationRepository } from './persistence/cancellation.repository';
import { createExchangeRepository } from './persistence/exchange.repository';
import { createKnownCorpApps, createKnownPublishers, createKnownTemplates } from './persistence/known.repository';
import { createLinkInstallRepository } from './persistence/link-install.repository';
import { createProviderCredentialsRepository } from './persistence/provider-credentials.repository';
import { createErasureRecordRepository } from './persistence/erasure-record.repository';
import { createReconciliationRepository } from './persistence/reconciliation.repository';
import { createSuiteCredentialsRepository } from './persistence/suite-credentials.repository';
import { createTokenDoorJournal } from './persistence/token-door.repository';
import { createCallStops } from './wecom/call-stops';
import { recordCalls, traceCall } from './wecom/call-records';
import { createTokenCustody } from './wecom/token-custody';
import { createTokenSource } from './wecom/token-source';

export type { App };

const SERVICE = 'authorization';

/** The holder lives and renews it, or has died. */
const LOCK_TTL_MS = 10_000;

/** Waits longer than a call for a token may take. */
const TOKEN_LOCK = { ttlMs: LOCK_TTL_MS, waitMs: 20_000 };

/** Waits longer than the calls of one re-read usually take; one that gives up is due again. */
const WORK_LOCK = { ttlMs: LOCK_TTL_MS, waitMs: 60_000 };

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Of the interval between two routine reads: a quarter earlier to a quarter later. */
const routineAfter =
  (everyMinutes: number) =>
  (readAt: Date): Date =>
    new Date(readAt.getTime() + everyMinutes * MINUTE_MS * (0.75 + Math.random() / 2));

const STATE_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const STATE_LENGTH = 24;

const newState = (): string =>
  Array.from({ length: STATE_LENGTH }, () => STATE_ALPHABET[randomInt(STATE_ALPHABET.length)]).join('');

/** What tests put in place of the real thing. */
export interface Overrides extends CommonOverrides {
  readonly authorizations?: (real: Authorizations) => Authorizations;
}

type Service = OpenedService<AuthorizationConfig['roles'][number]>;

const refuseUnsafe = (config: AuthorizationConfig): void => {
  const faults = productionFaults(config);
  if (faults.length > 0) {
    throw new Error(`this configuration is refused in production: ${faults.join('; ')}`);
  }
};

const alarmsRaised = counter('authorization_alarms_total', 'alarms by name');

const alarmsTo = (logger: Logger): Alarms => ({
  raise: ({ name, text, fields }) => {
    alarmsRaised.add(1, { alarm: name });
    logger.error({ ...fields, 'alarm.name': name, 'alarm.text': text }, 'alarm');
  },
});

const repositoriesOf = ({ connection, outbox, projections }: Service, overrides: Overrides) => {
  const authorizations = createAuthorizationRepository({ connection, outbox, publicState: authorizationState });
  return {
    providerCredentials: createProviderCredentialsRepository({ connection, outbox }),
    suites: createSuiteCredentialsRepository({ connection, outbox, publicState: suiteState }),
    links: createAuthorizationLinkRepository({ connection, outbox }),
    installs: createLinkInstallRepository(connection),
    knownPublishers: createKnownPublishers(projections),
    knownTemplates: createKnownTemplates(projections),
    knownCorpApps: createKnownCorpApps(projections),
    exchanges: createExchangeRepository({ connection, outbox }),
    authorizations: overrides.authorizations?.(authorizations) ?? authorizations,
    cancellations: createCancellationRepository({ connection, outbox }),
    reconciliations: createReconciliationRepository({ connection, outbox }),
    tokenDoorJournal: createTokenDoorJournal({ connection, outbox }),
    batchScans: createBatchScanRepository({ connection, outbox }),
    erasureRecords: createErasureRecordRepository({ connection, outbox, publicState: erasureRecordState }),
  };
};

const tokensOf = (parts: {
  readonly redis: RedisConnection;
  readonly lock: Lock;
  readonly wecom: WecomClient;
  readonly stores: ReturnType<typeof repositoriesOf>;
  readonly sealing: Dependencies['sealing'];
  readonly alarms: Alarms;
  readonly clock: Service['clock'];
}): TokenSource => {
  const { redis, lock, wecom, stores, sealing, alarms, clock } = parts;
  const custody = createTokenCustody({
    values: createSharedValues(redis, lock, TOKEN_LOCK),
    stops: createCallStops(redis),
    sealing,
    clock,
    onIpRefused: ({ text, callerIp, call }) =>
      alarms.raise({ name: 'calling-ip.refused', text, fields: { 'wecom.call': call, 'wecom.callerIp': callerIp } }),
  });
  return createTokenSource({ ...stores, custody, wecom, sealing, clock });
};

/** Builds the service; traffic, events and jobs flow from `start` on. */
export const createApp = async (config: AuthorizationConfig, overrides: Overrides = {}): Promise<App> => {
  refuseUnsafe(config);
  const sealing = createSealing(createKeyRing(config.keyRing.reveal()));
  const transport = createKeyRing(config.transportKeyRing.reveal());
  const service = await openService(SERVICE, config, overrides);
  const { logger, clock } = service;
  const verify = tokenVerifierOf(config, clock);
  const alarms = alarmsTo(logger);
  const redis = connectRedis({ url: config.redis.cacheUrl, prefix: `${config.redis.prefix}:${SERVICE}`, logger });
  const lock = createLock(redis);
  const wecom = createWecomClient({
    baseUrl: config.wecomApiBaseUrl,
    onCall: recordCalls(logger),
    aroundCall: traceCall,
    traceparent: currentTraceparent,
  });
  const stores = repositoriesOf(service, overrides);
  const useCases = createUseCases({
    ...stores,
    exclusively: (name, work) => lock.withLock(name, WORK_LOCK, work),
    routineAfter: routineAfter(config.reconcileEveryMinutes),
    tokenDoorKeepsMs: config.tokenDoorKeepsDays * DAY_MS,
    erasureTerms: {
      services: config.erasure.services,
      dueMs: config.erasure.dueMinutes * MINUTE_MS,
      kafkaKeepsMs: WECOM_RETENTION_MS + SIGNAL_SEGMENT_MS,
    },
    pause,
    tokens: tokensOf({ redis, lock, wecom, stores, sealing, alarms, clock }),
    wecom,
    sealing,
    wakeUps: createWakeUps(service.queues(jobCatalog), clock),
    alarms,
    requireHttps: config.environment === 'production',
    clock,
    newId,
    fingerprint,
    newState,
  });

  const { publicBaseUrl, templateUrl } = config.links;
  const pictureUrl = (linkId: string, format: 'png' | 'svg'): string =>
    `${(publicBaseUrl ?? service.url()).replace(/\/+$/, '')}${picturePath(linkId, format)}`;

  return service.assemble({
    publishes: [suiteTopic, authorizationTopic, erasureRecordTopic],
    consumers: [
      publisherConsumer(),
      delegatedTemplateConsumer(useCases),
      wecomSuiteConsumer(
        { ...suiteTicketSignal(useCases, transport, logger), ...authorizationSignals(useCases, transport) },
        logger,
      ),
      wecomAppConsumer(useCases),
      reviewItemConsumer(useCases),
      corpAppConsumer(),
      ownAuthorizationConsumer(useCases),
      ...erasureConsumers(useCases),
    ],
    jobs: {
      catalog: jobCatalog,
      handlers: { ...credentialHandlers({ useCases, logger }), ...authorizationHandlers({ useCases, logger }) },
    },
    graphql: {
      sdl,
      resolvers,
      context: (viewer) => createGraphqlContext(viewer, { useCases, pictureUrl, now: clock.now }),
    },
    routes: {
      api: (server) => {
        // File URLs of the template service are signed with a key derived from the identity secret.
        const secret = config.identity.secret.reveal();
        addAppTokenRoute(server, { verify, useCases });
        addQrRoutes(server, { useCases, logos: createLogos({ templateUrl, secret, clock, logger }) });
      },
    },
    // Tokens are given out by the api only; faults of consumers and workers show in metrics and alarms.
    readiness: (common) => ({ ...common, ...(service.runs('api') && { redis: redis.ping }) }),
    close: async () => {
      await wecom.close();
      await redis.close();
    },
  });
};
