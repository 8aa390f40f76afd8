import { defineStateTopic, type EventSender, type OutgoingMessage } from '@daikaifa/contracts';
import { newId, systemClock, type Aggregate, type Clock } from '@daikaifa/kernel';
import { silentLogger, testServers } from '@daikaifa/testing';
import { z } from 'zod';
import {
  connectMongo,
  createOutbox,
  defineAggregateStore,
  ensureIndexes,
  frameOf,
  type AggregateStore,
  type MongoConnection,
  type Outbox,
  type OutboxOptions,
} from '../src';

/** A small aggregate of the specs. */
export interface Parcel extends Aggregate {
  readonly shelfId: string;
  readonly label: string;
  readonly weightGrams: number;
  readonly note?: string;
  /** Routes that it is on. */
  readonly routeIds?: readonly string[];
  readonly stamps: readonly { readonly by: string; readonly at: Date }[];
}

interface ParcelState {
  readonly id: string;
  readonly label: string;
  readonly weightGrams: number;
}

const parcelStateSchema = z.object({ id: z.string(), label: z.string(), weightGrams: z.number() });

export const parcelTopic = defineStateTopic<ParcelState>({
  producer: 'depot',
  aggregate: 'parcel',
  types: ['parcel.packed', 'parcel.weighed', 'parcel.stamped'],
  state: parcelStateSchema,
});

export const packed = { type: 'parcel.packed' };
export const weighed = { type: 'parcel.weighed' };
export const stamped = { type: 'parcel.stamped' };

export const parcelOf = (overrides: Partial<Parcel> = {}): Parcel => {
  const at = overrides.createdAt ?? new Date();
  return {
    id: newId(),
    publisherId: 'publisher-a',
    version: 0,
    createdAt: at,
    updatedAt: at,
    shelfId: 'shelf-1',
    label: 'glass',
    weightGrams: 100,
    stamps: [],
    ...overrides,
  };
};

export const defineParcelStore = (mongo: MongoConnection, outbox: Outbox): AggregateStore<Parcel> =>
  defineAggregateStore<Parcel, ParcelState>({
    connection: mongo.connection,
    collection: 'parcels',
    fields: {
      shelfId: { type: String, required: true },
      label: { type: String, required: true },
      weightGrams: { type: Number, required: true },
      note: String,
      routeIds: { type: [String], default: undefined },
      stamps: [{ by: String, at: Date }],
    },
    indexes: [
      { keys: { shelfId: 1, createdAt: -1, _id: -1 } },
      {
        keys: { tenant: 1, label: 1 },
        options: { unique: true, partialFilterExpression: { label: { $gte: 'unique-' } } },
      },
    ],
    toDocument: ({ shelfId, label, weightGrams, note, routeIds, stamps }) => ({
      ...{ shelfId, label, weightGrams, note, routeIds, stamps },
    }),
    toDomain: (document) => {
      const { shelfId, label, weightGrams, note, routeIds, stamps } = document;
      return {
        ...frameOf(document),
        shelfId: shelfId as string,
        label: label as string,
        weightGrams: weightGrams as number,
        ...(note === undefined ? {} : { note: note as string }),
        ...(routeIds === undefined ? {} : { routeIds: routeIds as readonly string[] }),
        stamps: stamps as Parcel['stamps'],
      };
    },
    topic: parcelTopic,
    publicState: ({ id, label, weightGrams }) => ({ id, label, weightGrams }),
    subjectAttributes: ({ shelfId }) => ({ suite: shelfId }),
    outbox,
  });

/** What arrived, parsed. */
export interface SentEvent {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly subject: string;
  readonly data: unknown;
  readonly [attribute: string]: unknown;
}

export interface RecordingSender extends EventSender {
  readonly messages: OutgoingMessage[];
  events(subject?: string): SentEvent[];
}

/** A broker that remembers. `before` may wait or throw, `after` stands between the broker's storing and its answer. */
export const recordingSender = (
  hooks: {
    before?: (messages: readonly OutgoingMessage[]) => Promise<void>;
    after?: (messages: readonly OutgoingMessage[]) => Promise<void>;
  } = {},
): RecordingSender => {
  const messages: OutgoingMessage[] = [];
  return {
    messages,
    events: (subject) =>
      messages
        .map((message) => JSON.parse(message.value) as SentEvent)
        .filter((event) => subject === undefined || event.subject === subject),
    send: async (batch) => {
      await hooks.before?.(batch);
      messages.push(...batch);
      await hooks.after?.(batch);
    },
  };
};

export interface Depot {
  readonly mongo: MongoConnection;
  readonly outbox: Outbox;
  readonly parcels: AggregateStore<Parcel>;
  close(): Promise<void>;
}

/** One process: its own connection, outbox and store. */
export const openDepot = async (
  database: string,
  sender: EventSender,
  options: Partial<OutboxOptions> & { readonly url?: string; readonly clock?: Clock } = {},
): Promise<Depot> => {
  const { url, ...outboxOptions } = options;
  const mongo = await connectMongo({ url: url ?? testServers().mongoUrl, database, logger: silentLogger() });
  const outbox = createOutbox({
    connection: mongo.connection,
    sender,
    logger: silentLogger(),
    clock: systemClock,
    source: 'daikaifa/depot',
    ...outboxOptions,
  });
  const parcels = defineParcelStore(mongo, outbox);
  await ensureIndexes(mongo.connection);
  return {
    mongo,
    outbox,
    parcels,
    close: async () => {
      await outbox.stop();
      await mongo.close();
    },
  };
};
