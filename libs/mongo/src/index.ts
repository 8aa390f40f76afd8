export { connectMongo, ensureIndexes, type ConnectMongoOptions, type MongoConnection } from './connect-mongo';
export { isDuplicateKey, isMongoFault, orUnavailable } from './mongo-fault';
export {
  defineAggregateStore,
  frameOf,
  type AggregateStore,
  type AggregateStoreOptions,
  type CreateResult,
  type Idempotency,
  type ListOrder,
  type Stored,
  type StoreIndex,
} from './aggregate-store';
export { allOf, inOneBatch, pagesByParent } from './pages-by-parent';
export { createOutbox, type Outbox, type OutboxOptions, type OutboxStats } from './outbox';
export { OUTBOX_MAX_BYTES, OUTBOX_MAX_EVENTS, type OutboxEntry, type SubjectAttributes } from './outbox-entry';
export { createLatestStates, type LatestState, type LatestStates } from './latest-states';
export { createTombstones } from './tombstones';
export { createProjectionStore } from './projection-store';
export { fingerprint } from './fingerprint';
