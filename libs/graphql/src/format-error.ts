import { AppError, ERROR_CODES, isAppError, text, type ErrorCode, type LocalizedText } from '@daikaifa/kernel';
import { currentCorrelationId, type Logger } from '@daikaifa/observability';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

export interface ErrorFormatterOptions {
  readonly logger: Logger;
  /**
   * Gateway only: errors that subgraphs answered pass with their code, text, violations and details.
   * They were logged where they were decided and are not logged again.
   */
  readonly forwardsSubgraphErrors?: boolean;
}

/** In the shape of Apollo Server's `formatError`: `formatted` is what would be sent, `error` what was thrown. */
export type ErrorFormatter = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

const INTERNAL_TEXT = text('内部错误，请凭关联编号联系维护者', 'Internal error; quote the correlation id to the operator');

/** Refusals of the request itself, found by Apollo Server or graphql-js: their own text is safe and useful. */
const REQUEST_CODES: Readonly<Record<string, string>> = {
  GRAPHQL_PARSE_FAILED: 'GraphQL 语法错误',
  GRAPHQL_VALIDATION_FAILED: '操作不符合 schema',
  BAD_USER_INPUT: '输入不符合 schema',
  BAD_REQUEST: '请求无效',
  OPERATION_RESOLUTION_FAILURE: '无法确定要执行的操作',
  PERSISTED_QUERY_NOT_SUPPORTED: '不支持持久化查询',
};

const asRecord = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;

const rootCause = (error: unknown): unknown =>
  error instanceof GraphQLError && error.originalError !== undefined ? rootCause(error.originalError) : error;

interface Outcome {
  readonly code: string;
  readonly text: LocalizedText;
  readonly violations?: readonly unknown[];
  readonly details?: Readonly<Record<string, unknown>>;
  readonly correlationId?: string | undefined;
}

const outcomeOfAppError = (error: AppError): Outcome =>
  ERROR_CODES[error.code].isPublic
    ? { code: error.code, text: error.text, violations: error.violations, details: error.details }
    : { code: 'INTERNAL_SERVER_ERROR', text: INTERNAL_TEXT };

const outcomeOfRequest = (formatted: GraphQLFormattedError, error: unknown): Outcome | undefined => {
  const code = String(formatted.extensions?.['code']);
  const zh = Object.hasOwn(REQUEST_CODES, code) ? REQUEST_CODES[code] : undefined;
  return zh === undefined || !(error instanceof GraphQLError)
    ? undefined
    : { code, text: text(`${zh}：${formatted.message}`, formatted.message) };
};

const textOf = (value: unknown, message: string): LocalizedText => {
  const given = asRecord(value);
  return typeof given?.['zh'] === 'string' && typeof given['en'] === 'string'
    ? text(given['zh'], given['en'])
    : text(message, message);
};

const forwardedOutcome = (formatted: GraphQLFormattedError): Outcome | undefined => {
  const extensions = formatted.extensions ?? {};
  const code = String(extensions['code']);
  if (typeof extensions['serviceName'] !== 'string' || !Object.hasOwn(ERROR_CODES, code)) {
    return undefined;
  }
  const correlationId =
    typeof extensions['correlationId'] === 'string' ? { correlationId: extensions['correlationId'] } : {};
  if (!ERROR_CODES[code as ErrorCode].isPublic) {
    return { code, text: INTERNAL_TEXT, ...correlationId };
  }
  return {
    code,
    text: textOf(extensions['text'], formatted.message),
    violations: Array.isArray(extensions['violations']) ? extensions['violations'] : [],
    details: asRecord(extensions['details']) ?? {},
    ...correlationId,
  };
};

const toFormatted = (formatted: GraphQLFormattedError, outcome: Outcome): GraphQLFormattedError => {
  const correlationId = outcome.correlationId ?? currentCorrelationId();
  return {
    message: outcome.text.en,
    ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
    extensions: {
      code: outcome.code,
      text: outcome.text,
      ...((outcome.violations?.length ?? 0) === 0 ? {} : { violations: outcome.violations }),
      ...(Object.keys(outcome.details ?? {}).length === 0 ? {} : { details: outcome.details }),
      ...(correlationId === undefined ? {} : { correlationId }),
    },
  };
};

const logFailure = (logger: Logger, outcome: Outcome, path: GraphQLFormattedError['path'], cause: unknown): void => {
  const level = Object.hasOwn(ERROR_CODES, outcome.code) ? ERROR_CODES[outcome.code as ErrorCode].logLevel : 'info';
  const fields = { code: outcome.code, ...(path === undefined ? {} : { 'graphql.path': path.join('.') }) };
  // A refusal that the caller can mend needs no stack.
  logger[level](level === 'info' ? fields : { ...fields, err: cause }, 'graphql request failed');
};

/**
 * The one formatter of GraphQL errors; it never throws.
 *
 * - `AppError`: its code, both texts, violations and details;
 * - a request that graphql-js or Apollo Server refuses: their code (`GRAPHQL_VALIDATION_FAILED`, …) and message;
 * - everything else: `INTERNAL_SERVER_ERROR` with nothing but the correlation id.
 *
 * Each failure gives one log line.
 */
export const createErrorFormatter = (options: ErrorFormatterOptions): ErrorFormatter => {
  const decide = (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const forwarded = options.forwardsSubgraphErrors === true ? forwardedOutcome(formatted) : undefined;
    if (forwarded !== undefined) {
      return toFormatted(formatted, forwarded);
    }
    const isOfSubgraph = typeof formatted.extensions?.['serviceName'] === 'string';
    const cause = rootCause(error);
    const outcome = isAppError(cause)
      ? outcomeOfAppError(cause)
      : ((isOfSubgraph ? undefined : outcomeOfRequest(formatted, cause)) ?? {
          code: 'INTERNAL_SERVER_ERROR',
          text: INTERNAL_TEXT,
        });
    logFailure(options.logger, outcome, formatted.path, cause);
    return toFormatted(formatted, outcome);
  };

  return (formatted, error) => {
    try {
      return decide(formatted, error);
    } catch {
      return { message: INTERNAL_TEXT.en, extensions: { code: 'INTERNAL_SERVER_ERROR', text: INTERNAL_TEXT } };
    }
  };
};

const fromHttpFault = (error: unknown): unknown => {
  const { statusCode, code } = asRecord(error) ?? {};
  if (isAppError(error) || typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500) {
    return error;
  }
  const details = { status: statusCode };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new AppError('BAD_USER_INPUT', text('请求体过大', 'The request body is too large'), {
      details: { ...details, reason: 'BODY_TOO_LARGE' },
    });
  }
  const message = error instanceof Error ? error.message : 'bad request';
  return new AppError('BAD_USER_INPUT', text(`请求无效：${message}`, `Bad request: ${message}`), { details });
};

const statusOf = (formatted: GraphQLFormattedError): number => {
  const given = asRecord(formatted.extensions?.['details'])?.['status'];
  const code = String(formatted.extensions?.['code']);
  const known = Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code as ErrorCode].httpStatus : 500;
  return typeof given === 'number' ? given : known;
};

/** What a GraphQL door answers when the request fails before it reaches the GraphQL server. */
export const errorResult = (
  formatError: ErrorFormatter,
  error: unknown,
): { readonly status: number; readonly body: { readonly errors: readonly GraphQLFormattedError[] } } => {
  const formatted = formatError({ message: 'request failed' }, fromHttpFault(error));
  return { status: statusOf(formatted), body: { errors: [formatted] } };
};
