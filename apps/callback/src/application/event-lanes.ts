import { AppError, text } from '@daikaifa/kernel';
import type { DurableState } from '../domain/receipt';
import type { BacklogEntry, Dependencies, Lane, OutgoingEvent } from './ports';
import { within } from './within';

/** An event that was found genuine, on its way to durability. */
export interface LaneEvent extends Lane {
  readonly id: string;
  readonly publisherId: string;
  readonly endpointId: string;
  readonly suiteId: string;
  /** Null: an event of the suite itself. */
  readonly corpKey: string | null;
  readonly infoType: string;
  readonly receivedAt: Date;
  /** By WeCom's clock, but not later than it was received. */
  readonly occurredAt: Date;
  /** Its suite or its corp is not known: it waits in MongoDB. */
  readonly parked: boolean;
  readonly message: OutgoingEvent;
}

/**
 * Makes events durable, in the order of acceptance per lane: at the broker, or, when that does not answer in time or
 * is known to be away, in MongoDB. While something of a lane waits in MongoDB, its later events queue behind it.
 */
export interface EventLanes {
  /** @throws AppError UNAVAILABLE when neither takes it */
  accept(event: LaneEvent): Promise<DurableState>;
  /** Whether this process has put something into MongoDB since the last call. */
  takeBacklogMark(): boolean;
}

/** UNKNOWN: not looked yet. SOME: at the last look, or by our own hand, events of the lane waited in MongoDB. */
type Waiting = 'UNKNOWN' | 'NONE' | 'SOME';

interface Pending {
  readonly event: LaneEvent;
  resolve(state: DurableState): void;
  reject(error: unknown): void;
}

interface LaneState {
  queue: Pending[];
  running: boolean;
  waiting: Waiting;
}

const MAX_LANES = 20_000;
/** Of one write; also what is sent to the broker as one. */
const MAX_BATCH = 500;

const neither = (cause: unknown): AppError =>
  new AppError('UNAVAILABLE', text('事件暂时无法保存', 'The event cannot be stored at the moment'), { cause });

export const createEventLanes = (
  deps: Pick<Dependencies, 'hotLog' | 'backlog' | 'limits' | 'clock' | 'logger'>,
): EventLanes => {
  const { hotLog, backlog, limits, clock, logger } = deps;
  const lanes = new Map<string, LaneState>();
  let lastOrder = 0;
  let backlogMade = false;

  /** Rises within the process whatever its clock does, and over restarts as long as the clock goes forward. */
  const nextOrder = (): number => {
    lastOrder = Math.max(lastOrder + 1, Date.now() * 1_000);
    return lastOrder;
  };

  const mustQueue = async (state: LaneState, lane: Lane): Promise<boolean> => {
    if (state.waiting === 'NONE') {
      return false;
    }
    try {
      // Where something is known to wait there, the order is worth as much time as storing would take.
      const limitMs = state.waiting === 'SOME' ? limits.storeMs : limits.lookUpMs;
      const some = await within(limitMs, backlog.has(lane, clock.now()));
      state.waiting = some ? 'SOME' : 'NONE';
      return some;
    } catch (error) {
      if (state.waiting === 'SOME') {
        // Losing an event is worse than its overtaking one that is durable already.
        logger.warn({ err: error, 'template.id': lane.templateId }, 'an event may overtake stored ones: MongoDB is away');
      }
      return false;
    }
  };

  const publish = async (batch: readonly LaneEvent[]): Promise<boolean> => {
    if (!hotLog.healthy()) {
      return false;
    }
    try {
      await hotLog.send(batch.map(({ message }) => message));
      return true;
    } catch (error) {
      logger.warn({ err: error, events: batch.length }, 'events go to MongoDB: Kafka did not acknowledge in time');
      return false;
    }
  };

  const store = async (state: LaneState, batch: readonly LaneEvent[], parked: boolean): Promise<void> => {
    const entries = batch.map(
      (event): BacklogEntry => ({
        id: event.id,
        publisherId: event.publisherId,
        endpointId: event.endpointId,
        templateId: event.templateId,
        key: event.key,
        suiteId: event.suiteId,
        corpKey: event.corpKey,
        infoType: event.infoType,
        state: parked ? 'PARKED' : 'STORED',
        order: nextOrder(),
        receivedAt: event.receivedAt,
        occurredAt: event.occurredAt,
        expiresAt: new Date(event.receivedAt.getTime() + limits.parkedMs),
        message: event.message,
      }),
    );
    const [first] = batch;
    const write = async (): Promise<void> => {
      if (!parked && first !== undefined && state.waiting === 'SOME') {
        // The lane is known by now: what was parked before goes first.
        await backlog.release(first, clock.now());
      }
      await backlog.add(entries);
    };
    try {
      await within(limits.storeMs, write());
      state.waiting = 'SOME';
      backlogMade = true;
    } catch (error) {
      // The write may still come to pass.
      state.waiting = state.waiting === 'SOME' ? 'SOME' : 'UNKNOWN';
      throw neither(error);
    }
  };

  const makeDurable = async (state: LaneState, batch: readonly LaneEvent[]): Promise<DurableState> => {
    const [first] = batch;
    if (first === undefined || first.parked) {
      await store(state, batch, true);
      return 'PARKED';
    }
    if (!(await mustQueue(state, first)) && (await publish(batch))) {
      return 'PUBLISHED';
    }
    await store(state, batch, false);
    return 'STORED';
  };

  /** The longest run from the front that shares one way. */
  const takeBatch = (state: LaneState): Pending[] => {
    const parked = state.queue[0]?.event.parked;
    const other = state.queue.findIndex(({ event }) => event.parked !== parked);
    return state.queue.splice(0, Math.min(other < 0 ? state.queue.length : other, MAX_BATCH));
  };

  /** One batch at a time: an event that is not durable yet must not be overtaken by its own lane. */
  const run = async (state: LaneState): Promise<void> => {
    state.running = true;
    while (state.queue.length > 0) {
      const batch = takeBatch(state);
      try {
        const durable = await makeDurable(
          state,
          batch.map(({ event }) => event),
        );
        batch.forEach(({ resolve }) => resolve(durable));
      } catch (error) {
        batch.forEach(({ reject }) => reject(error));
      }
    }
    state.running = false;
  };

  const stateOf = ({ templateId, key: laneKey }: Lane): LaneState => {
    const key = `${templateId}\n${laneKey}`;
    const known = lanes.get(key);
    if (known !== undefined) {
      return known;
    }
    if (lanes.size >= MAX_LANES) {
      for (const [other, { running, queue }] of lanes) {
        if (!running && queue.length === 0) {
          lanes.delete(other);
          break;
        }
      }
    }
    const state: LaneState = { queue: [], running: false, waiting: 'UNKNOWN' };
    lanes.set(key, state);
    return state;
  };

  return {
    accept: (event) =>
      new Promise((resolve, reject) => {
        const state = stateOf(event);
        state.queue.push({ event, resolve, reject });
        if (!state.running) {
          void run(state);
        }
      }),
    takeBacklogMark: () => {
      const mark = backlogMade;
      backlogMade = false;
      return mark;
    },
  };
};
