import { acceptedOrThrow, authorize, derivedId, type Viewer, type Violation } from '@daikaifa/kernel';
import type { Publisher, RegisterServiceProvider } from '../domain/publisher';
import { registerServiceProvider as decide } from '../domain/publisher.decide';
import type { Dependencies } from './ports';

/** The publisher as stored, and what was accepted with a warning. */
export interface PublisherResult {
  readonly publisher: Publisher;
  readonly warnings: readonly Violation[];
}

/**
 * A publisher is its own tenant, and idempotency keys are kept per tenant: so its id comes from the key.
 */
const publisherIdOf = (idempotencyKey: string): string => derivedId('service-provider', idempotencyKey);

export const registerServiceProvider =
  ({ publishers, clock, fingerprint }: Pick<Dependencies, 'publishers' | 'clock' | 'fingerprint'>) =>
  async (
    viewer: Viewer,
    input: Omit<RegisterServiceProvider, 'id'> & { readonly idempotencyKey: string },
  ): Promise<PublisherResult> => {
    authorize(viewer, ['OPERATOR']);
    const { idempotencyKey, ...command } = input;
    const { next, facts, warnings } = acceptedOrThrow(
      decide({ ...command, id: publisherIdOf(idempotencyKey) }, clock.now()),
    );
    const key = { key: idempotencyKey, fingerprint: fingerprint(command) };
    return { publisher: await publishers.create(next, facts, key), warnings };
  };
