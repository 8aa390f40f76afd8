import { corpAppIdOf, isAppError, platformScope, type Scope } from '@daikaifa/kernel';
import type { CorpStanding } from '../domain/corp';
import { appEndpointIdOf, endpointIdOf, type Endpoint } from '../domain/endpoint';
import {
  followCorpApp as decideCorpApp,
  followTemplate as decideTemplate,
  makeAppEndpoint,
  makeEndpoint,
  type CorpAppStanding,
  type EndpointDecision,
  type TemplateStanding,
} from '../domain/endpoint.decide';
import type { EraseCorp } from './erase-corp';
import type { LiveCorps } from './live-corps';
import type { LiveEndpoints } from './live-endpoints';
import type { Dependencies } from './ports';

type WithLive = { readonly live: LiveEndpoints };

type Following = Pick<Dependencies, 'endpoints' | 'wakes' | 'baseUrl' | 'clock'> & WithLive;

/** Makes the endpoint where there is to be one, then decides about it from where its subject stands. Safe to repeat. */
const follow = async (
  { endpoints, wakes, live }: Following,
  scope: Scope,
  id: string,
  decisions: {
    readonly make: () => EndpointDecision | null;
    readonly decide: (current: Endpoint) => EndpointDecision | null;
  },
): Promise<void> => {
  if ((await endpoints.byId(scope, id)) === null) {
    const made = decisions.make();
    if (made !== null) {
      // CONFLICT: another process was faster; its endpoint is the same one.
      await endpoints.create(made.next, made.facts).catch((error: unknown) => {
        if (!isAppError(error) || error.code !== 'CONFLICT') {
          throw error;
        }
      });
      live.forget(id);
    }
  }
  let isDue = false;
  await endpoints.update(scope, id, (current) => {
    const decision = decisions.decide(current);
    isDue = decision !== null && decision.next.nextProbeAt !== null;
    return decision;
  });
  live.forget(id);
  if (isDue) {
    await wakes.probe(id);
  }
};

/** Makes, moves or closes the endpoint of a template, from where the template stands. */
export const followTemplate =
  (deps: Following) =>
  (template: TemplateStanding): Promise<void> =>
    follow(deps, platformScope('follow the template'), endpointIdOf(template.templateId), {
      make: () => (template.deleted ? null : makeEndpoint(template, deps.baseUrl, deps.clock.now())),
      decide: (current) => decideTemplate(current, template, deps.baseUrl, deps.clock.now()),
    });

/** The same for the app of one corp, which may have an endpoint of its own or share the template's. */
export const followCorpApp =
  (deps: Following & Pick<Dependencies, 'directory' | 'limits'>) =>
  async (app: CorpAppStanding & { readonly own: boolean }): Promise<void> => {
    const { corpAppId, publisherId, templateId, own } = app;
    await deps.directory.recordApp({ corpAppId, publisherId, templateId, own });
    const options = { baseUrl: deps.baseUrl, graceMs: deps.limits.keyGraceMs };
    await follow(deps, platformScope('follow the corp app'), appEndpointIdOf(corpAppId), {
      make: () => makeAppEndpoint(app, deps.baseUrl, deps.clock.now()),
      decide: (current) => decideCorpApp(current, app, options, deps.clock.now()),
    });
  };

export const followPublisher =
  ({ directory, live }: Pick<Dependencies, 'directory'> & WithLive) =>
  async (publisher: { readonly publisherId: string; readonly corpId: string }): Promise<void> => {
    await directory.recordProvider(publisher.publisherId, publisher.corpId);
    live.forgetPublisher(publisher.publisherId);
  };

/** The suite id of a template is known: what was parked for it goes on. */
export const followSuite =
  ({ directory, backlog, wakes, clock, live }: Pick<Dependencies, 'directory' | 'backlog' | 'wakes' | 'clock'> & WithLive) =>
  async (suite: {
    readonly publisherId: string;
    readonly templateId: string;
    readonly suiteId: string | null;
  }): Promise<void> => {
    const { publisherId, templateId, suiteId } = suite;
    await directory.recordSuite(publisherId, templateId, suiteId);
    live.forgetTemplate(templateId);
    if (suiteId !== null && (await backlog.release({ templateId, key: suiteId }, clock.now())) > 0) {
      await wakes.moveStored();
    }
  };

export interface AuthorizationStanding extends Omit<CorpStanding, 'epoch' | 'active' | 'cancelledAt'> {
  readonly suiteId: string;
  /** Oldest first. */
  readonly epochs: ReadonlyArray<{ readonly epoch: number; readonly active: boolean; readonly cancelledAt: Date | null }>;
}

/** Null cancelledAt of a cancelled epoch cannot be: the contract has both or neither. */
const cancelledEpochs = ({ epochs }: AuthorizationStanding) =>
  epochs.flatMap(({ epoch, active, cancelledAt }) => (active || cancelledAt === null ? [] : [{ epoch, cancelledAt }]));

/**
 * Where the authorization of a corp stands: whose messages are accepted, what is erased, what was parked and goes on.
 * What belongs to a cancelled epoch is erased before anything is released to the next one.
 */
export const followAuthorization =
  ({
    directory,
    backlog,
    wakes,
    clock,
    corps,
    eraseCorp,
  }: Pick<Dependencies, 'directory' | 'backlog' | 'wakes' | 'clock'> & {
    readonly corps: LiveCorps;
    readonly eraseCorp: EraseCorp;
  }) =>
  async (authorization: AuthorizationStanding): Promise<void> => {
    const { corpKey, publisherId, templateId, authorizationId, suiteId, epochs } = authorization;
    const cancelled = cancelledEpochs(authorization);
    const last = epochs.at(-1);
    if (last === undefined) {
      return;
    }
    const cancelledAt = cancelled.at(-1)?.cancelledAt ?? null;
    const { epoch, active } = last;
    await directory.recordCorp({ corpKey, publisherId, templateId, authorizationId, epoch, active, cancelledAt });
    corps.forget(corpKey);
    for (const one of cancelled) {
      const corpAppId = corpAppIdOf(authorizationId, one.epoch);
      await eraseCorp({ publisherId, authorizationId, templateId, suiteId, corpKey, corpAppId, ...one });
    }
    if (active && (await backlog.release({ templateId, key: corpKey }, clock.now())) > 0) {
      await wakes.moveStored();
    }
  };
