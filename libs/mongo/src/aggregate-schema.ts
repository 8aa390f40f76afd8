import type { Aggregate } from '@daikaifa/kernel';
import {
  Schema,
  type Connection,
  type IndexDefinition,
  type IndexOptions,
  type Model,
  type SchemaDefinition,
} from 'mongoose';

/** What the store adds to the state fields of every aggregate. */
export interface StoredFrame {
  readonly _id: string;
  /** The aggregate's `publisherId`. */
  readonly tenant: string;
  readonly version: number;
  /** Of the newest event; rises by one per event. */
  readonly sequence: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A document as read: state fields and the store's own, plain values. */
export type Stored<D extends object = Record<string, unknown>> = StoredFrame & D;

/** The part of an aggregate that the store itself keeps; a `toDomain` adds its state fields. */
export const frameOf = ({ _id, tenant, version, createdAt, updatedAt }: StoredFrame): Aggregate => ({
  id: _id,
  publisherId: tenant,
  version,
  createdAt,
  updatedAt,
});

export interface StoreIndex {
  readonly keys: IndexDefinition;
  readonly options?: IndexOptions;
}

const frame: SchemaDefinition = {
  _id: { type: String, required: true },
  tenant: { type: String, required: true },
  version: { type: Number, required: true },
  sequence: { type: Number, required: true },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
};

const bookkeeping: SchemaDefinition = {
  idempotency: { type: { key: String, fingerprint: String }, required: false },
  outbox: { type: [Schema.Types.Mixed], default: undefined },
  outboxBytes: { type: Number, required: false },
  pendingSince: { type: Date, required: false },
};

const FRAME_INDEXES: readonly StoreIndex[] = [
  {
    // create(): one document per tenant and key.
    keys: { tenant: 1, 'idempotency.key': 1 },
    options: { unique: true, partialFilterExpression: { 'idempotency.key': { $exists: true } } },
  },
  // The outbox sweep. A scalar, because an index on the array does not serve "is it empty".
  { keys: { pendingSince: 1 }, options: { sparse: true } },
  // page(): of one tenant, of all.
  { keys: { tenant: 1, createdAt: -1, _id: -1 } },
  { keys: { createdAt: -1, _id: -1 } },
];

export interface AggregateModel {
  readonly model: Model<StoredFrame>;
  /**
   * The document as it will be stored: cast, validated, and split into what is set and what is absent.
   * @throws a mongoose ValidationError or StrictModeError when the mapper and the schema disagree: a bug
   */
  prepare(document: StoredFrame): Promise<{
    readonly set: Record<string, unknown>;
    readonly unset: readonly string[];
  }>;
}

export const defineModel = (
  connection: Connection,
  collection: string,
  fields: SchemaDefinition,
  indexes: readonly StoreIndex[],
): AggregateModel => {
  const taken = Object.keys(fields).filter((field) => field in frame || field in bookkeeping);
  if (taken.length > 0) {
    throw new Error(`${collection}: the store itself keeps ${taken.join(', ')}`);
  }
  const schema = new Schema(
    { ...fields, ...bookkeeping, ...frame },
    {
      collection,
      _id: false,
      versionKey: false,
      minimize: false,
      autoIndex: false,
      autoCreate: false,
      // A mistyped field must fail loudly, in a write as in a filter: a dropped filter would match too much.
      strict: 'throw',
      strictQuery: 'throw',
    },
  );
  for (const { keys, options } of [...FRAME_INDEXES, ...indexes]) {
    schema.index(keys, options);
  }
  const model = connection.model<StoredFrame>(collection, schema as unknown as Schema<StoredFrame>, collection);
  const stateFields = Object.keys(fields);
  return {
    model,
    prepare: async (document) => {
      const hydrated = new model(document);
      await hydrated.validate();
      const plain = hydrated.toObject({ flattenMaps: true }) as unknown as Record<string, unknown>;
      return {
        set: Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined)),
        unset: stateFields.filter((field) => plain[field] === undefined),
      };
    },
  };
};
