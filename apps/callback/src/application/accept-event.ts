import { isAppError } from '@daikaifa/kernel';
import type { DurableState, Receipt, ReceiptState } from '../domain/receipt';
import type { RefusalReason } from '../domain/refusal';
import type { EventLanes, LaneEvent } from './event-lanes';
import type { EventWindow } from './event-window';
import { examineEvent, type EventRequest, type GenuineEvent } from './examine-event';
import type { LiveEndpoints } from './live-endpoints';
import type { OpenedMessage } from './open-message';
import type { Dependencies, ReadDocument } from './ports';
import { recordRefusal } from './record-refusal';
import { useKeys } from './use-keys';
import { within } from './within';

export type EventAnswer =
  | { readonly kind: 'ACCEPTED' }
  | { readonly kind: 'REFUSED'; readonly reason: RefusalReason }
  | { readonly kind: 'UNAVAILABLE' };

const CLOCK_SKEW_SEC = 300;

type Outcome = DurableState | 'DUPLICATE';

interface Made {
  readonly state: ReceiptState;
  readonly outcome: Outcome;
}

type Deps = Pick<
  Dependencies,
  | 'endpoints'
  | 'reader'
  | 'writer'
  | 'backlog'
  | 'receipts'
  | 'refusals'
  | 'recent'
  | 'wakes'
  | 'counters'
  | 'limits'
  | 'clock'
  | 'newId'
  | 'logger'
> & { readonly live: LiveEndpoints; readonly lanes: EventLanes; readonly window: EventWindow };

/** Makes an event durable once, however often and by however many requests at the same time it is sent. */
const createDurability = (deps: Deps) => {
  const { live, lanes, window, recent, backlog, receipts, wakes, limits, clock, logger } = deps;
  const inHand = new Map<string, Promise<Made>>();

  const refuseFullPark = async (endpointId: string): Promise<void> => {
    // The cap keeps a flood out; a count that does not come in time must not turn a callback away.
    const parked = await within(limits.lookUpMs, backlog.countParked(endpointId)).catch(() => 0);
    if (parked >= limits.parkedPerEndpoint) {
      throw new Error(`${parked} events of unrecorded suites are parked already`);
    }
  };

  /** The suite may have been recorded, and its parked events released, between the look and the write. */
  const releaseIfKnown = async ({ endpointId, suiteId }: LaneEvent): Promise<void> => {
    const endpoint = await live.reread(endpointId, performance.now());
    if (endpoint?.suiteId === suiteId && (await backlog.release({ endpointId, suiteId }, clock.now())) > 0) {
      await wakes.moveStored();
    }
  };

  const make = async (event: LaneEvent): Promise<Made> => {
    const known = await recent.find(event.id);
    if (known !== null) {
      window.remember(event.id, known);
      return { state: known, outcome: 'DUPLICATE' };
    }
    if (event.parked) {
      await refuseFullPark(event.endpointId);
    }
    const state = await lanes.accept(event);
    window.remember(event.id, state);
    recent.remember(event.id, state);
    if (event.parked) {
      releaseIfKnown(event).catch((err: unknown) =>
        logger.warn({ err, 'event.id': event.id }, 'whether a parked event can go on is left to the sweep'),
      );
    }
    return { state, outcome: state };
  };

  /** Also for an answer that came too late: the event is durable, and WeCom will send it again. */
  const noteOf = (event: LaneEvent, state: ReceiptState): void => {
    const { id, publisherId, endpointId, infoType, suiteId, receivedAt } = event;
    const receipt: Receipt = { id, publisherId, endpointId, infoType, suiteId, state, sends: 1, receivedAt };
    receipts.note(receipt);
  };

  return async (event: LaneEvent): Promise<Made> => {
    const remembered = window.find(event.id);
    if (remembered !== null) {
      noteOf(event, remembered);
      return { state: remembered, outcome: 'DUPLICATE' };
    }
    const other = inHand.get(event.id);
    const working = other ?? make(event).finally(() => inHand.delete(event.id));
    inHand.set(event.id, working);
    const made = await working;
    noteOf(event, made.state);
    return other === undefined ? made : { ...made, outcome: 'DUPLICATE' };
  };
};

/**
 * One event of WeCom: found genuine, made durable, and only then answered. A re-send of something durable is answered
 * and counted. Parked events are durable as well.
 */
export const acceptEvent = (deps: Deps) => {
  const { reader, writer, counters, limits, clock, logger } = deps;
  const examine = examineEvent(deps);
  const makeDurable = createDurability(deps);
  const refusalOf = recordRefusal(deps);
  const report = useKeys(deps);

  const laneEventOf = ({ opened, document, verdict }: GenuineEvent, receivedAt: Date): LaneEvent => {
    const { id: endpointId, publisherId } = opened.endpoint;
    const { suiteId, matched } = verdict;
    const id = reader.contentId(endpointId, opened.message);
    const message = writer.suiteEvent({ id, publisherId, endpointId, suiteId, matched, document, receivedAt });
    const { infoType } = document;
    return { id, publisherId, endpointId, suiteId, infoType, receivedAt, parked: verdict.verdict === 'PARKED', message };
  };

  const countOddities = ({ fault, timestampSec }: ReadDocument, receivedAt: Date): void => {
    if (fault !== null) {
      counters.odd('FAULT');
    }
    if (timestampSec !== null && Math.abs(receivedAt.getTime() / 1_000 - timestampSec) > CLOCK_SKEW_SEC) {
      counters.odd('CLOCK_SKEW');
    }
  };

  const reportUse = ({ endpoint, pair }: OpenedMessage): void => {
    if (pair.slot === 'NEXT' || (pair.slot === 'CURRENT' && !endpoint.verified)) {
      report(endpoint, pair, 'EVENT').catch((err: unknown) =>
        logger.warn({ err, 'endpoint.id': endpoint.id }, 'the use of a key pair could not be recorded'),
      );
    }
  };

  const accept = async (event: GenuineEvent, deadline: number): Promise<EventAnswer> => {
    const { infoType } = event.document;
    reportUse(event.opened);
    const laneEvent = laneEventOf(event, clock.now());
    try {
      const { outcome } = await within(Math.max(1, deadline - performance.now()), makeDurable(laneEvent));
      counters.accepted(outcome, infoType);
      if (outcome !== 'DUPLICATE') {
        countOddities(event.document, laneEvent.receivedAt);
      }
      return { kind: 'ACCEPTED' };
    } catch (err) {
      counters.accepted('UNAVAILABLE', infoType);
      logger.warn(
        { err, 'event.id': laneEvent.id, 'event.infoType': infoType },
        'an event could not be made durable in time',
      );
      return { kind: 'UNAVAILABLE' };
    }
  };

  return async (request: EventRequest): Promise<EventAnswer> => {
    const examined = await examine(request).catch((error: unknown) => {
      if (isAppError(error) && error.code === 'UNAVAILABLE') {
        return null;
      }
      throw error;
    });
    if (examined === null) {
      return { kind: 'UNAVAILABLE' };
    }
    if (examined.ok) {
      return accept(examined.event, request.arrivedAt + limits.answerMs);
    }
    const { reason, endpoint } = examined;
    const { remoteAddress, sizeBytes, body } = request;
    refusalOf({ method: 'POST', remoteAddress, sizeBytes, content: body }, { reason, endpoint });
    return { kind: 'REFUSED', reason };
  };
};
