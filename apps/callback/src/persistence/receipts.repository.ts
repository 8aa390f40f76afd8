import { orUnavailable } from '@daikaifa/mongo';
import type { Logger } from '@daikaifa/observability';
import { Schema, type Connection, type mongo } from 'mongoose';
import type { ReceiptNote, Receipts } from '../application/ports';
import { RECEIPT_STATES, type Receipt } from '../domain/receipt';
import { pagesByEndpoint, type JournalDocument } from './journal-pages';

interface ReceiptDocument extends JournalDocument {
  readonly tenant: string;
  readonly endpointId: string;
  readonly infoType: string;
  readonly suiteId: string;
  /** Absent of a suite event. */
  readonly corpKey?: string;
  readonly occurredAt?: Date;
  /** Index in `RECEIPT_STATES`: the highest wins, in whatever order the reports come. */
  readonly stateRank: number;
  readonly sends: number;
}

export interface ReceiptJournal extends Receipts {
  /** Writes what waits. Never fails: what could not be written waits on. */
  flush(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

const COLLECTION = 'receipts';
const FLUSH_EVERY_MS = 200;
const BATCH = 1_000;
/** While MongoDB is away; past it the journal has gaps. */
const MAX_WAITING = 20_000;

const merge = (earlier: ReceiptNote | undefined, note: ReceiptNote): ReceiptNote => {
  if (earlier === undefined) {
    return note;
  }
  const isFurther = RECEIPT_STATES.indexOf(note.state) > RECEIPT_STATES.indexOf(earlier.state);
  return { ...earlier, state: isFurther ? note.state : earlier.state, sends: earlier.sends + note.sends };
};

const toWrite = (note: ReceiptNote): mongo.AnyBulkWriteOperation<ReceiptDocument> => ({
  updateOne: {
    filter: { _id: note.id },
    update: {
      $setOnInsert: {
        tenant: note.publisherId,
        endpointId: note.endpointId,
        infoType: note.infoType,
        suiteId: note.suiteId,
        occurredAt: note.occurredAt,
        ...(note.corpKey !== null && { corpKey: note.corpKey }),
      },
      $min: { at: note.receivedAt },
      $max: { stateRank: RECEIPT_STATES.indexOf(note.state) },
      $inc: { sends: note.sends },
    },
    upsert: true,
  },
});

const toReceipt = (document: ReceiptDocument): Receipt => ({
  id: document._id,
  publisherId: document.tenant,
  endpointId: document.endpointId,
  infoType: document.infoType,
  suiteId: document.suiteId,
  corpKey: document.corpKey ?? null,
  state: RECEIPT_STATES[document.stateRank] ?? 'PUBLISHED',
  sends: document.sends,
  receivedAt: document.at,
  occurredAt: document.occurredAt ?? document.at,
});

const defineIndexes = (connection: Connection, keepMs: number): void => {
  const schema = new Schema({}, { collection: COLLECTION, strict: false, autoIndex: false, autoCreate: false });
  // pagesByEndpoint()
  schema.index({ endpointId: 1, at: -1, _id: -1 });
  // eraseCorp()
  schema.index({ corpKey: 1 }, { sparse: true });
  schema.index({ at: 1 }, { expireAfterSeconds: Math.floor(keepMs / 1_000) });
  connection.model(COLLECTION, schema, COLLECTION);
};

export const createReceiptRepository = (
  connection: Connection,
  { keepMs, logger }: { readonly keepMs: number; readonly logger: Logger },
): ReceiptJournal => {
  defineIndexes(connection, keepMs);
  const documents = connection.collection<ReceiptDocument>(COLLECTION);
  let waiting = new Map<string, ReceiptNote>();
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();

  const put = (note: ReceiptNote): void => {
    if (waiting.size < MAX_WAITING || waiting.has(note.id)) {
      waiting.set(note.id, merge(waiting.get(note.id), note));
    }
  };

  const write = async (): Promise<void> => {
    while (waiting.size > 0) {
      const batch = [...waiting.values()].slice(0, BATCH);
      waiting = new Map([...waiting].slice(BATCH));
      try {
        await documents.bulkWrite(batch.map(toWrite), { ordered: false });
      } catch (error) {
        // A repeat after a half-done write counts a send twice, which is better than a gap.
        batch.forEach(put);
        logger.debug({ err: error, receipts: waiting.size }, 'receipts wait: they could not be written');
        return;
      }
    }
  };

  const flush = (): Promise<void> => {
    writing = writing.then(write);
    return writing;
  };

  return {
    note: put,
    flush,
    start: () => {
      timer ??= setInterval(() => void flush(), FLUSH_EVERY_MS).unref();
    },
    stop: async () => {
      if (timer !== null) {
        clearInterval(timer);
        timer = null;
      }
      await flush();
    },
    eraseCorp: (corpKey, until) =>
      orUnavailable(async () => {
        // What waits here would be written again.
        await flush();
        return (await documents.deleteMany({ corpKey, occurredAt: { $lte: until } })).deletedCount;
      }),
    pagesByEndpoint: (scope, endpointIds, request) =>
      pagesByEndpoint(documents as mongo.Collection<ReceiptDocument>, { scope, endpointIds, request, toDomain: toReceipt }),
  };
};
