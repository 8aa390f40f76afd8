export { connectRedis, type RedisConnection } from './connect-redis';
export { createLock, type Lock, type LockOptions } from './lock';
export { createSharedValues, type FetchedValue, type SharedValues } from './shared-value';
