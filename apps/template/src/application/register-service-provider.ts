import { createHash } from 'node:crypto';
import { acceptedOrThrow, authorize, type Viewer, type Violation } from '@daikaifa/kernel';
import type { Publisher, RegisterServiceProvider } from '../domain/publisher';
import { registerServiceProvider as decide } from '../domain/publisher.decide';
import type { Dependencies } from './ports';

/** The publisher as stored, and what was accepted with a warning. */
export interface PublisherResult {
  readonly publisher: Publisher;
  readonly warnings: readonly Violation[];
}

/**
 * A publisher is its own tenant, and idempotency keys are kept per tenant: so its id comes from the key, as a UUIDv8.
 */
const publisherIdOf = (idempotencyKey: string): string => {
  const hex = createHash('sha256').update(`service-provider:${idempotencyKey}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

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
