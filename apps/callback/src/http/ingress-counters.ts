import { counter } from '@daikaifa/observability';
import type { Counters } from '../application/ports';

const events = counter('callback_events_total', 'Genuine callbacks by outcome and InfoType');
const refusals = counter('callback_refusals_total', 'Refused callbacks by reason');
const verifications = counter('callback_verifications_total', 'Answered URL verifications, of WeCom and of the probe');
const oddities = counter('callback_oddities_total', 'Documents that could not be normalised, or with a far clock');

export const ingressCounters: Counters = {
  accepted: (outcome, infoType) => events.add(1, { outcome, infoType }),
  refused: (reason) => refusals.add(1, { reason }),
  verified: (outcome) => verifications.add(1, { outcome }),
  odd: (kind) => oddities.add(1, { kind }),
};
