import { createBlobStore, createBlobUrls, createImageInspector, registerBlobRoutes } from '@daikaifa/blobs';
import { delegatedTemplateTopic, publisherTopic } from '@daikaifa/contracts';
import { newId } from '@daikaifa/kernel';
import { fingerprint } from '@daikaifa/mongo';
import { checkLogoPixels } from '@daikaifa/rules';
import { openService, type App, type Overrides } from '@daikaifa/service';
import { createUseCases } from './application/use-cases';
import type { TemplateConfig } from './config';
import { createGraphqlContext } from './graphql/context';
import { resolvers } from './graphql/resolvers/resolvers';
import sdl from './graphql/schema.graphql';
import { createImages } from './http/images';
import { authorizationConsumer } from './messaging/authorization.consumer';
import { endpointConsumer } from './messaging/endpoint.consumer';
import { delegatedTemplateState, publisherState } from './messaging/published-state';
import { reviewItemConsumer } from './messaging/review-item.consumer';
import { suiteConsumer } from './messaging/suite.consumer';
import { createDelegatedTemplateRepository } from './persistence/delegated-template.repository';
import { createPublisherRepository } from './persistence/publisher.repository';
import { loadRules } from './persistence/rules-file';
import { createSignalRepository } from './persistence/signal.repository';

/** Builds the service; traffic, events and jobs flow from `start` on. */
export const createApp = async (config: TemplateConfig, overrides: Overrides = {}): Promise<App> => {
  const rules = await loadRules(config.rulesPath);
  const service = await openService('template', config, overrides);
  const { connection, outbox, clock } = service;

  const blobs = createBlobStore({ connection });
  // Signs file URLs with a key of its own, derived from it; the services that fetch files from here have it too.
  const secret = config.identity.secret.reveal();
  const images = createImages(blobs, () =>
    createBlobUrls({ baseUrl: config.publicUrl ?? service.url(), secret, clock }),
  );
  const signals = createSignalRepository(connection);
  const useCases = createUseCases({
    templates: createDelegatedTemplateRepository({ connection, outbox, publicState: delegatedTemplateState }),
    publishers: createPublisherRepository({ connection, outbox, publicState: publisherState }),
    signals,
    images,
    rules,
    clock,
    newId,
    fingerprint,
  });

  return service.assemble({
    publishes: [publisherTopic, delegatedTemplateTopic],
    consumers: [
      reviewItemConsumer(useCases),
      endpointConsumer(signals),
      suiteConsumer(signals),
      authorizationConsumer(signals),
    ],
    jobs: { catalog: {}, handlers: {} },
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
