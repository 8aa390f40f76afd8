import { createHash } from 'node:crypto';

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([key, inner]) => [key, sorted(inner)]),
    );
  }
  return value;
};

/**
 * SHA-256 (lowercase hexadecimal) of what the input is as JSON, whatever the order of its keys.
 * Two calls with one idempotency key must have the same fingerprint.
 */
export const fingerprint = (input: unknown): string =>
  createHash('sha256')
    // Through JSON first, so that dates and absent fields count as they will be stored.
    .update(JSON.stringify(sorted(JSON.parse(JSON.stringify(input ?? null)))))
    .digest('hex');
