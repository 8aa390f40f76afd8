import { permissionErasureTopic, permissionSetTopic } from '@daikaifa/contracts';
import { newId } from '@daikaifa/kernel';
import { createTombstones, fingerprint } from '@daikaifa/mongo';
import { rememberVerified } from '@daikaifa/security';
import { openService, tokenVerifierOf, type App, type Overrides } from '@daikaifa/service';
import { createKnownSets } from './application/known-sets';
import { createUseCases } from './application/use-cases';
import type { PermissionConfig } from './config';
import { createGraphqlContext } from './graphql/context';
import { resolvers } from './graphql/resolvers/resolvers';
import sdl from './graphql/schema.graphql';
import { addMayCallRoutes } from './http/may-call-routes';
import { createJobCatalog } from './jobs/catalog';
import { createJobHandlers } from './jobs/permission.jobs';
import { authorizationConsumer } from './messaging/authorization.consumer';
import { corpAppConsumer } from './messaging/corp-app.consumer';
import { permissionSetState } from './messaging/published-state';
import { createPermissionSetRepository } from './persistence/permission-set.repository';

const HOUR_MS = 3_600_000;

/** A backend asks the door hundreds of times a second with one and the same token. */
const VERIFIED_TOKENS = { ttlMs: 10_000, capacity: 1_000 };

/** Builds the service; traffic, events and jobs flow from `start` on. */
export const createApp = async (config: PermissionConfig, overrides: Overrides = {}): Promise<App> => {
  const service = await openService('permission', config, overrides);
  const { connection, outbox, clock } = service;
  const verify = rememberVerified(tokenVerifierOf(config, clock), { ...VERIFIED_TOKENS, clock });
  const sets = createPermissionSetRepository({ connection, outbox, publicState: permissionSetState });
  const useCases = createUseCases({
    sets,
    tombstones: createTombstones({ connection, outbox, collection: 'erasures', topic: permissionErasureTopic }),
    knownSets: createKnownSets({ sets, clock, ...config.mayCall }),
    remindAfterMs: config.staleAfterHours * HOUR_MS,
    clock,
    newId,
    fingerprint,
  });

  return service.assemble({
    publishes: [permissionSetTopic, permissionErasureTopic],
    consumers: [corpAppConsumer(useCases), authorizationConsumer(useCases)],
    jobs: { catalog: createJobCatalog(config.sweepEveryMs), handlers: createJobHandlers(useCases, service.logger) },
    graphql: { sdl, resolvers, context: (viewer) => createGraphqlContext(viewer, useCases) },
    routes: { api: (server) => addMayCallRoutes(server, { verify, useCases }) },
  });
};
