import { platformScope } from '@daikaifa/kernel';
import { isEndpointId, type Endpoint, type EndpointKind } from '../domain/endpoint';
import type { ExpectedIds } from '../domain/receive-id';
import { createLiveCache } from './live-cache';
import type { Dependencies, PairCipher } from './ports';

export type PairSlot = 'CURRENT' | 'NEXT' | 'PREVIOUS';

export interface LivePair {
  readonly pairId: string;
  readonly slot: PairSlot;
  /** Of a previous pair. */
  readonly acceptedUntil: Date | null;
  readonly cipher: PairCipher;
}

/** Everything that the ingress needs of an endpoint, ready to use. */
export interface LiveEndpoint extends ExpectedIds {
  readonly id: string;
  readonly publisherId: string;
  readonly templateId: string;
  readonly kind: EndpointKind;
  /** Of an APP endpoint: the only corp that it receives for. */
  readonly ownCorpKey: string | null;
  readonly closed: boolean;
  /** Whether WeCom has proved that it holds the current pair. */
  readonly verified: boolean;
  readonly pairs: readonly LivePair[];
}

/** A closed endpoint receives what WeCom signed with the pair that is kept for its grace time. */
export const isShut = ({ closed, pairs }: LiveEndpoint, now: Date): boolean =>
  closed && !pairs.some(({ acceptedUntil }) => acceptedUntil !== null && acceptedUntil > now);

/** Endpoints in memory, with the guarantees of `LiveCache`. */
export interface LiveEndpoints {
  find(id: string): Promise<LiveEndpoint | null>;
  reread(id: string, since: number): Promise<LiveEndpoint | null>;
  forget(id: string): void;
  forgetPublisher(publisherId: string): void;
  forgetTemplate(templateId: string): void;
  /** Reads the endpoints that are open, so that a later outage of the database does not matter for them. */
  warm(limit: number): Promise<void>;
}

const UNKNOWN_READS_PER_SEC = 100;

export const createLiveEndpoints = (
  deps: Pick<Dependencies, 'endpoints' | 'directory' | 'vault' | 'limits'>,
): LiveEndpoints => {
  const scope = platformScope('receive callbacks');

  const liveOf = async (endpoint: Endpoint): Promise<LiveEndpoint> => {
    const { id, publisherId, templateId, current, next, previous } = endpoint;
    const pairs = [
      { pair: current, slot: 'CURRENT', acceptedUntil: null },
      { pair: next, slot: 'NEXT', acceptedUntil: null },
      { pair: previous, slot: 'PREVIOUS', acceptedUntil: previous?.acceptedUntil ?? null },
    ] as const;
    return {
      ...(await deps.directory.find(publisherId, templateId)),
      id,
      publisherId,
      templateId,
      kind: endpoint.kind,
      ownCorpKey: endpoint.corpKey,
      closed: endpoint.closedAt !== null,
      verified: endpoint.verifiedAt !== null,
      pairs: pairs.flatMap(({ pair, slot, acceptedUntil }) =>
        pair === null ? [] : [{ pairId: pair.id, slot, acceptedUntil, cipher: deps.vault.cipher(id, pair) }],
      ),
    };
  };

  const read = async (id: string): Promise<LiveEndpoint | null> => {
    const endpoint = await deps.endpoints.byId(scope, id);
    return endpoint === null ? null : liveOf(endpoint);
  };

  const cache = createLiveCache({ read, limits: deps.limits, unknownReadsPerSec: UNKNOWN_READS_PER_SEC });

  return {
    find: async (id) => (isEndpointId(id) ? cache.find(id) : null),
    reread: async (id, since) => (isEndpointId(id) ? cache.reread(id, since) : null),
    forget: cache.forget,
    forgetPublisher: (publisherId) => cache.forgetAll((endpoint) => endpoint.publisherId === publisherId),
    forgetTemplate: (templateId) => cache.forgetAll((endpoint) => endpoint.templateId === templateId),
    warm: async (limit) => {
      const readAt = performance.now();
      const open = await deps.endpoints.byIds(scope, await deps.endpoints.openIds(scope, limit));
      for (const [id, endpoint] of open) {
        cache.put(id, await liveOf(endpoint), readAt);
      }
    },
  };
};
