import { authorize, invalidState, notFound, text, type Scope, type Viewer, type Violation } from '@daikaifa/kernel';
import type { Delivery, DeliveryState } from '../domain/delivery';
import type { Destination } from '../domain/destination';
import { isPattern } from '../domain/event-pattern';
import type { DeliveryDeps } from './delivery-ports';
import { DELIVERY, DESTINATION, DESTINATION_EDITORS, keyViolations, refuse } from './destination-input';

const DAY_MS = 86_400_000;
const MAX_RANGE_MS = 31 * DAY_MS;
const MAX_EVENT_TYPES = 50;
/** Of one call; what is left is named, and a further call takes it. */
export const RETRIES_AT_ONCE = 1_000;

/** ERASED has nothing left to send. */
const RETRYABLE: readonly DeliveryState[] = ['QUEUED', 'DEAD', 'DELIVERED'];

const activeOne = async (deps: DeliveryDeps, scope: Scope, destinationId: string): Promise<Destination> => {
  const destination = await deps.destinations.byId(scope, destinationId);
  if (destination === null || destination.state === 'DELETED') {
    throw notFound(DESTINATION, destinationId);
  }
  if (destination.state !== 'ACTIVE') {
    throw invalidState(
      text('投递目标未启用，请先启用再重发', 'The destination is not active; enable it first'),
      { state: destination.state },
    );
  }
  return destination;
};

const again = ({ clock, deliveryLimits }: DeliveryDeps, key: string) => {
  const now = clock.now();
  return { key, now, expiresAt: new Date(now.getTime() + deliveryLimits.lifeMs) };
};

/** Sends one again, whatever became of it, with the same webhook-id. */
export const retryDelivery =
  (deps: DeliveryDeps) =>
  async (
    viewer: Viewer,
    { deliveryId, idempotencyKey }: { readonly deliveryId: string; readonly idempotencyKey: string },
  ): Promise<Delivery> => {
    const scope = authorize(viewer, DESTINATION_EDITORS);
    refuse(keyViolations(idempotencyKey));
    const found = async (): Promise<Delivery> => {
      const delivery = (await deps.deliveries.byIds(scope, [deliveryId])).get(deliveryId);
      if (delivery === undefined) {
        throw notFound(DELIVERY, deliveryId);
      }
      return delivery;
    };
    const delivery = await found();
    await activeOne(deps, scope, delivery.destinationId);
    if (!delivery.hasPayload) {
      throw invalidState(text('投递内容已不存在，无法重发', 'Its content is gone, it cannot be sent again'), {
        state: delivery.state,
      });
    }
    await deps.deliveries.queueAgain([deliveryId], again(deps, idempotencyKey));
    await deps.deliveryWakes.deliver(delivery.destinationId);
    return found();
  };

export interface RetryDeliveries {
  readonly destinationId: string;
  readonly states: readonly DeliveryState[];
  readonly from: Date;
  readonly to: Date;
  readonly eventTypes: readonly string[];
  readonly idempotencyKey: string;
}

const violation = (field: string, code: string, zh: string, en: string): Violation => ({
  field,
  code,
  severity: 'ERROR',
  text: text(zh, en),
});

const rangeViolations = ({ states, from, to, eventTypes, idempotencyKey }: RetryDeliveries): readonly Violation[] => [
  ...(states.length > 0 && states.every((state) => RETRYABLE.includes(state))
    ? []
    : [violation('states', 'STATES', '须选择可重发的状态', 'Name states that can be sent again')]),
  ...(from < to && to.getTime() - from.getTime() <= MAX_RANGE_MS
    ? []
    : [violation('to', 'TIME_RANGE', '时间范围须为正且不超过 31 天', 'The range must be positive and at most 31 days')]),
  ...(eventTypes.length <= MAX_EVENT_TYPES && eventTypes.every(isPattern)
    ? []
    : [violation('eventTypes', 'EVENT_TYPE_FORMAT', '事件类型格式不正确', 'Not event types')]),
  ...keyViolations(idempotencyKey),
];

export const retryDeliveries =
  (deps: DeliveryDeps) =>
  async (
    viewer: Viewer,
    input: RetryDeliveries,
  ): Promise<{ readonly destination: Destination; readonly count: number; readonly more: boolean }> => {
    const scope = authorize(viewer, DESTINATION_EDITORS);
    refuse(rangeViolations(input));
    const destination = await activeOne(deps, scope, input.destinationId);
    const { idempotencyKey, ...range } = input;
    const ids = await deps.deliveries.retryable(scope, range, idempotencyKey, RETRIES_AT_ONCE + 1);
    const count = await deps.deliveries.queueAgain(ids.slice(0, RETRIES_AT_ONCE), again(deps, idempotencyKey));
    if (count > 0) {
      await deps.deliveryWakes.deliver(destination.id);
    }
    return { destination, count, more: ids.length > RETRIES_AT_ONCE };
  };
