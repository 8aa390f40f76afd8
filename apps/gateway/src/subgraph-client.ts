import { performance } from 'node:perf_hooks';
import type { GraphQLDataSource } from '@apollo/gateway';
import { AppError, text, type LocalizedText } from '@daikaifa/kernel';
import { CORRELATION_HEADER, currentTraceparent, histogram } from '@daikaifa/observability';
import { IDENTITY_HEADER } from '@daikaifa/security';
import { errors, Pool } from 'undici';

/** Of one request of a client. */
export interface GatewayContext {
  /** The caller, signed for the subgraphs. */
  readonly identity: string;
  readonly correlationId: string;
  /** On the clock of `performance.now()`: when the operation must be over. */
  readonly deadlineMs: number;
}

export interface SubgraphClientOptions {
  readonly name: string;
  readonly url: string;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  readonly connections: number;
}

export interface SubgraphClient extends GraphQLDataSource<GatewayContext> {
  /** @throws when the subgraph's process does not answer */
  checkLive(): Promise<void>;
  close(): Promise<void>;
}

type FaultReason =
  | 'UNREACHABLE'
  | 'TOO_SLOW'
  | 'TOO_LARGE'
  | 'BAD_ANSWER'
  | 'IDENTITY_REFUSED'
  | 'OPERATION_TIME_LIMIT';

type Answer = Awaited<ReturnType<GraphQLDataSource['process']>>;

const LIVE_TIMEOUT_MS = 1500;
const KEEP_ALIVE_MS = 60_000;

const duration = histogram('gateway_subgraph_request_duration_seconds', 'time of one call to a subgraph', 's');

const textOf = (name: string, reason: FaultReason): LocalizedText =>
  reason === 'OPERATION_TIME_LIMIT'
    ? text(`操作超过时限，子服务 ${name} 的数据未取得`, `The operation ran out of time before ${name} had answered`)
    : text(`子服务 ${name} 暂时不可用`, `The service ${name} is not available at the moment`);

const unavailable = (
  name: string,
  reason: FaultReason,
  rest: { readonly cause?: unknown; readonly httpStatus?: number } = {},
): AppError =>
  new AppError('UNAVAILABLE', textOf(name, reason), {
    details: { subgraph: name, reason, ...(rest.httpStatus === undefined ? {} : { httpStatus: rest.httpStatus }) },
    ...(rest.cause === undefined ? {} : { cause: rest.cause }),
  });

const parseAnswer = (body: string): Answer | undefined => {
  try {
    const parsed: unknown = JSON.parse(body);
    const isAnswer = typeof parsed === 'object' && parsed !== null && ('data' in parsed || 'errors' in parsed);
    return isAnswer ? (parsed as Answer) : undefined;
  } catch {
    return undefined;
  }
};

const reasonOf = (error: unknown): FaultReason =>
  error instanceof errors.ResponseExceededMaxSizeError ? 'TOO_LARGE' : 'UNREACHABLE';

/**
 * Calls one subgraph, over connections that are kept. The data source of @apollo/gateway spends a third of the
 * gateway's time in its fetch implementation (docs/performance.md), and has neither a time nor a size limit.
 *
 * What goes wrong on the way is an AppError UNAVAILABLE that names the subgraph; GraphQL errors of the subgraph are
 * part of its answer.
 */
export const createSubgraphClient = (options: SubgraphClientOptions): SubgraphClient => {
  const { name, timeoutMs } = options;
  const { origin, pathname, search } = new URL(options.url);
  const pool = new Pool(origin, {
    connections: options.connections,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxResponseSize: options.maxResponseBytes,
  });

  const exchange = async (body: string, context: GatewayContext) => {
    const leftMs = context.deadlineMs - performance.now();
    const slow: FaultReason = leftMs < timeoutMs ? 'OPERATION_TIME_LIMIT' : 'TOO_SLOW';
    if (leftMs <= 0) {
      throw unavailable(name, slow);
    }
    const traceparent = currentTraceparent();
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), Math.min(leftMs, timeoutMs));
    try {
      const response = await pool.request({
        path: `${pathname}${search}`,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          [IDENTITY_HEADER]: context.identity,
          [CORRELATION_HEADER]: context.correlationId,
          ...(traceparent === undefined ? {} : { traceparent }),
        },
        body,
        signal: abort.signal,
      });
      return { httpStatus: response.statusCode, body: await response.body.text() };
    } catch (error) {
      throw unavailable(name, abort.signal.aborted ? slow : reasonOf(error), { cause: error });
    } finally {
      clearTimeout(timer);
    }
  };

  const call = async (body: string, context: GatewayContext): Promise<Answer> => {
    const { httpStatus, body: received } = await exchange(body, context);
    if (httpStatus === 401) {
      // The caller's token was accepted here: the secrets of gateway and subgraph differ, which is no fault of theirs.
      throw unavailable(name, 'IDENTITY_REFUSED', { httpStatus });
    }
    const answer = parseAnswer(received);
    if (answer === undefined) {
      throw unavailable(name, 'BAD_ANSWER', { httpStatus });
    }
    return answer;
  };

  return {
    process: async (given) => {
      if (!('incomingRequestContext' in given)) {
        throw new Error('subgraphs are asked for data only, not for their schema');
      }
      const { query, variables, operationName } = given.request;
      const startedAt = performance.now();
      let outcome = 'failed';
      try {
        const answer = await call(JSON.stringify({ query, variables, operationName }), given.context);
        outcome = answer.errors === undefined ? 'ok' : 'errors';
        return answer;
      } finally {
        duration.record((performance.now() - startedAt) / 1000, { subgraph: name, outcome });
      }
    },
    checkLive: async () => {
      const response = await pool.request({
        path: '/health/live',
        method: 'GET',
        signal: AbortSignal.timeout(LIVE_TIMEOUT_MS),
      });
      await response.body.dump();
      if (response.statusCode !== 200) {
        throw new Error(`${name} answered ${response.statusCode}`);
      }
    },
    close: () => pool.destroy(),
  };
};
