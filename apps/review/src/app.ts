import { reviewItemTopic } from '@daikaifa/contracts';
import { openService, type App, type Overrides } from '@daikaifa/service';
import { createUseCases } from './application/use-cases';
import type { ReviewConfig } from './config';
import { createGraphqlContext } from './graphql/context';
import { resolvers } from './graphql/resolvers/resolvers';
import sdl from './graphql/schema.graphql';
import { createLogoSource } from './http/logo-source';
import { createJobCatalog } from './jobs/catalog';
import { createJobHandlers } from './jobs/review.jobs';
import { delegatedTemplateConsumer } from './messaging/delegated-template.consumer';
import { endpointConsumer } from './messaging/endpoint.consumer';
import { publisherConsumer } from './messaging/publisher.consumer';
import { reviewItemState } from './messaging/published-state';
import { loadFingerprints } from './persistence/fingerprints-file';
import { createReviewItemRepository } from './persistence/review-item.repository';
import { createReviewTicketRepository } from './persistence/review-ticket.repository';
import { loadRules } from './persistence/rules-file';
import {
  createEndpointRepository,
  createSettingsRepository,
  createSubjectRepository,
} from './persistence/source.repositories';

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
    settings: createSettingsRepository(connection),
    logos: createLogoSource({
      templateUrl: config.templateUrl,
      // The template service signs and verifies its file URLs with a key derived from it.
      secret: config.identity.secret.reveal(),
      fingerprints,
    }),
    queue: { wake: (itemId) => queues.wake('precheck', { itemId }) },
    rules,
    clock,
  });

  return service.assemble({
    publishes: [reviewItemTopic],
    consumers: [delegatedTemplateConsumer(useCases), publisherConsumer(useCases), endpointConsumer(useCases)],
    jobs: { catalog, handlers: createJobHandlers(useCases, service.logger) },
    graphql: { sdl, resolvers, context: (viewer) => createGraphqlContext(viewer, useCases) },
    beforeStart: subjects.ensureIndexes,
  });
};
