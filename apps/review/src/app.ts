import { reviewErasureTopic, reviewItemTopic } from '@daikaifa/contracts';
import { createTombstones } from '@daikaifa/mongo';
import { openService, type App, type Overrides } from '@daikaifa/service';
import { createUseCases } from './application/use-cases';
import type { ReviewConfig } from './config';
import { createGraphqlContext } from './graphql/context';
import { resolvers } from './graphql/resolvers/resolvers';
import sdl from './graphql/schema.graphql';
import { createLogoSource } from './http/logo-source';
import { createJobCatalog } from './jobs/catalog';
import { createJobHandlers } from './jobs/review.jobs';
import { authorizationConsumer } from './messaging/authorization.consumer';
import { corpAppConsumer } from './messaging/corp-app.consumer';
import { delegatedTemplateConsumer } from './messaging/delegated-template.consumer';
import { endpointConsumer } from './messaging/endpoint.consumer';
import { permissionSetConsumer } from './messaging/permission-set.consumer';
import { publisherConsumer } from './messaging/publisher.consumer';
import { reviewItemState } from './messaging/published-state';
import { loadFingerprints } from './persistence/fingerprints-file';
import { createReviewItemRepository } from './persistence/review-item.repository';
import { createReviewTicketRepository } from './persistence/review-ticket.repository';
import { loadRules } from './persistence/rules-file';
import {
  createAuthorizationRepository,
  createEndpointRepository,
  createPermissionRepository,
  createSettingsRepository,
  createSubjectRepository,
} from './persistence/source.repositories';
import { chineseCalendar } from './persistence/working-calendar';

/** Builds the service; traffic, events and jobs flow from `start` on. */
export const createApp = async (config: ReviewConfig, overrides: Overrides = {}): Promise<App> => {
  const rules = await loadRules(config.rulesPath);
  const fingerprints = await loadFingerprints(config.fingerprintsPath);
  const service = await openService('review', config, overrides);
  const { connection, outbox, clock } = service;

  const catalog = createJobCatalog(config.sweepEveryMs);
  const queues = service.queues(catalog);
  const subjects = createSubjectRepository(connection);
  const useCases = createUseCases({
    items: createReviewItemRepository({ connection, outbox, publicState: reviewItemState }),
    tickets: createReviewTicketRepository({ connection, outbox }),
    subjects,
    endpoints: createEndpointRepository(connection),
    authorizations: createAuthorizationRepository(connection),
    permissions: createPermissionRepository(connection),
    tombstones: createTombstones({ connection, outbox, collection: 'corp_erasures', topic: reviewErasureTopic }),
    settings: createSettingsRepository(connection),
    logos: createLogoSource({
      ownerUrls: { DELEGATED_TEMPLATE: config.templateUrl, CORP_APP: config.appConfigUrl },
      // The owners sign and verify their file URLs with a key derived from it.
      secret: config.identity.secret.reveal(),
      fingerprints,
    }),
    queue: {
      wakePrecheck: (itemId) => queues.wake('precheck', { itemId }),
      wakeLaunchTimeout: (itemId, delayMs) => queues.wake('launch-timeout', { itemId }, { delayMs }),
    },
    rules,
    calendar: chineseCalendar,
    launchTimeoutMs: config.launchTimeoutMs,
    clock,
  });

  return service.assemble({
    publishes: [reviewItemTopic, reviewErasureTopic],
    consumers: [
      delegatedTemplateConsumer(useCases),
      corpAppConsumer(useCases),
      publisherConsumer(useCases),
      endpointConsumer(useCases),
      permissionSetConsumer(useCases),
      authorizationConsumer(useCases),
    ],
    jobs: { catalog, handlers: createJobHandlers(useCases, service.logger) },
    graphql: { sdl, resolvers, context: (viewer) => createGraphqlContext(viewer, useCases) },
    beforeStart: subjects.ensureIndexes,
  });
};
