import type { LocalizedText } from './text';
import type { Violation } from './violation';

/**
 * What a code means to the one who gets it.
 * - `retryable`: the same call may succeed later without being changed.
 * - `logLevel`: how loud the log line of the failure is.
 * - `isPublic`: whether the message may leave the process.
 */
export const ERROR_CODES = {
  BAD_USER_INPUT: { retryable: false, logLevel: 'info', isPublic: true, httpStatus: 400 },
  UNAUTHENTICATED: { retryable: false, logLevel: 'info', isPublic: true, httpStatus: 401 },
  FORBIDDEN: { retryable: false, logLevel: 'warn', isPublic: true, httpStatus: 403 },
  NOT_FOUND: { retryable: false, logLevel: 'info', isPublic: true, httpStatus: 404 },
  CONFLICT: { retryable: true, logLevel: 'info', isPublic: true, httpStatus: 409 },
  INVALID_STATE: { retryable: false, logLevel: 'info', isPublic: true, httpStatus: 409 },
  RATE_LIMITED: { retryable: true, logLevel: 'warn', isPublic: true, httpStatus: 429 },
  UNAVAILABLE: { retryable: true, logLevel: 'error', isPublic: true, httpStatus: 503 },
  INTERNAL_SERVER_ERROR: { retryable: false, logLevel: 'error', isPublic: false, httpStatus: 500 },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface AppErrorOptions {
  readonly cause?: unknown;
  readonly violations?: readonly Violation[];
  /** Machine-readable facts for the caller (ids, limits, the reason code); never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The one error type of the product. Compare by `code`, never by message. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly text: LocalizedText;
  readonly violations: readonly Violation[];
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: LocalizedText, options: AppErrorOptions = {}) {
    super(message.en, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.text = message;
    this.violations = options.violations ?? [];
    this.details = options.details ?? {};
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }
}

/** Recognised by shape, so that two copies of this module in one process agree. */
export const isAppError = (error: unknown): error is AppError =>
  error instanceof Error && error.name === 'AppError' && 'code' in error && (error.code as string) in ERROR_CODES;

export const badUserInput = (violations: readonly Violation[]): AppError =>
  new AppError(
    'BAD_USER_INPUT',
    {
      zh: `输入不符合规则：${violations.map((violation) => `${violation.field} ${violation.text.zh}`).join('；')}`,
      en: `The input breaks ${violations.length} rule(s): ${violations.map((violation) => `${violation.field} ${violation.text.en}`).join('; ')}`,
    },
    { violations },
  );

export const notFound = (what: LocalizedText, id: string): AppError =>
  new AppError('NOT_FOUND', { zh: `找不到${what.zh}`, en: `${what.en} not found` }, { details: { id } });

export const conflict = (message: LocalizedText, details: Readonly<Record<string, unknown>> = {}): AppError =>
  new AppError('CONFLICT', message, { details });

export const invalidState = (message: LocalizedText, details: Readonly<Record<string, unknown>> = {}): AppError =>
  new AppError('INVALID_STATE', message, { details });
