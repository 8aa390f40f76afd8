import { badUserInput, text, type Role, type Violation } from '@daikaifa/kernel';
import { isEndpointId } from '../domain/endpoint';

export const ADMINS: readonly Role[] = ['PUBLISHER_ADMIN'];
export const EDITORS: readonly Role[] = ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER'];

export const ENDPOINT = text('回调端点', 'The callback endpoint');

const MAX_KEY_LENGTH = 128;

interface Input {
  readonly endpointId: string;
  readonly idempotencyKey?: string;
}

const violationsOf = ({ endpointId, idempotencyKey }: Input): readonly Violation[] => [
  ...(isEndpointId(endpointId)
    ? []
    : [
        {
          field: 'endpointId',
          code: 'ENDPOINT_ID_FORMAT',
          severity: 'ERROR' as const,
          text: text('不是回调端点的编号', 'is not the id of a callback endpoint'),
          given: endpointId.slice(0, 40),
        },
      ]),
  ...(idempotencyKey === undefined || (idempotencyKey !== '' && idempotencyKey.length <= MAX_KEY_LENGTH)
    ? []
    : [
        {
          field: 'idempotencyKey',
          code: 'IDEMPOTENCY_KEY_LENGTH',
          severity: 'ERROR' as const,
          text: text(`幂等键须为 1–${MAX_KEY_LENGTH} 个字符`, `must have 1 to ${MAX_KEY_LENGTH} characters`),
          limit: `1–${MAX_KEY_LENGTH}`,
          given: `${idempotencyKey.length} characters`,
        },
      ]),
];

/** @throws AppError BAD_USER_INPUT with every broken rule */
export const refuseBadInput = (input: Input, more: readonly Violation[] = []): void => {
  const violations = [...violationsOf(input), ...more];
  if (violations.length > 0) {
    throw badUserInput(violations);
  }
};
