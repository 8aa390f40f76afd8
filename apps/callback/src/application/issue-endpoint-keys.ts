import { acceptedOrThrow, authorize, notFound, type Viewer } from '@daikaifa/kernel';
import type { Endpoint } from '../domain/endpoint';
import { issueKeys as decide } from '../domain/endpoint.decide';
import { ADMINS, ENDPOINT, refuseBadInput } from './endpoint-input';
import type { LiveEndpoints } from './live-endpoints';
import type { Dependencies } from './ports';

export interface IssuedEndpointKeys {
  readonly endpoint: Endpoint;
  /** Null when the idempotency key was used before: what was issued then cannot be shown again. */
  readonly token: string | null;
  readonly encodingAesKey: string | null;
}

/** Makes Token and EncodingAESKey for the person who types them into WeCom's console. Shown this once. */
export const issueEndpointKeys =
  (deps: Pick<Dependencies, 'endpoints' | 'vault' | 'clock' | 'newId'> & { readonly live: LiveEndpoints }) =>
  async (
    viewer: Viewer,
    input: { readonly endpointId: string; readonly idempotencyKey: string },
  ): Promise<IssuedEndpointKeys> => {
    const scope = authorize(viewer, ADMINS);
    refuseBadInput(input);
    const { endpointId, idempotencyKey } = input;
    const now = deps.clock.now();
    const { pair, token, encodingAesKey } = deps.vault.issue(endpointId, deps.newId(), now);
    let issued = false;
    const endpoint = await deps.endpoints.update(scope, endpointId, (current) => {
      const decision = acceptedOrThrow(decide(current, { pair, idempotencyKey }, now));
      issued = decision !== null;
      return decision;
    });
    if (endpoint === null) {
      throw notFound(ENDPOINT, endpointId);
    }
    deps.live.forget(endpointId);
    return { endpoint, token: issued ? token : null, encodingAesKey: issued ? encodingAesKey : null };
  };
