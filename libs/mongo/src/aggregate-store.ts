import type { StateTopic } from '@daikaifa/contracts';
import {
  AppError,
  conflict,
  isAppError,
  notFound,
  text,
  type Aggregate,
  type Decision,
  type Fact,
  type Page,
  type PageRequest,
  type Scope,
} from '@daikaifa/kernel';
import type { Connection, Model, SchemaDefinition } from 'mongoose';
import { defineModel, type Stored, type StoreIndex, type StoredFrame } from './aggregate-schema';
import { duplicateKeyOf, orUnavailable } from './mongo-fault';
import type { Outbox } from './outbox';
import {
  entriesOf,
  NOTHING_STORED,
  refuseBacklog,
  totalBytes,
  type OutboxEntry,
  type Publication,
  type SubjectAttributes,
  type WriteState,
} from './outbox-entry';
import { beyond, pageSize, sortOf, toPage, type ListOrder, type PageSort } from './page-cursor';
import { allOf, inOneBatch, pagesByParent } from './pages-by-parent';
import { scopeFilter, type ScopeFilter } from './scope-filter';

export type { ListOrder } from './page-cursor';
export { frameOf, type Stored, type StoreIndex } from './aggregate-schema';

/** How often `update` decides again after another process was faster. */
const UPDATE_TRIES = 3;

/** Set by `create`, never changed. */
const FIXED_FIELDS = new Set(['_id', 'tenant', 'createdAt']);

export interface AggregateStoreOptions<
  A extends Aggregate,
  S = never,
  D extends object = Record<string, unknown>,
> {
  readonly connection: Connection;
  readonly collection: string;
  /** Of the state only; id, tenant, version and times are the store's. */
  readonly fields: SchemaDefinition;
  /** Beside the store's own, each with the query it serves. */
  readonly indexes: readonly StoreIndex[];
  /** The state fields. A field that is undefined or left out is removed from the document. */
  toDocument(aggregate: A): D;
  /** `frameOf(document)` and the state fields. */
  toDomain(document: Stored<D>): A;
  /** Without a topic, facts are not announced. */
  readonly topic?: StateTopic<S>;
  publicState?(aggregate: A): S;
  subjectAttributes?(aggregate: A): SubjectAttributes;
  readonly outbox: Outbox;
}

export interface Idempotency {
  /** Chosen by the caller, unique per tenant. */
  readonly key: string;
  /** Of the input, see `fingerprint`. */
  readonly fingerprint: string;
}

export interface CreateResult<A> {
  readonly aggregate: A;
  /** False: an earlier call with this key had already created it. */
  readonly created: boolean;
}

interface Listing {
  /** Conditions on stored fields, values as stored. */
  readonly filter?: Readonly<Record<string, unknown>>;
  /** By creation; default newest. */
  readonly sort?: ListOrder;
}

/**
 * Aggregates of one kind, one document each. Every write is one write of one document: state, version, event counter
 * and the events it caused change together or not at all. A fault of the database is AppError UNAVAILABLE.
 */
export interface AggregateStore<A extends Aggregate, D extends object = Record<string, unknown>> {
  /** For named queries of the repository: inside `orUnavailable`, filtered by `within`, with `.lean()`. */
  readonly model: Model<Stored<D>>;
  toDomain(document: Stored<D>): A;
  /** The filter of a named query. `operation` names the query in the audit log. */
  within(scope: Scope, operation: string): ScopeFilter;
  byId(scope: Scope, id: string): Promise<A | null>;
  /** What is not there, or not in scope, is missing from the map. */
  byIds(scope: Scope, ids: readonly string[]): Promise<Map<string, A>>;
  /**
   * What an earlier `create` with this key made, so that a repeated call need not be decided again.
   * @throws AppError CONFLICT when the key was used with another input
   */
  findCreated(publisherId: string, idempotency: Idempotency): Promise<A | null>;
  /**
   * Stores a new aggregate as version 1.
   * @throws AppError CONFLICT when the key was used with another input, or a unique index refuses
   */
  create(next: A, facts: readonly Fact[], idempotency?: Idempotency): Promise<CreateResult<A>>;
  /**
   * `create` for what has a derived id: whoever makes it, however often and at once, makes one, and is answered that one.
   * @throws AppError CONFLICT when a unique index other than the id's refuses
   */
  createOnce(next: A, facts: readonly Fact[]): Promise<A>;
  /**
   * Stores the next state when the stored version is still `expectedVersion`. Without facts there is no event.
   * @returns the aggregate as stored, its version one higher
   * @throws AppError CONFLICT on another version or a unique index, NOT_FOUND, UNAVAILABLE when more than 100 events or
   * 256 KB of this aggregate wait for the broker
   */
  save(next: A, expectedVersion: number, facts: readonly Fact[]): Promise<A>;
  /**
   * For changes without a caller's version: load, decide, save, and again when another process was faster (3 tries).
   * @param decide null: nothing to do, the current state is returned
   * @returns null when there is no such aggregate in scope
   * @throws what `decide` throws; AppError CONFLICT after the third lost race
   */
  update(scope: Scope, id: string, decide: (current: A) => Decision<A> | null): Promise<A | null>;
  /** @throws AppError BAD_USER_INPUT on a foreign cursor */
  page(scope: Scope, listing: Listing, request: PageRequest): Promise<Page<A>>;
  /**
   * One page per parent, see `pagesByParent`.
   */
  pagesByParent(
    scope: Scope,
    listing: Listing & {
      readonly parentField: string;
      readonly parentIds: readonly string[];
    },
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<A>>>;
}

interface OutboxFields {
  readonly outbox?: readonly OutboxEntry[];
  readonly outboxBytes?: number;
}

type RawDocument = StoredFrame & OutboxFields & { readonly idempotency?: Idempotency } & Record<string, unknown>;

const staleVersion = (details: Readonly<Record<string, unknown>>): AppError =>
  conflict(
    text('数据已被他人修改，请刷新后重试', 'It was changed in the meantime; load it again and retry'),
    details,
  );

const asConflict = (error: unknown): unknown => {
  const fields = duplicateKeyOf(error);
  return fields === undefined
    ? error
    : new AppError('CONFLICT', text('已存在相同的数据', 'Something with the same identity exists already'), {
        cause: error,
        details: { fields: fields.filter((field) => field !== 'tenant') },
      });
};

const writeStateOf = (document: StoredFrame & OutboxFields): WriteState => ({
  version: document.version,
  sequence: document.sequence,
  outboxBytes: document.outboxBytes ?? 0,
  pendingEvents: document.outbox?.length ?? 0,
});

const publicationOf = <A extends Aggregate, S, D extends object>(
  options: AggregateStoreOptions<A, S, D>,
): Publication<A, S> | undefined => {
  const { topic, publicState, subjectAttributes } = options;
  if (topic === undefined && publicState === undefined) {
    return undefined;
  }
  if (topic === undefined || publicState === undefined) {
    throw new Error(`${options.collection}: a topic and publicState belong together`);
  }
  return { topic, publicState, ...(subjectAttributes === undefined ? {} : { subjectAttributes }) };
};

/** Defined once per connection and collection. Its indexes are made by `ensureIndexes`. */
export const defineAggregateStore = <
  A extends Aggregate,
  S = never,
  D extends object = Record<string, unknown>,
>(
  options: AggregateStoreOptions<A, S, D>,
): AggregateStore<A, D> => {
  const { collection, outbox } = options;
  const publication = publicationOf(options);
  const { model, prepare } = defineModel(options.connection, collection, options.fields, options.indexes);
  const documents = options.connection.collection<RawDocument>(collection);
  outbox.register(collection);

  const toDomain = (document: StoredFrame): A => options.toDomain(document as Stored<D>);
  const within = (scope: Scope, operation: string): ScopeFilter =>
    scopeFilter(scope, { logger: outbox.logger, collection, operation });

  const storedFrame = (next: A, version: number, sequence: number): StoredFrame => ({
    _id: next.id,
    tenant: next.publisherId,
    version,
    sequence,
    createdAt: next.createdAt,
    updatedAt: next.updatedAt,
  });

  const plan = async (next: A, state: WriteState, facts: readonly Fact[]) => {
    const version = state.version + 1;
    const entries =
      publication === undefined
        ? []
        : entriesOf({
            aggregate: { ...next, version },
            facts,
            publication,
            lastSequence: state.sequence,
            source: outbox.source,
            clock: outbox.clock,
          });
    refuseBacklog(state, entries);
    const sequence = state.sequence + entries.length;
    const { set, unset } = await prepare({ ...options.toDocument(next), ...storedFrame(next, version, sequence) });
    return { entries, set, unset };
  };

  const announce = (document: RawDocument): A => {
    if (document.outbox !== undefined && document.outbox.length > 0) {
      outbox.nudge(collection, document._id, document.outbox);
    }
    return toDomain(document);
  };

  /** Null: another write came first. */
  const commit = async (next: A, state: WriteState, facts: readonly Fact[]): Promise<A | null> => {
    const { entries, set, unset } = await plan(next, state, facts);
    const changes = Object.fromEntries(Object.entries(set).filter(([field]) => !FIXED_FIELDS.has(field)));
    const first = entries[0];
    const stored = await documents
      .findOneAndUpdate(
        { _id: next.id, tenant: next.publisherId, version: state.version } as object,
        {
          $set: changes,
          ...(unset.length === 0 ? {} : { $unset: Object.fromEntries(unset.map((field) => [field, true as const])) }),
          ...(first === undefined
            ? {}
            : {
                $push: { outbox: { $each: [...entries] } },
                $inc: { outboxBytes: totalBytes(entries) },
                // Sets it when nothing was pending, keeps the older date otherwise.
                $min: { pendingSince: first.since },
              }),
        } as object,
        { returnDocument: 'after' },
      )
      .catch((error: unknown) => {
        throw asConflict(error);
      });
    return stored === null ? null : announce(stored as RawDocument);
  };

  const findCreated = async (publisherId: string, idempotency: Idempotency): Promise<A | null> => {
    const existing = await documents.findOne(
      { tenant: publisherId, 'idempotency.key': idempotency.key } as object,
      { projection: { outbox: 0 } },
    );
    if (existing === null) {
      return null;
    }
    if ((existing as RawDocument).idempotency?.fingerprint !== idempotency.fingerprint) {
      throw conflict(
        text('该幂等键已用于不同的请求', 'This idempotency key was used with another input'),
        { idempotencyKey: idempotency.key },
      );
    }
    return toDomain(existing as RawDocument);
  };

  const insert = async (
    next: A,
    facts: readonly Fact[],
    idempotency: Idempotency | undefined,
  ): Promise<CreateResult<A>> => {
    const { entries, set } = await plan(next, NOTHING_STORED, facts);
    const document = {
      ...set,
      ...(idempotency === undefined ? {} : { idempotency }),
      outbox: [...entries],
      outboxBytes: totalBytes(entries),
      ...(entries[0] === undefined ? {} : { pendingSince: entries[0].since }),
    } as unknown as RawDocument;
    try {
      await documents.insertOne(document);
    } catch (error) {
      // A repeated call may meet any unique index first, so the key is looked up whichever one refused.
      const earlier =
        duplicateKeyOf(error) === undefined || idempotency === undefined
          ? null
          : await findCreated(next.publisherId, idempotency);
      if (earlier === null) {
        throw asConflict(error);
      }
      return { aggregate: earlier, created: false };
    }
    return { aggregate: announce(document), created: true };
  };

  const insertOnce = async (next: A, facts: readonly Fact[]): Promise<A> => {
    try {
      return (await insert(next, facts, undefined)).aggregate;
    } catch (error) {
      const there =
        isAppError(error) && error.code === 'CONFLICT'
          ? await documents.findOne({ _id: next.id, tenant: next.publisherId } as object, { projection: { outbox: 0 } })
          : null;
      if (there === null) {
        throw error;
      }
      return toDomain(there as RawDocument);
    }
  };

  const update = async (
    scope: Scope,
    id: string,
    decide: (current: A) => Decision<A> | null,
  ): Promise<A | null> => {
    const filter = { ...within(scope, 'update'), _id: id } as object;
    for (let attempt = 1; attempt <= UPDATE_TRIES; attempt += 1) {
      const current = (await documents.findOne(filter, { projection: { 'outbox.body': 0 } })) as RawDocument | null;
      if (current === null) {
        return null;
      }
      const aggregate = toDomain(current);
      const decision = decide(aggregate);
      if (decision === null) {
        return aggregate;
      }
      const saved = await commit(decision.next, writeStateOf(current), decision.facts);
      if (saved !== null) {
        return saved;
      }
    }
    throw staleVersion({ id, tries: UPDATE_TRIES });
  };

  const findSome = async (conditions: readonly object[], sort: PageSort, limit: number): Promise<StoredFrame[]> =>
    (await model
      .find(allOf(conditions), { outbox: 0 })
      .sort(sort)
      .limit(limit)
      .batchSize(inOneBatch(limit))
      .lean()) as StoredFrame[];

  return {
    model: model as unknown as Model<Stored<D>>,
    toDomain: options.toDomain,
    within,
    byId: (scope, id) =>
      orUnavailable(async () => {
        const document = await model.findOne({ ...within(scope, 'byId'), _id: id }, { outbox: 0 }).lean();
        return document === null ? null : toDomain(document as StoredFrame);
      }),
    byIds: (scope, ids) =>
      orUnavailable(async () => {
        const found =
          ids.length === 0
            ? []
            : await model.find({ ...within(scope, 'byIds'), _id: { $in: [...ids] } }, { outbox: 0 }).lean();
        return new Map(found.map((document) => [document._id, toDomain(document as StoredFrame)]));
      }),
    findCreated: (publisherId, idempotency) => orUnavailable(() => findCreated(publisherId, idempotency)),
    create: (next, facts, idempotency) => orUnavailable(() => insert(next, facts, idempotency)),
    createOnce: (next, facts) => orUnavailable(() => insertOnce(next, facts)),
    save: (next, expectedVersion, facts) =>
      orUnavailable(async () => {
        // The version condition of the write makes what is read here still true when the write succeeds.
        const current = await documents.findOne({ _id: next.id, tenant: next.publisherId } as object, {
          projection: { version: 1, sequence: 1, outboxBytes: 1, 'outbox.id': 1 },
        });
        if (current === null) {
          throw notFound(text('该数据', 'It'), next.id);
        }
        const state = writeStateOf(current as RawDocument);
        if (state.version !== expectedVersion) {
          throw staleVersion({ id: next.id, expectedVersion, currentVersion: state.version });
        }
        const saved = await commit(next, state, facts);
        if (saved === null) {
          throw staleVersion({ id: next.id, expectedVersion });
        }
        return saved;
      }),
    update: (scope, id, decide) => orUnavailable(() => update(scope, id, decide)),
    page: (scope, { filter, sort = 'newest' }, request) =>
      orUnavailable(async () => {
        const size = pageSize(request.first);
        const conditions = [...(filter === undefined ? [] : [filter]), ...beyond(request.after, sort)];
        const found = await findSome([within(scope, 'page'), ...conditions], sortOf(sort), size + 1);
        return toPage(found, size, toDomain);
      }),
    pagesByParent: (scope, { parentField, parentIds, filter, sort: order = 'newest' }, request) => {
      // Conditions, not one filter: the parent may be the tenant itself, and must not take the scope's place.
      const always = [within(scope, 'pagesByParent'), ...(filter === undefined ? [] : [filter])];
      return pagesByParent<StoredFrame, A>({
        ...{ parentField, parentIds, order, request, toDomain },
        find: (conditions, sort, limit) => findSome([...always, ...conditions], sort, limit),
      });
    },
  };
};
