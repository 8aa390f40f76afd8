import { corpAppIdOf } from '@daikaifa/kernel';
import { deliveryIdOf, type DeliverySubject } from '../domain/delivery';
import { corpKeyOf } from '../domain/corp';
import { epochAt, isErased, isLastWord, type DeliveryCorp } from '../domain/delivery-corp';
import { takesEvent, type Destination } from '../domain/destination';
import type { DeliveryDeps, NewDelivery } from './delivery-ports';

/** What a topic tells of an event; its content is made only when somebody wants it. */
export interface DeliverableEvent {
  readonly id: string;
  readonly type: string;
  readonly time: Date;
  readonly publisherId: string;
  readonly templateId: string | null;
  readonly corpAppId: string | null;
  readonly suiteId: string | null;
  readonly corpId: string | null;
  /** Null where the event does not say. */
  readonly epoch: number | null;
  body(): string;
}

type Deps = Pick<DeliveryDeps, 'destinations' | 'deliveries' | 'deliveryCorps' | 'deliveryWakes' | 'deliveryLimits' | 'clock'>;

interface Context {
  readonly corpKey: string | null;
  readonly corp: DeliveryCorp | null;
  readonly epoch: number | null;
  readonly templateId: string | null;
}

const contextOf = async ({ deliveryCorps }: Deps, event: DeliverableEvent): Promise<Context> => {
  const { suiteId, corpId, publisherId } = event;
  const corpKey = suiteId !== null && corpId !== null && corpId !== '' ? corpKeyOf(suiteId, corpId) : null;
  const corp = corpKey === null ? null : await deliveryCorps.byKey(corpKey);
  const templateId =
    event.templateId ??
    corp?.templateId ??
    (suiteId === null ? null : await deliveryCorps.templateOf(publisherId, suiteId));
  return { corpKey, corp, epoch: event.epoch ?? (corp && epochAt(corp, event.time)), templateId };
};

const isOfErased = ({ corp, epoch }: Context): boolean => corp !== null && epoch !== null && isErased(corp, epoch);

const subjectOf = (event: DeliverableEvent, { corpKey, corp, epoch, templateId }: Context): DeliverySubject => ({
  templateId,
  corpAppId: event.corpAppId ?? (corp !== null && epoch !== null ? corpAppIdOf(corp.authorizationId, epoch) : null),
  corpKey,
  epoch,
});

/**
 * Makes the deliveries of an event, one per destination that wants it. An event that is read again makes none: the id
 * comes from destination and event, and one older than deliveries are kept is left out.
 */
export const deliverEvent = (deps: Deps) => {
  const { destinations, deliveries, deliveryCorps, deliveryWakes, deliveryLimits: limits, clock } = deps;

  const newDeliveries = (event: DeliverableEvent, context: Context, wanting: readonly Destination[]): NewDelivery[] => {
    const body = event.body();
    const payloadBytes = Buffer.byteLength(body);
    return wanting.map((destination) => ({
      id: deliveryIdOf(destination.id, event.id),
      publisherId: event.publisherId,
      destinationId: destination.id,
      event: { id: event.id, type: event.type, time: event.time },
      subject: subjectOf(event, context),
      body: payloadBytes > limits.maxPayloadBytes ? null : body,
      payloadBytes,
      expiresAt: new Date(clock.now().getTime() + limits.lifeMs),
      dropWhenEnded: isLastWord(event.type),
    }));
  };

  /** The corp may have been erased between the look and the write. What was known before is the eraser's, which counts. */
  const eraseIfLate = async (context: Context): Promise<void> => {
    const { corpKey, epoch } = context;
    const corp = corpKey === null || isOfErased(context) ? null : await deliveryCorps.byKey(corpKey);
    if (corp?.cancelled && epoch !== null && isErased(corp, epoch)) {
      await deliveries.erase(corp.key, corp.cancelled, clock.now());
    }
  };

  return async (event: DeliverableEvent): Promise<void> => {
    const now = clock.now();
    if (event.time.getTime() <= now.getTime() - limits.keepMs) {
      return;
    }
    const listening = await destinations.listening(event.publisherId);
    if (listening.length === 0) {
      return;
    }
    const context = await contextOf(deps, event);
    const subject = { type: event.type, time: event.time, templateId: context.templateId, corpId: event.corpId };
    const wanting = listening.filter((destination) => takesEvent(destination, subject, { now, holdMs: limits.lifeMs }));
    if (wanting.length === 0 || (isOfErased(context) && !isLastWord(event.type))) {
      return;
    }
    await deliveries.add(newDeliveries(event, context, wanting), now);
    await eraseIfLate(context);
    await Promise.all(
      wanting.filter(({ state }) => state === 'ACTIVE').map(({ id }) => deliveryWakes.deliver(id)),
    );
  };
};
