import type { Tombstone } from '@daikaifa/kernel';
import { isSettled } from './erasure';

const HOUR_MS = 3_600_000;
const createdAt = new Date('2026-03-02T09:00:00.000Z');
const tombstone: Tombstone = {
  id: 'x',
  publisherId: 'p',
  version: 2,
  createdAt,
  updatedAt: createdAt,
  authorizationId: 'z',
  suiteId: 'dk',
  epoch: 2,
  counts: { receipt: 0 },
};
const later = (ms: number): Date => new Date(createdAt.getTime() + ms);

describe('an erasure', () => {
  it('is looked at again while late writers may be at work, and then no more', () => {
    expect(isSettled(tombstone, later(HOUR_MS), HOUR_MS)).toBe(false);
    expect(isSettled(tombstone, later(HOUR_MS + 1), HOUR_MS)).toBe(true);
  });

  it('is never settled without an answer, however old it is', () => {
    expect(isSettled({ ...tombstone, counts: null }, later(1_000 * HOUR_MS), HOUR_MS)).toBe(false);
  });
});
