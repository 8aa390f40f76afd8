import { acceptedOrThrow, authorize, notFound, type Viewer } from '@daikaifa/kernel';
import type { Endpoint } from '../domain/endpoint';
import { issueKeys as decide } from '../domain/endpoint.decide';
import { ADMINS, ENDPOINT, refuseBadInput } from './endpoint-input';
import type { LiveEndpoints } from './live-endpoints';
import type { Dependencies } from './ports';

export interface ImportedEndpointKeys {
  readonly endpoint: Endpoint;
  /** False when the idempotency key was used before: nothing was taken over this time. */
  readonly imported: boolean;
}

/**
 * Takes over Token and EncodingAESKey that WeCom's console holds already. They never leave again. What the endpoint
 * has as its current pair is not made a next one.
 */
export const importEndpointKeys =
  (deps: Pick<Dependencies, 'endpoints' | 'vault' | 'clock' | 'newId'> & { readonly live: LiveEndpoints }) =>
  async (
    viewer: Viewer,
    input: {
      readonly endpointId: string;
      readonly token: string;
      readonly encodingAesKey: string;
      readonly idempotencyKey: string;
    },
  ): Promise<ImportedEndpointKeys> => {
    const scope = authorize(viewer, ADMINS);
    const { endpointId, token, encodingAesKey, idempotencyKey } = input;
    const keys = { token, encodingAesKey };
    refuseBadInput({ endpointId, idempotencyKey }, deps.vault.violations(keys));
    const now = deps.clock.now();
    const pair = deps.vault.seal(endpointId, { id: deps.newId(), keys }, now);
    let imported = false;
    const endpoint = await deps.endpoints.update(scope, endpointId, (current) => {
      const decision = acceptedOrThrow(decide(current, { pair, idempotencyKey }, now));
      imported = decision !== null;
      const isHeld = current.current !== null && deps.vault.holds(endpointId, current.current, keys);
      return isHeld ? null : decision;
    });
    if (endpoint === null) {
      throw notFound(ENDPOINT, endpointId);
    }
    deps.live.forget(endpointId);
    return { endpoint, imported };
  };
