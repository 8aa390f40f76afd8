import { AppError, badUserInput, type ErrorCode } from './app-error';
import type { Result } from './result';
import type { LocalizedText } from './text';
import type { Violation } from './violation';

/** Why a decision said no: a value, so that domain code never throws. */
export interface Rejection {
  readonly code: Extract<ErrorCode, 'BAD_USER_INPUT' | 'NOT_FOUND' | 'CONFLICT' | 'INVALID_STATE'>;
  readonly text: LocalizedText;
  readonly violations?: readonly Violation[];
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The value of a decision.
 * @throws AppError with the rejection's code, text, violations and details
 */
export const acceptedOrThrow = <T>(result: Result<T, Rejection>): T => {
  if (result.ok) {
    return result.value;
  }
  const { code, text, violations, details } = result.error;
  throw new AppError(code, text, { ...(violations && { violations }), ...(details && { details }) });
};

/** The rejection of input that breaks rules; every broken rule is in it. */
export const inputRejection = (violations: readonly Violation[]): Rejection => ({
  code: 'BAD_USER_INPUT',
  text: badUserInput(violations).text,
  violations,
});
