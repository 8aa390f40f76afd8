import { isAuthorizedFor } from '../domain/corp';
import type { DurableState, Receipt, ReceiptState } from '../domain/receipt';
import type { EventLanes, LaneEvent } from './event-lanes';
import type { EventWindow } from './event-window';
import type { LiveCorps } from './live-corps';
import type { LiveEndpoints } from './live-endpoints';
import type { Dependencies } from './ports';
import { within } from './within';

export interface Made {
  readonly state: ReceiptState;
  readonly outcome: DurableState | 'DUPLICATE';
}

type Deps = Pick<Dependencies, 'backlog' | 'receipts' | 'recent' | 'wakes' | 'limits' | 'clock' | 'logger'> & {
  readonly live: LiveEndpoints;
  readonly corps: LiveCorps;
  readonly lanes: EventLanes;
  readonly window: EventWindow;
};

/** Makes an event durable once, however often and by however many requests at the same time it is sent. */
export const makeDurable = (deps: Deps) => {
  const { live, corps, lanes, window, recent, backlog, receipts, wakes, limits, clock, logger } = deps;
  const inHand = new Map<string, Promise<Made>>();

  const refuseFullPark = async (endpointId: string): Promise<void> => {
    // The cap keeps a flood out; a count that does not come in time must not turn a callback away.
    const parked = await within(limits.lookUpMs, backlog.countParked(endpointId)).catch(() => 0);
    if (parked >= limits.parkedPerEndpoint) {
      throw new Error(`${parked} events of unknown suites and corps are parked already`);
    }
  };

  const isKnown = async ({ endpointId, templateId, suiteId, corpKey }: LaneEvent): Promise<boolean> =>
    corpKey === null
      ? (await live.reread(endpointId, performance.now()))?.suiteId === suiteId
      : isAuthorizedFor(await corps.reread(corpKey, performance.now()), templateId);

  /** It may have become known, and its parked events released, between the look and the write. */
  const releaseIfKnown = async (event: LaneEvent): Promise<void> => {
    if ((await isKnown(event)) && (await backlog.release(event, clock.now())) > 0) {
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
    const { id, publisherId, endpointId, infoType, suiteId, corpKey, receivedAt, occurredAt } = event;
    const receipt: Receipt = {
      id,
      publisherId,
      endpointId,
      infoType,
      suiteId,
      corpKey,
      state,
      sends: 1,
      receivedAt,
      occurredAt,
    };
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
