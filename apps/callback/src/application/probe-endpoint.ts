import { randomBytes } from 'node:crypto';
import { AppError, authorize, invalidState, notFound, platformScope, text, type Viewer } from '@daikaifa/kernel';
import type { Endpoint } from '../domain/endpoint';
import { recordProbe } from '../domain/endpoint.decide';
import type { HealthReason } from '../domain/health';
import { EDITORS, ENDPOINT, refuseBadInput } from './endpoint-input';
import type { Dependencies } from './ports';

/** WeCom's own echo is digits; only somebody with the keys can send this, and it makes nothing verified. */
const PROBE_PREFIX = 'daikaifa-probe:';

export const probePlaintext = (): string => `${PROBE_PREFIX}${randomBytes(16).toString('hex')}`;

export const isProbe = (plaintext: Buffer): boolean =>
  plaintext.subarray(0, PROBE_PREFIX.length).toString('latin1') === PROBE_PREFIX;

/** As often as WeCom sends an event: a callback that answers one of them in time misses none. */
const SLOW_TRIES = 3;

type Deps = Pick<Dependencies, 'endpoints' | 'directory' | 'vault' | 'probe' | 'limits' | 'clock'>;

const ask = async (deps: Deps, endpoint: Endpoint): Promise<HealthReason | null> => {
  const { id, publisherId, templateId, url, current } = endpoint;
  if (current === null) {
    return 'NO_KEYS';
  }
  const { providerCorpId } = await deps.directory.find(publisherId, templateId);
  if (providerCorpId === null) {
    throw new AppError('UNAVAILABLE', text('尚未收到主体的 corpid', 'The corp id of the publisher has not arrived yet'));
  }
  const cipher = deps.vault.cipher(id, current);
  // What is known to be slow does not keep the others waiting.
  const most = endpoint.health.reason === 'TOO_SLOW' ? 1 : SLOW_TRIES;
  let reason: HealthReason | null = 'TOO_SLOW';
  for (let tries = 0; tries < most && reason === 'TOO_SLOW'; tries += 1) {
    reason = await deps.probe.ask(url, cipher, providerCorpId);
  }
  return reason;
};

/** Asks the endpoint through its public URL and records the result. Null: it is closed or gone. */
const probe = async (deps: Deps, endpoint: Endpoint): Promise<Endpoint | null> => {
  const checkedAt = deps.clock.now();
  const reason = await ask(deps, endpoint);
  return deps.endpoints.update(platformScope('record the health probe'), endpoint.id, (current) =>
    recordProbe(current, { reason, checkedAt, everyMs: deps.limits.probeEveryMs }, deps.clock.now()),
  );
};

/** On demand, for a person. */
export const probeEndpoint =
  (deps: Deps) =>
  async (viewer: Viewer, input: { readonly endpointId: string }): Promise<Endpoint> => {
    const scope = authorize(viewer, EDITORS);
    refuseBadInput(input);
    const endpoint = await deps.endpoints.byId(scope, input.endpointId);
    if (endpoint === null) {
      throw notFound(ENDPOINT, input.endpointId);
    }
    if (endpoint.closedAt !== null) {
      throw invalidState(text('回调端点已关闭', 'The endpoint is closed'), { id: endpoint.id });
    }
    return (await probe(deps, endpoint)) ?? endpoint;
  };

/** By itself: after a verification, and at intervals while the template or app is in review or online. */
export const probeInBackground =
  (deps: Deps) =>
  async (endpointId: string): Promise<void> => {
    const endpoint = await deps.endpoints.byId(platformScope('probe the endpoint'), endpointId);
    if (endpoint !== null && endpoint.closedAt === null) {
      await probe(deps, endpoint);
    }
  };

const DUE_AT_ONCE = 200;

/** Wakes the probes that are due. @returns how many */
export const wakeDueProbes =
  ({ endpoints, wakes, clock }: Pick<Dependencies, 'endpoints' | 'wakes' | 'clock'>) =>
  async (): Promise<number> => {
    const due = await endpoints.probeDue(platformScope('find due probes'), clock.now(), DUE_AT_ONCE);
    await Promise.all(due.map((id) => wakes.probe(id)));
    return due.length;
  };
