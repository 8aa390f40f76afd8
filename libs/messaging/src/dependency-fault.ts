import { ERROR_CODES, isAppError } from '@daikaifa/kernel';

/** Says whether an error means "something we depend on is away" and not "this event is bad". */
export type FaultPredicate = (error: unknown) => boolean;

const NETWORK_CODES = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]);

const DEPENDENCY_NAMES =
  /^(KafkaJS.*|Mongo(ose)?.*(Network|ServerSelection|NotConnected|Topology|PoolClear|WaitQueueTimeout|NotPrimary).*|MaxRetriesPerRequestError|ClusterAllFailedError|TimeoutError)$/;

/** ioredis has no codes for these. */
const REDIS_MESSAGES = /^(Connection is closed|Stream isn't writeable|LOADING |READONLY |MASTERDOWN |CLUSTERDOWN )/;

const MAX_DEPTH = 10;

const causesOf = (error: Error): unknown[] => [
  ...(error.cause === undefined ? [] : [error.cause]),
  ...(error instanceof AggregateError ? error.errors : []),
];

const isFault = (error: unknown, depth: number): boolean => {
  if (!(error instanceof Error) || depth > MAX_DEPTH) {
    return false;
  }
  if (isAppError(error)) {
    // A deliberate code decides. Only "something went wrong" says nothing about what.
    if (ERROR_CODES[error.code].retryable) {
      return true;
    }
    if (error.code !== 'INTERNAL_SERVER_ERROR') {
      return false;
    }
  }
  const { code } = error as { code?: unknown };
  return (
    (typeof code === 'string' && NETWORK_CODES.has(code)) ||
    DEPENDENCY_NAMES.test(error.name) ||
    REDIS_MESSAGES.test(error.message) ||
    causesOf(error).some((cause) => isFault(cause, depth + 1))
  );
};

/**
 * The default of the consumers: AppErrors that may be retried (UNAVAILABLE, CONFLICT, RATE_LIMITED), and network and
 * driver errors of Kafka, MongoDB, Redis and HTTP, also as a `cause`. Everything else is a fault of the event.
 */
export const isDependencyFault: FaultPredicate = (error) => isFault(error, 0);

/** True where one of them is: `anyFault(isDependencyFault, isMongoFault)`. */
export const anyFault =
  (...predicates: readonly FaultPredicate[]): FaultPredicate =>
  (error) =>
    predicates.some((predicate) => predicate(error));
