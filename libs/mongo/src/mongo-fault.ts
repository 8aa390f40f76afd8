import { AppError, isAppError, text } from '@daikaifa/kernel';

/** Driver and mongoose errors that say nothing about the command itself. */
const FAULT_NAMES = new Set([
  'MongoClientClosedError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoNotConnectedError',
  'MongoOperationTimeoutError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoServerClosedError',
  'MongoServerSelectionError',
  'MongoStalePrimaryError',
  'MongoTopologyClosedError',
  'MongoWaitQueueTimeoutError',
  'MongooseServerSelectionError',
  'PoolClearedOnNetworkError',
]);

/** Server answers: not primary, shutting down, host or network unreachable, write concern not met in time. */
const FAULT_CODES = new Set([6, 7, 50, 64, 79, 89, 91, 100, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436]);

const FAULT_LABELS = ['RetryableWriteError', 'TransientTransactionError', 'SystemOverloadedError'];

/** Why a write was refused while the broker takes nothing. In `details.reason`. */
export const OUTBOX_FULL = 'OUTBOX_FULL';

interface ErrorShape {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly cause?: unknown;
  /** What a bulk write has met: the driver wraps it, a network fault too, without `cause` and without its labels. */
  readonly errorResponse?: unknown;
  readonly errorLabels?: unknown;
  readonly errorLabelSet?: unknown;
}

const labelsOf = (error: ErrorShape): readonly unknown[] => {
  if (error.errorLabelSet instanceof Set) {
    return [...error.errorLabelSet];
  }
  return Array.isArray(error.errorLabels) ? error.errorLabels : [];
};

const isFaultItself = (error: ErrorShape): boolean => {
  if (isAppError(error)) {
    return error.details['reason'] === OUTBOX_FULL;
  }
  if (FAULT_NAMES.has(error.name)) {
    return true;
  }
  if (error.name.startsWith('Mongoose')) {
    // A command that found no connection: mongoose has no class of its own for it.
    return /buffering timed out|initial connection|not connected/i.test(error.message);
  }
  return (
    error.name.startsWith('Mongo') &&
    ((typeof error.code === 'number' && FAULT_CODES.has(error.code)) ||
      labelsOf(error).some((label) => FAULT_LABELS.includes(label as string)))
  );
};

/**
 * Whether trying again later, unchanged, may succeed: network, selection, pool, not-primary, time limit, or a write
 * refused because too many events wait for the broker. Looks through `cause`, and into what a bulk write has met.
 * Consumers retry on it without limit and never dead-letter.
 */
export const isMongoFault = (error: unknown): boolean => {
  const seen = new Set<unknown>();
  const isFault = (one: unknown): boolean => {
    if (!(one instanceof Error) || seen.has(one)) {
      return false;
    }
    seen.add(one);
    const shape: ErrorShape = one;
    return isFaultItself(shape) || isFault(shape.cause) || isFault(shape.errorResponse);
  };
  return isFault(error);
};

/**
 * Runs database work; a fault of MongoDB becomes AppError UNAVAILABLE with the fault as its cause (still recognised by
 * `isMongoFault`). The stores do this themselves; named queries of a repository go through it.
 */
export const orUnavailable = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error) && isMongoFault(error)) {
      throw new AppError(
        'UNAVAILABLE',
        text('数据库暂时不可用，请稍后重试', 'The database does not answer at the moment; try again later'),
        { cause: error },
      );
    }
    throw error;
  }
};

const DUPLICATE_KEY = 11_000;

/** Whether a unique index refused a write; of a bulk write: whether every refusal of it is such a one. */
export const isDuplicateKey = (error: unknown): error is Error => {
  if (!(error instanceof Error) || !('code' in error) || error.code !== DUPLICATE_KEY) {
    return false;
  }
  const errors = 'writeErrors' in error ? [error.writeErrors].flat() : [];
  return errors.every((one) => (one as { code?: number }).code === DUPLICATE_KEY);
};

/** The keys of the unique index that refused a write, or undefined when the error is another one. */
export const duplicateKeyOf = (error: unknown): readonly string[] | undefined => {
  if (!(error instanceof Error) || !('code' in error) || error.code !== DUPLICATE_KEY) {
    return undefined;
  }
  return Object.keys('keyPattern' in error ? ((error.keyPattern as Record<string, unknown> | undefined) ?? {}) : {});
};
