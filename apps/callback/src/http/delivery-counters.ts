import { counter, histogram } from '@daikaifa/observability';
import type { DeliveryDependencies } from '../application/delivery-ports';

const attempts = counter('callback_delivery_attempts_total', 'Attempts to deliver, by outcome');
const durations = histogram('callback_delivery_attempt_duration', 'How long destinations take to answer', 'ms');

export const deliveryCounters: DeliveryDependencies['deliveryCounters'] = {
  attempted: (outcome, durationMs) => {
    attempts.add(1, { outcome });
    durations.record(durationMs, { outcome });
  },
};
