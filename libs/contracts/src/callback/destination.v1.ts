import { z } from 'zod';
import { defineStateTopic } from '../envelope';

/** Where events are delivered to. Neither its address nor its secret leaves the service: both may let somebody in. */
export const destinationStateSchema = z.object({
  id: z.string(),
  publisherId: z.string(),
  name: z.string(),
  state: z.enum(['PENDING_VERIFICATION', 'ACTIVE', 'DISABLED', 'DELETED']),
  /** GONE_410 and FAILING: by what it answered, without a person. Null unless it is DISABLED. */
  disabledReason: z.enum(['BY_PERSON', 'GONE_410', 'FAILING']).nullable(),
  /** The first verification. */
  activatedAt: z.iso.datetime().nullable(),
  /** Since when it is not ACTIVE although it was. */
  stoppedAt: z.iso.datetime().nullable(),
});
export type DestinationState = z.infer<typeof destinationStateSchema>;

export const destinationTopic = defineStateTopic({
  producer: 'callback',
  aggregate: 'destination',
  types: [
    'callback.destination.created',
    'callback.destination.edited',
    'callback.destination.activated',
    'callback.destination.disabled',
    'callback.destination.deleted',
  ],
  state: destinationStateSchema,
});
