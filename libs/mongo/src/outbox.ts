import type { EventSender } from '@daikaifa/contracts';
import type { Clock } from '@daikaifa/kernel';
import { counter, gauge, type Logger } from '@daikaifa/observability';
import type { Connection } from 'mongoose';
import type { OutboxEntry } from './outbox-entry';

export interface OutboxOptions {
  readonly connection: Connection;
  /** Must resolve only when the broker has acknowledged, and must settle in bounded time. */
  readonly sender: EventSender;
  readonly logger: Logger;
  readonly clock: Clock;
  /** CloudEvents `source` of this service's events: `daikaifa/template`. */
  readonly source: string;
  /** How often the sweep looks for what a crash or an unreachable broker left. Default 5 s. */
  readonly sweepEveryMs?: number;
  /**
   * How old an event must be before the sweep takes it: younger ones are still on the fast path, unless they failed
   * there. Default 5 s.
   */
  readonly pendingAfterMs?: number;
  /** Every so many failures in a row of one document an alarm is logged. Default 5. */
  readonly alarmAfterFailures?: number;
}

export interface OutboxStats {
  /** Documents with at least one unpublished event. */
  readonly documents: number;
  readonly events: number;
  /** Milliseconds since the oldest unpublished event was written; 0 when there is none. */
  readonly oldestAgeMs: number;
  /** Documents whose last attempt in this process failed. */
  readonly failing: number;
}

/**
 * Publishes what the stores wrote: at least once, in order per document. The order is that of `sequence`; two
 * publishers at work on one document may repeat and interleave, which receivers undo by sequence.
 */
export interface Outbox {
  readonly source: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called by each store for its collection. */
  register(collection: string): void;
  /** Called by a store after a write: publish soon. Never blocks, never fails; ignored while stopped. */
  nudge(collection: string, id: string, entries: readonly OutboxEntry[]): void;
  /** Starts the fast path and the sweep. */
  start(): void;
  /** Takes no more, finishes what is under way (10 s at most); what is left, the next sweep of any process finds. */
  stop(): Promise<void>;
  /** Resolves when everything nudged or swept so far was tried. Says nothing about success. */
  drain(): Promise<void>;
  /** One sweep now, and its publications tried. */
  sweep(): Promise<void>;
  stats(): Promise<OutboxStats>;
}

interface OutboxDocument {
  readonly _id: string;
  readonly outbox?: readonly OutboxEntry[];
  readonly pendingSince?: Date;
}

interface Waiting {
  readonly collection: string;
  readonly id: string;
  /** As just written; undefined: read them first. */
  readonly entries: readonly OutboxEntry[] | undefined;
}

const CONCURRENCY = 16;
const MAX_WAITING = 1_000;
const STOP_TIMEOUT_MS = 10_000;

/** Kafka's header for a CloudEvent in structured mode. */
const HEADERS = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };

const published = counter('daikaifa_outbox_published_total', 'Events acknowledged by the broker');
const failed = counter('daikaifa_outbox_failures_total', 'Attempts to publish a document that failed');

/**
 * Takes acknowledged entries out, by id, whatever was added meanwhile. Leaves the version alone: a caller's
 * `expectedVersion` must not become stale by it. `$map` instead of a path through the array: not every
 * wire-compatible server resolves such a path.
 */
const removal = (ids: readonly string[]): object[] => [
  {
    $set: {
      outbox: {
        $filter: {
          input: { $ifNull: ['$outbox', []] },
          as: 'entry',
          cond: { $not: [{ $in: ['$$entry.id', [...ids]] }] },
        },
      },
    },
  },
  {
    $set: {
      outboxBytes: { $sum: { $map: { input: '$outbox', as: 'entry', in: '$$entry.bytes' } } },
      pendingSince: {
        $cond: [
          { $eq: [{ $size: '$outbox' }, 0] },
          '$$REMOVE',
          { $min: { $map: { input: '$outbox', as: 'entry', in: '$$entry.since' } } },
        ],
      },
    },
  },
];

export const createOutbox = (options: OutboxOptions): Outbox => {
  const { connection, sender, logger, clock } = options;
  const sweepEveryMs = options.sweepEveryMs ?? 5_000;
  const pendingAfterMs = options.pendingAfterMs ?? 5_000;
  const alarmAfterFailures = options.alarmAfterFailures ?? 5;

  const collections = new Set<string>();
  const waiting = new Map<string, Waiting>();
  /** Under way; the value says that the document was written again meanwhile. */
  const active = new Map<string, { again: boolean }>();
  /** What this process could not publish, and how often in a row. */
  const failures = new Map<string, { readonly collection: string; readonly id: string; readonly count: number }>();
  /** Where each collection's last sweep ended when its queue was full: the next goes on there, so all get a turn. */
  const sweptUntil = new Map<string, Date>();
  let idle: (() => void)[] = [];
  let running = false;
  let stopped = false;
  let observed = false;
  let timer: NodeJS.Timeout | undefined;
  let lastStats: OutboxStats = { documents: 0, events: 0, oldestAgeMs: 0, failing: 0 };

  const documentsOf = (collection: string) => connection.collection<OutboxDocument>(collection);

  const publish = async ({ collection, id, entries }: Waiting): Promise<void> => {
    const pending =
      entries ?? (await documentsOf(collection).findOne({ _id: id }, { projection: { outbox: 1 } }))?.outbox ?? [];
    if (pending.length === 0) {
      return;
    }
    await sender.send(pending.map(({ topic, key, body }) => ({ topic, key, value: body, headers: HEADERS })));
    published.add(pending.length, { collection });
    await documentsOf(collection).updateOne({ _id: id }, removal(pending.map((entry) => entry.id)));
  };

  const recordFailure = (key: string, { collection, id }: Waiting, err: unknown): void => {
    const count = (failures.get(key)?.count ?? 0) + 1;
    failures.set(key, { collection, id, count });
    failed.add(1, { collection });
    const fields = { err, 'outbox.collection': collection, 'aggregate.id': id, 'outbox.failures': count };
    if (count % alarmAfterFailures === 0) {
      logger.error(fields, 'alarm: the events of this document cannot be published');
    } else if (count === 1) {
      logger.warn(fields, 'events not published, the sweep will try again');
    }
  };

  const enqueue = (item: Waiting): void => {
    const key = `${item.collection}/${item.id}`;
    const current = active.get(key);
    if (current !== undefined) {
      current.again = true;
      return;
    }
    if (waiting.has(key)) {
      // The answers of two writes may arrive in any order: read what is there when its turn comes.
      waiting.set(key, { ...item, entries: undefined });
    } else if (waiting.size < MAX_WAITING) {
      // What does not fit stays in its document; the sweep brings it back.
      waiting.set(key, item);
    }
  };

  const pump = (): void => {
    for (const [key, item] of waiting) {
      if (active.size >= CONCURRENCY) {
        return;
      }
      waiting.delete(key);
      const state = { again: false };
      active.set(key, state);
      void publish(item)
        .then(
          () => failures.delete(key),
          (error: unknown) => recordFailure(key, item, error),
        )
        .finally(() => {
          active.delete(key);
          if (state.again) {
            enqueue({ ...item, entries: undefined });
          }
          pump();
        });
    }
    if (active.size === 0 && waiting.size === 0) {
      const resolvers = idle;
      idle = [];
      resolvers.forEach((resolve) => resolve());
    }
  };

  const sweepCollection = async (collection: string): Promise<void> => {
    const from = sweptUntil.get(collection) ?? new Date(0);
    sweptUntil.delete(collection);
    const cursor = documentsOf(collection)
      .find({ pendingSince: { $gte: from, $lte: new Date(clock.now().getTime() - pendingAfterMs) } })
      .sort({ pendingSince: 1 })
      .project<OutboxDocument>({ pendingSince: 1 })
      .batchSize(MAX_WAITING);
    try {
      for await (const document of cursor) {
        if (waiting.size >= MAX_WAITING) {
          if (document.pendingSince !== undefined) {
            sweptUntil.set(collection, document.pendingSince);
          }
          return;
        }
        enqueue({ collection, id: document._id, entries: undefined });
      }
    } finally {
      await cursor.close();
    }
  };

  const sweepOnce = async (): Promise<void> => {
    const failedBefore = [...failures];
    for (const collection of collections) {
      try {
        await sweepCollection(collection);
      } catch (err) {
        if (!stopped) {
          logger.warn({ err, 'outbox.collection': collection }, 'outbox sweep could not read, it will try again');
        }
      }
      if (stopped) {
        return;
      }
      pump();
    }
    // What failed here is not on the fast path any more, however young it is.
    for (const [key, { collection, id, count }] of failedBefore) {
      if (failures.get(key)?.count === count && !active.has(key)) {
        enqueue({ collection, id, entries: undefined });
      }
    }
    pump();
  };

  const sweepAgainAndAgain = async (): Promise<void> => {
    await sweepOnce();
    if (running) {
      timer = setTimeout(() => void sweepAgainAndAgain(), sweepEveryMs);
    }
  };

  const drain = (): Promise<void> =>
    new Promise((resolve) => {
      idle.push(resolve);
      pump();
    });

  const readStats = async (): Promise<OutboxStats> => {
    let documents = 0;
    let events = 0;
    let oldest = Number.POSITIVE_INFINITY;
    for (const collection of collections) {
      const [row] = await documentsOf(collection)
        .aggregate<{ documents: number; events: number; oldest: Date }>([
          // A range, not $exists: served by the sparse index on every server.
          { $match: { pendingSince: { $gte: new Date(0) } } },
          {
            $group: {
              _id: null,
              documents: { $sum: 1 },
              events: { $sum: { $size: { $ifNull: ['$outbox', []] } } },
              oldest: { $min: '$pendingSince' },
            },
          },
        ])
        .toArray();
      documents += row?.documents ?? 0;
      events += row?.events ?? 0;
      oldest = Math.min(oldest, row?.oldest.getTime() ?? oldest);
    }
    const oldestAgeMs = documents === 0 ? 0 : Math.max(0, clock.now().getTime() - oldest);
    return { documents, events, oldestAgeMs, failing: failures.size };
  };

  const stats = async (): Promise<OutboxStats> => {
    lastStats = await readStats();
    return lastStats;
  };

  /** A scrape reports the last known numbers while the database is away; its own alarms tell of that. */
  const statsForScrape = async (): Promise<OutboxStats> => (running ? stats().catch(() => lastStats) : lastStats);

  const observe = (): void => {
    let shared: Promise<OutboxStats> | undefined;
    const once = (): Promise<OutboxStats> =>
      (shared ??= statsForScrape().finally(() => {
        shared = undefined;
      }));
    gauge('daikaifa_outbox_events', 'Events written and not yet published', async () => (await once()).events);
    gauge('daikaifa_outbox_documents', 'Documents with unpublished events', async () => (await once()).documents);
    gauge(
      'daikaifa_outbox_oldest_age_seconds',
      'Age of the oldest unpublished event',
      async () => (await once()).oldestAgeMs / 1_000,
    );
    gauge('daikaifa_outbox_failing_documents', 'Documents whose last attempt failed', () => failures.size);
  };

  return {
    source: options.source,
    clock,
    logger,
    register: (collection) => {
      collections.add(collection);
    },
    nudge: (collection, id, entries) => {
      if (running) {
        enqueue({ collection, id, entries });
        pump();
      }
    },
    start: () => {
      if (running) {
        return;
      }
      running = true;
      stopped = false;
      if (!observed) {
        observed = true;
        observe();
      }
      void sweepAgainAndAgain();
    },
    stop: async () => {
      running = false;
      stopped = true;
      clearTimeout(timer);
      let giveUp: NodeJS.Timeout | undefined;
      const tooLong = new Promise<void>((resolve) => {
        giveUp = setTimeout(() => {
          logger.warn({ 'outbox.underWay': active.size }, 'outbox stopped before everything was published');
          resolve();
        }, STOP_TIMEOUT_MS);
      });
      await Promise.race([drain(), tooLong]);
      clearTimeout(giveUp);
    },
    drain,
    sweep: async () => {
      await sweepOnce();
      await drain();
    },
    stats,
  };
};
