import { createBlobStore, createBlobUrls, createImageInspector, registerBlobRoutes } from '@daikaifa/blobs';
import { appConfigErasureTopic, corpAppTopic } from '@daikaifa/contracts';
import { newId } from '@daikaifa/kernel';
import { createTombstones, fingerprint } from '@daikaifa/mongo';
import { createGuardedClient, type GuardedClientOptions } from '@daikaifa/security';
import { checkLogoPixels } from '@daikaifa/rules';
import { openService, type App, type Overrides } from '@daikaifa/service';
import { LIMITS } from '@daikaifa/wecom-protocol';
import type { CorpApps } from './application/ports';
import { createUseCases } from './application/use-cases';
import type { AppConfigConfig } from './config';
import { createGraphqlContext } from './graphql/context';
import { resolvers } from './graphql/resolvers/resolvers';
import sdl from './graphql/schema.graphql';
import { createImages } from './http/images';
import { createOwnershipFiles } from './http/ownership-files';
import { createJobHandlers } from './jobs/app-config.jobs';
import { createJobCatalog } from './jobs/catalog';
import { authorizationConsumer } from './messaging/authorization.consumer';
import { delegatedTemplateConsumer } from './messaging/delegated-template.consumer';
import { endpointConsumer } from './messaging/endpoint.consumer';
import { corpAppState } from './messaging/published-state';
import { reviewItemConsumer } from './messaging/review-item.consumer';
import { createBatchRepository } from './persistence/batch.repository';
import { createCorpAppRepository } from './persistence/corp-app.repository';
import { loadRules } from './persistence/rules-file';
import { createEndpointSignalRepository, createTemplateSourceRepository } from './persistence/source.repositories';

/** What tests put in place of the real thing. */
export interface AppConfigOverrides extends Overrides {
  readonly corpApps?: (real: CorpApps) => CorpApps;
  /** How the domains of ownership files are reached. */
  readonly ownership?: Pick<GuardedClientOptions, 'resolve' | 'openSocket'>;
}

const OWNERSHIP_FILE_BYTES = 4_096;
const OWNERSHIP_FILE_MS = 5_000;

/** Builds the service; traffic, events and jobs flow from `start` on. */
export const createApp = async (config: AppConfigConfig, overrides: AppConfigOverrides = {}): Promise<App> => {
  const rules = await loadRules(config.rulesPath);
  const service = await openService('app-config', config, overrides);
  const { connection, outbox, clock } = service;

  const blobs = createBlobStore({ connection });
  // Signs file URLs with a key of its own, derived from it; the services that fetch files from here have it too.
  const secret = config.identity.secret.reveal();
  const urls = () => createBlobUrls({ baseUrl: config.publicUrl ?? service.url(), secret, clock });
  const images = createImages({ store: blobs, urls, templateUrl: config.templateUrl, secret });
  const client = createGuardedClient({
    allowedRanges: config.allowedRanges,
    // WeCom itself takes the file over http as well, and nothing secret is sent.
    requireHttps: false,
    maxBodyBytes: OWNERSHIP_FILE_BYTES,
    timeoutMs: OWNERSHIP_FILE_MS,
    ...overrides.ownership,
  });
  const corpApps = createCorpAppRepository({ connection, outbox, publicState: corpAppState });
  const templates = createTemplateSourceRepository(connection);
  const endpoints = createEndpointSignalRepository(connection);
  const useCases = createUseCases({
    corpApps: overrides.corpApps?.(corpApps) ?? corpApps,
    batches: createBatchRepository({ connection, outbox }),
    tombstones: createTombstones({ connection, outbox, collection: 'tombstones', topic: appConfigErasureTopic }),
    templates,
    endpoints,
    images,
    ownershipFiles: createOwnershipFiles(client),
    rules,
    limits: {
      trustedDomainChangesPerMonth: LIMITS.trustedDomainChangesPerMonth,
      batchStuckAfterMs: config.batches.stuckAfterMs,
    },
    clock,
    newId,
    fingerprint,
  });

  return service.assemble({
    publishes: [corpAppTopic, appConfigErasureTopic],
    consumers: [
      authorizationConsumer(useCases),
      delegatedTemplateConsumer(templates),
      endpointConsumer(endpoints),
      reviewItemConsumer(useCases),
    ],
    jobs: {
      catalog: createJobCatalog(config.batches.sweepEveryMs),
      handlers: createJobHandlers(useCases, service.logger),
    },
    graphql: {
      sdl,
      resolvers,
      context: (viewer) => createGraphqlContext(viewer, { useCases, imageUrl: images.downloadUrl }),
    },
    routes: {
      api: (server) =>
        registerBlobRoutes(server, { store: blobs, secret, inspect: createImageInspector((logo) => checkLogoPixels(rules, logo)), clock }),
    },
  });
};
