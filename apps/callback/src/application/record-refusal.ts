import { createHash } from 'node:crypto';
import type { Refusal, RefusalReason } from '../domain/refusal';
import type { Dependencies } from './ports';

/** Keeps why a request was turned away: reason, size, hash and address. */
export const recordRefusal =
  ({ refusals, counters, clock, newId }: Pick<Dependencies, 'refusals' | 'counters' | 'clock' | 'newId'>) =>
  (
    request: Pick<Refusal, 'method' | 'remoteAddress'> & {
      readonly content: Buffer;
      /** Where more was sent than was read. */
      readonly sizeBytes?: number;
    },
    refused: { readonly reason: RefusalReason; readonly endpoint: { id: string; publisherId: string } | null },
  ): void => {
    const { reason, endpoint } = refused;
    counters.refused(reason);
    refusals.note({
      id: newId(),
      publisherId: endpoint?.publisherId ?? null,
      endpointId: endpoint?.id ?? null,
      reason,
      method: request.method,
      sizeBytes: request.sizeBytes ?? request.content.length,
      bodySha256: createHash('sha256').update(request.content).digest('hex'),
      remoteAddress: request.remoteAddress,
      refusedAt: clock.now(),
    });
  };
