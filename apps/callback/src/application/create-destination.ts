import { acceptedOrThrow, authorizeTenant, invalidState, text, type Viewer } from '@daikaifa/kernel';
import type { Destination } from '../domain/destination';
import { createDestination as decide, type DestinationContent } from '../domain/destination.decide';
import type { DeliveryDeps } from './delivery-ports';
import { DESTINATION_EDITORS, keyViolations, refuse } from './destination-input';

export interface CreateDestination extends Omit<DestinationContent, 'concurrency' | 'perSecond'> {
  readonly publisherId: string;
  readonly idempotencyKey: string;
  readonly concurrency?: number;
  readonly perSecond?: number;
}

export interface DestinationWithSecret {
  readonly destination: Destination;
  /** Null when the idempotency key was used before: what was issued then cannot be shown again. */
  readonly secret: string | null;
}

/** Nothing is sent before the address is verified. */
export const createDestination =
  (deps: DeliveryDeps) =>
  async (viewer: Viewer, input: CreateDestination): Promise<DestinationWithSecret> => {
    const { publisherId, idempotencyKey, ...content } = input;
    authorizeTenant(viewer, DESTINATION_EDITORS, publisherId);
    refuse(keyViolations(idempotencyKey));
    const { destinations, deliveryLimits: limits, clock } = deps;
    const key = { key: idempotencyKey, fingerprint: deps.fingerprint(input) };
    const earlier = await destinations.findCreated(publisherId, key);
    if (earlier !== null) {
      return { destination: earlier, secret: null };
    }
    const id = deps.newId();
    const { sealed, secret } = deps.secretVault.issue(id, deps.newId(), clock.now());
    const { concurrency, perSecond } = limits;
    const command = { concurrency, perSecond, ...content, id, publisherId, secret: sealed };
    const rules = { requireHttps: deps.requireHttps, types: deps.eventTypes };
    const { next, facts } = acceptedOrThrow(decide(command, rules, clock.now()));
    if ((await destinations.countOf(publisherId)) >= limits.destinationsPerPublisher) {
      throw invalidState(
        text(
          `每个主体最多 ${limits.destinationsPerPublisher} 个投递目标`,
          `A publisher has at most ${limits.destinationsPerPublisher} destinations`,
        ),
      );
    }
    const { aggregate, created } = await destinations.create(next, facts, key);
    return { destination: aggregate, secret: created ? secret : null };
  };
