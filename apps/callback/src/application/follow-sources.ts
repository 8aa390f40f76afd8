import { isAppError, platformScope } from '@daikaifa/kernel';
import { endpointIdOf } from '../domain/endpoint';
import { followTemplate as decide, makeEndpoint, type TemplateStanding } from '../domain/endpoint.decide';
import type { LiveEndpoints } from './live-endpoints';
import type { Dependencies } from './ports';

type WithLive = { readonly live: LiveEndpoints };

/** Makes, moves or closes the endpoint of a template, from where the template stands. Safe to repeat. */
export const followTemplate = ({
  endpoints,
  wakes,
  live,
  baseUrl,
  clock,
}: Pick<Dependencies, 'endpoints' | 'wakes' | 'baseUrl' | 'clock'> & WithLive) => {
  const scope = platformScope('follow the template');

  const make = async (template: TemplateStanding): Promise<void> => {
    const { next, facts } = makeEndpoint(template, baseUrl, clock.now());
    try {
      await endpoints.create(next, facts);
    } catch (error) {
      // Another process was faster: its endpoint is the same one.
      if (!isAppError(error) || error.code !== 'CONFLICT') {
        throw error;
      }
    }
  };

  return async (template: TemplateStanding): Promise<void> => {
    const id = endpointIdOf(template.templateId);
    if (!template.deleted && (await endpoints.byId(scope, id)) === null) {
      await make(template);
      live.forget(id);
    }
    let isDue = false;
    await endpoints.update(scope, id, (current) => {
      const decision = decide(current, template, baseUrl, clock.now());
      isDue = decision !== null && decision.next.nextProbeAt !== null;
      return decision;
    });
    live.forget(id);
    if (isDue) {
      await wakes.probe(id);
    }
  };
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
    const endpointId = endpointIdOf(templateId);
    live.forget(endpointId);
    if (suiteId !== null && (await backlog.release({ endpointId, suiteId }, clock.now())) > 0) {
      await wakes.moveStored();
    }
  };
