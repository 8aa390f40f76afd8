import { badUserInput, text, type Role, type Violation } from '@daikaifa/kernel';
import { EDITORS } from './endpoint-input';

export const DESTINATION_EDITORS: readonly Role[] = EDITORS;

export const DESTINATION = text('投递目标', 'The destination');
export const DELIVERY = text('投递', 'The delivery');

const MAX_KEY_LENGTH = 128;

export const keyViolations = (idempotencyKey: string): readonly Violation[] =>
  idempotencyKey !== '' && idempotencyKey.length <= MAX_KEY_LENGTH
    ? []
    : [
        {
          field: 'idempotencyKey',
          code: 'IDEMPOTENCY_KEY_LENGTH',
          severity: 'ERROR',
          text: text(`幂等键须为 1–${MAX_KEY_LENGTH} 个字符`, `must have 1 to ${MAX_KEY_LENGTH} characters`),
          limit: `1–${MAX_KEY_LENGTH}`,
          given: `${idempotencyKey.length} characters`,
        },
      ];

/** @throws AppError BAD_USER_INPUT with every broken rule */
export const refuse = (violations: readonly Violation[]): void => {
  if (violations.length > 0) {
    throw badUserInput(violations);
  }
};
