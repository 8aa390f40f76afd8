import { z } from 'zod';
import { defineStateTopic } from './envelope';

/**
 * What one service removed of one corp after its cancellation. Written before the removal, so that it also stops
 * later events of this or an earlier epoch; the counts add up over repeats.
 */
export const erasureStateSchema = z.object({
  /** Derived from service, authorization and epoch. */
  id: z.string(),
  publisherId: z.string(),
  service: z.string(),
  authorizationId: z.string(),
  suiteId: z.string(),
  epoch: z.number().int().positive(),
  erasedAt: z.iso.datetime(),
  /** Removed or emptied documents by kind, such as `corp-app` or `delivery`. */
  counts: z.record(z.string(), z.number().int().nonnegative()),
});
export type ErasureState = z.infer<typeof erasureStateSchema>;

const defineErasureTopic = (producer: string) =>
  defineStateTopic({ producer, aggregate: 'erasure', types: [`${producer}.corp-erased`], state: erasureStateSchema });

export const appConfigErasureTopic = defineErasureTopic('app-config');
export const permissionErasureTopic = defineErasureTopic('permission');
export const reviewErasureTopic = defineErasureTopic('review');
export const callbackErasureTopic = defineErasureTopic('callback');

/**
 * One per service that keeps anything about a corp; authorization waits for all of them. The template service keeps
 * only that a template was ever authorized, which names nobody.
 */
export const ERASURE_TOPICS = [
  appConfigErasureTopic,
  permissionErasureTopic,
  reviewErasureTopic,
  callbackErasureTopic,
] as const;
