import { platformScope } from '@daikaifa/kernel';
import { keysUsed } from '../domain/endpoint.decide';
import type { LiveEndpoint, LiveEndpoints, LivePair } from './live-endpoints';
import type { Dependencies } from './ports';

/** WeCom has used a pair: verified, and a next one becomes the current one. */
export const useKeys =
  (deps: Pick<Dependencies, 'endpoints' | 'clock' | 'limits' | 'wakes'> & { readonly live: LiveEndpoints }) =>
  async (endpoint: LiveEndpoint, pair: LivePair, by: 'VERIFICATION' | 'EVENT'): Promise<void> => {
    let changed = false;
    await deps.endpoints.update(platformScope('WeCom used a key pair'), endpoint.id, (current) => {
      const use = { pairId: pair.pairId, by, graceMs: deps.limits.keyGraceMs };
      const decision = keysUsed(current, use, deps.clock.now());
      changed = decision !== null;
      return decision;
    });
    if (changed) {
      deps.live.forget(endpoint.id);
      await deps.wakes.probe(endpoint.id);
    }
  };
