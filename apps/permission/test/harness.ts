import { loadConfig } from '@daikaifa/config';
import {
  authorizationTopic,
  corpAppTopic,
  permissionErasureTopic,
  permissionSetTopic,
  type AuthorizationState,
  type CorpAppState,
  type EpochState,
} from '@daikaifa/contracts';
import { createPublisher, graphqlOf, must, ownEnvironment, startService, watchTopic } from '@daikaifa/harness';
import { corpAppIdOf, derivedId, newId, type Role, type Viewer } from '@daikaifa/kernel';
import { connectMongo } from '@daikaifa/mongo';
import { issueDevelopmentToken } from '@daikaifa/security';
import type { App, Overrides } from '@daikaifa/service';
import { eventually, manualClock, silentLogger, uniqueName, viewerOf } from '@daikaifa/testing';
import { createApp } from '../src/app';
import { permissionSettings, type PermissionConfig } from '../src/config';

export const DEVELOPMENT_SECRET = 'development-secret-of-the-test-suites-0123456789';
export const HOUR_MS = 3_600_000;

/** What a spec file owns; it sweeps often, so that nothing has to be waited for. */
export const ownConfig = (changes: Readonly<Record<string, string>> = {}): PermissionConfig =>
  loadConfig(permissionSettings, {
    ...ownEnvironment('permission'),
    AUTH_DEVELOPMENT_SECRET: DEVELOPMENT_SECRET,
    PERMISSION_SWEEP_EVERY_MS: '500',
    ...changes,
  });

export const startApp = (config: PermissionConfig, overrides: Overrides = {}): Promise<App> =>
  startService(createApp, config, overrides);

export const bearerOf = async (roles: readonly Role[], publisherIds: readonly string[], ttlSec = 600): Promise<string> =>
  `Bearer ${await issueDevelopmentToken({
    secret: DEVELOPMENT_SECRET,
    issuer: 'daikaifa-development',
    audience: 'daikaifa',
    subject: 'backend-1',
    roles,
    publisherIds,
    ttlSec,
  })}`;

const PERMISSIONS = '{ id name { zh en } isKnown }';
const REQUEST = `{
  id number state permissions ${PERMISSIONS} difference { added { id } removed { id } } requestedBy requestedAt stale
  firstConfirmedAt lateGrantedAt end { by person at note }
}`;
export const SET_FIELDS = `
  id version status erased corpApp { id }
  settings { permission { id } waitingFor mark { zh en } works expiresAt }
  confirmed { readAt permissions ${PERMISSIONS} expiring { permission { id } expiresAt } }
  openRequest { id state }
  requests(first: 50) { nodes ${REQUEST} }
  changes(first: 50) { nodes { number cause requestId added { id } removed { id } readAt } }
`;

export interface RequestView {
  readonly id: string;
  readonly number: number;
  readonly state: string;
  readonly stale: boolean;
  readonly lateGrantedAt: string | null;
  readonly difference: { readonly added: readonly { readonly id: string }[]; readonly removed: readonly { readonly id: string }[] };
  readonly end: { readonly by: string; readonly person: string | null; readonly note: string | null } | null;
}

export interface SetView {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly erased: boolean;
  readonly settings: ReadonlyArray<{
    readonly permission: { readonly id: string };
    readonly waitingFor: string | null;
    readonly mark: { readonly zh: string } | null;
    readonly works: boolean;
    readonly expiresAt: string | null;
  }>;
  readonly confirmed: {
    readonly readAt: string;
    readonly permissions: readonly { readonly id: string }[];
    readonly expiring: ReadonlyArray<{ readonly permission: { readonly id: string }; readonly expiresAt: string }>;
  } | null;
  readonly openRequest: { readonly id: string; readonly state: string } | null;
  readonly requests: { readonly nodes: readonly RequestView[] };
  readonly changes: { readonly nodes: ReadonlyArray<{ readonly cause: string; readonly requestId: string | null }> };
}

const OF_CORP_APP = `query ($ids: [_Any!]!) { _entities(representations: $ids) { ... on CorpApp { permissions { ${SET_FIELDS} } } } }`;

type MutationName =
  | 'requestPermissions'
  | 'withdrawPermissionRequest'
  | 'recordPermissionDecline'
  | 'recordSecondConfirmation';
const mutationOf = (name: MutationName): string => {
  const more = name === 'requestPermissions' ? `request ${REQUEST} warnings { field code severity }` : '';
  const input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${input}!) { change: ${name}(input: $input) { permissionSet { ${SET_FIELDS} } ${more} } }`;
};

export interface ChangeView {
  readonly change: {
    readonly permissionSet: SetView;
    readonly request: RequestView;
    readonly warnings: ReadonlyArray<{ readonly field: string; readonly code: string; readonly severity: string }>;
  };
}

const NOT_OBSERVED: EpochState['observation'] = { agent: null, permissions: null, publishStatus: null, scope: null };

/** As far as all documents of the service's database are alike. */
interface StoredDocument {
  readonly _id: string;
  /** Of the last event that was written, or of the state that was followed. */
  readonly sequence: number;
}

/** One corp's authorization and its app, as the other services publish them. */
export interface Corp {
  readonly corpId: string;
  readonly authorizationId: string;
  readonly publisherId: string;
  readonly setId: string;
}

/** The service with everything around it, and the steps that specs have in common. */
export const createWorld = async (settings: Readonly<Record<string, string>> = {}) => {
  const config = ownConfig(settings);
  const clock = manualClock();
  const other = await createPublisher(config);
  let app: App | null = null;
  const sets = await watchTopic(config, permissionSetTopic);
  const erasures = await watchTopic(config, permissionErasureTopic);
  const { url, databasePrefix } = config.mongo;
  const mongo = await connectMongo({ url, database: `${databasePrefix}permission`, maxPoolSize: 2, logger: silentLogger() });
  /** A collection of the service's own database. */
  const stored = (collection: string) => mongo.connection.collection<StoredDocument>(collection);
  const sequences = new Map<string, number>();
  const next = (id: string): number => {
    const sequence = (sequences.get(id) ?? 0) + 1;
    sequences.set(id, sequence);
    return sequence;
  };
  const running = (): App => {
    if (app === null) {
      throw new Error('the service is not started');
    }
    return app;
  };
  const typesOf = (id: string): readonly string[] => sets.of(id).map(({ type }) => type.replace('permission.', ''));
  const graphql = <T>(viewer: Viewer, query: string, variables: object = {}) =>
    graphqlOf(running())<T>(viewer, query, variables);

  const newTenant = () => {
    const id = uniqueName('publisher');
    return {
      id,
      admin: viewerOf(['PUBLISHER_ADMIN'], [id], 'admin-1'),
      developer: viewerOf(['PUBLISHER_DEVELOPER'], [id], 'developer-1'),
      viewer: viewerOf(['VIEWER'], [id], 'viewer-1'),
    };
  };

  const newCorp = (publisherId: string): Corp => {
    const corpId = uniqueName('wpCorp');
    const authorizationId = derivedId('authorization', 'dk0000000001', corpId);
    return { corpId, authorizationId, publisherId, setId: corpAppIdOf(authorizationId, 1) };
  };

  const epochOf = (epoch: number, changes: Partial<EpochState> = {}): EpochState => ({
    epoch,
    status: 'ACTIVE',
    grantedAt: clock.now().toISOString(),
    cancelledAt: null,
    enabled: true,
    disabledReason: null,
    mode: 'ADMIN',
    environment: 'FORMAL',
    linkState: null,
    observation: NOT_OBSERVED,
    ...changes,
  });

  const publishAuthorization = async (
    { authorizationId: id, corpId, publisherId }: Corp,
    epochs: readonly EpochState[],
    sequence = next(id),
  ): Promise<void> => {
    const state: AuthorizationState = {
      id,
      publisherId,
      templateId: 'template-1',
      suiteId: 'dk0000000001',
      corpId,
      status: epochs.at(-1)?.status ?? 'ACTIVE',
      epochs: [...epochs],
    };
    await other.state(authorizationTopic, sequence, state);
  };

  /** WeCom was read a moment later, and these are the codes; an older authorization service names no ends. */
  const observe = async (
    corp: Corp,
    codes: readonly string[],
    { sequence, ends }: { readonly sequence?: number; readonly ends?: Readonly<Record<string, Date>> } = {},
  ): Promise<string> => {
    clock.advance(1_000);
    const readAt = clock.now().toISOString();
    const expiries = ends && Object.entries(ends).map(([code, end]) => ({ code, expiresAt: end.toISOString() }));
    const permissions = { readAt, value: [...codes], ...(expiries && { expiries }) };
    await publishAuthorization(corp, [epochOf(1, { observation: { ...NOT_OBSERVED, permissions } })], sequence);
    return readAt;
  };

  const cancel = (corp: Corp): Promise<void> =>
    publishAuthorization(corp, [epochOf(1, { status: 'CANCELLED', cancelledAt: clock.now().toISOString() })]);

  const publishCorpApp = async (corp: Corp, changes: Partial<CorpAppState> = {}, sequence?: number): Promise<void> => {
    const epoch = changes.epoch ?? 1;
    const id = corpAppIdOf(corp.authorizationId, epoch);
    await other.state(corpAppTopic, sequence ?? next(id), {
      id,
      publisherId: corp.publisherId,
      templateId: 'template-1',
      authorizationId: corp.authorizationId,
      suiteId: 'dk0000000001',
      corpId: corp.corpId,
      epoch,
      environment: 'FORMAL',
      status: 'TO_DEVELOP',
      enabled: true,
      onlineRevision: null,
      workingRevision: null,
      publishStatus: null,
      erased: false,
      ...changes,
    });
  };

  const hasFollowed = async (consumer: string, id: string): Promise<boolean> =>
    !sequences.has(id) || (await stored(`projection.${consumer}`).findOne({ _id: id }))?.sequence === sequences.get(id);

  /** Waits until the last that was said of the corp was dealt with, its effects included. */
  const untilFollowed = ({ authorizationId, setId }: Corp): Promise<unknown> =>
    eventually(async () => (await hasFollowed('authorization', authorizationId)) && (await hasFollowed('corp-app', setId)));

  const setOf = async (viewer: Viewer, id: string): Promise<SetView | null> => {
    const ids = [{ __typename: 'CorpApp', id }];
    type Entities = { readonly _entities: readonly [{ readonly permissions: SetView | null }] };
    return (await must(graphql<Entities>(viewer, OF_CORP_APP, { ids })))._entities[0].permissions;
  };

  /** Waits until the set is as wanted: consumers and jobs work in the background. */
  const setWhen = (viewer: Viewer, id: string, holds: (set: SetView) => boolean = () => true): Promise<SetView> =>
    eventually(async () => {
      const set = await setOf(viewer, id);
      if (set === null || !holds(set)) {
        throw new Error(`not there yet: ${JSON.stringify(set)}`);
      }
      return set;
    });

  const seen = (viewer: Viewer, corp: Corp, readAt: string): Promise<SetView> =>
    setWhen(viewer, corp.setId, ({ confirmed }) => confirmed?.readAt === readAt);

  /** Observes, and waits until the service has taken it in. */
  const observed = async (viewer: Viewer, corp: Corp, codes: readonly string[]): Promise<SetView> =>
    seen(viewer, corp, await observe(corp, codes));

  /** An app of this tenant whose permissions were read. */
  const authorized = async (tenant: { readonly id: string; readonly admin: Viewer }, codes: readonly string[]) => {
    const corp = newCorp(tenant.id);
    await publishCorpApp(corp);
    return { corp, set: await observed(tenant.admin, corp, codes) };
  };

  const mutate = (viewer: Viewer, name: MutationName, input: object) => {
    clock.advance(1_000);
    return graphql<ChangeView>(viewer, mutationOf(name), { input });
  };
  const change = async (viewer: Viewer, name: MutationName, set: SetView, more: object = {}) =>
    (await must(mutate(viewer, name, { permissionSetId: set.id, expectedVersion: set.version, ...more }))).change;
  const request = (viewer: Viewer, set: SetView, permissions: readonly string[], idempotencyKey: string = newId()) =>
    change(viewer, 'requestPermissions', set, { permissions, idempotencyKey });

  return {
    config,
    clock,
    other,
    graphql,
    newTenant,
    newCorp,
    epochOf,
    publishAuthorization,
    publishCorpApp,
    observe,
    observed,
    seen,
    untilFollowed,
    cancel,
    setOf,
    setWhen,
    authorized,
    mutate,
    change,
    request,
    app: running,
    start: async (overrides: Overrides = {}): Promise<void> => {
      app = await startApp(config, { clock, ...overrides });
    },
    /** A crash or a deployment: the same data, a new process. */
    restart: async (overrides: Overrides = {}): Promise<void> => {
      await running().stop();
      app = await startApp(config, { clock, ...overrides });
    },
    stored,
    database: mongo.connection,
    events: sets,
    erasures,
    typesOf,
    /** Waits until exactly these events of a set were published, and none that was written is missing. */
    untilTypes: (id: string, types: readonly string[]) =>
      eventually(async () => {
        expect(typesOf(id)).toEqual(types);
        expect((await stored('permission_sets').findOne({ _id: id }))?.sequence).toBe(types.length);
        return true;
      }),
    stop: async (): Promise<void> => {
      await mongo.close();
      await sets.stop();
      await erasures.stop();
      await other.stop();
      await app?.stop();
    },
  };
};

export type World = Awaited<ReturnType<typeof createWorld>>;
export type Tenant = ReturnType<World['newTenant']>;
