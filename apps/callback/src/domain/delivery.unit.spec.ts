import { corpAppIdOf } from '@daikaifa/kernel';
import { boundedRetryAfter, deliveryIdOf, RETRY_SCHEDULE_MS, settleAttempt } from './delivery';
import { corpKeyOf } from './corp';
import { epochAt, isErased, type DeliveryCorp } from './delivery-corp';
import { afterFailure, hasFailedTooLong, isPaused, LANE_HEALTHY, type LaneHealth } from './lane';

const now = new Date('2026-03-02T09:00:00.000Z');
const after = (ms: number): Date => new Date(now.getTime() + ms);
const HOUR_MS = 3_600_000;

describe('settling an attempt', () => {
  const settle = (tries: number, outcome: Parameters<typeof settleAttempt>[1], random = 0, expiresAt = after(72 * HOUR_MS)) =>
    settleAttempt({ tries, expiresAt }, outcome, { now, random, scheduleMs: RETRY_SCHEDULE_MS });
  const failed = { error: 'STATUS' as const, retryAfterMs: null };

  it('delivers what was answered well', () => {
    expect(settle(3, { error: null, retryAfterMs: null })).toEqual({ state: 'DELIVERED' });
  });

  it('waits longer each time, over three days, and then gives up', () => {
    const waits = RETRY_SCHEDULE_MS.map((_, tries) => {
      const settlement = settle(tries, failed);
      return settlement.state === 'QUEUED' ? settlement.nextAttemptAt.getTime() - now.getTime() : null;
    });
    expect(waits).toEqual([5_000, 30_000, 120_000, 600_000, HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, 24 * HOUR_MS, 24 * HOUR_MS]);
    const total = waits.reduce<number>((sum, wait) => sum + (wait ?? 0), 0);
    expect(total).toBeGreaterThan(70 * HOUR_MS);
    expect(total).toBeLessThan(72 * HOUR_MS);
    expect(settle(RETRY_SCHEDULE_MS.length, failed)).toEqual({ state: 'DEAD', reason: 'EXHAUSTED' });
  });

  it('takes up to a fifth off a wait', () => {
    expect(settle(1, failed, 1)).toEqual({ state: 'QUEUED', nextAttemptAt: after(24_000) });
  });

  it('waits as long as it is asked to, an hour at most', () => {
    expect(settle(0, { error: 'STATUS', retryAfterMs: 90_000 })).toEqual({ state: 'QUEUED', nextAttemptAt: after(90_000) });
    expect(settle(0, { error: 'STATUS', retryAfterMs: 9 * HOUR_MS })).toEqual({ state: 'QUEUED', nextAttemptAt: after(HOUR_MS) });
    expect(settle(4, { error: 'STATUS', retryAfterMs: 1_000 })).toEqual({ state: 'QUEUED', nextAttemptAt: after(HOUR_MS) });
    expect(boundedRetryAfter(null)).toBeNull();
  });

  it('gives up what would outlive its time', () => {
    expect(settle(5, failed, 0, after(HOUR_MS))).toEqual({ state: 'DEAD', reason: 'EXHAUSTED' });
  });
});

describe('the breaker of a lane', () => {
  const limits = { threshold: 3, pauseMs: 1_000, maxPauseMs: 3_000, disableAfterMs: 5 * 24 * HOUR_MS };
  const fail = (health: LaneHealth, at: Date, retryAfterMs: number | null = null) =>
    afterFailure(health, { now: at, retryAfterMs }, limits);
  const failures = (count: number, from = LANE_HEALTHY): LaneHealth =>
    Array.from({ length: count }).reduce<LaneHealth>((health) => fail(health, now), from);

  it('opens after so many failures in a row', () => {
    expect(failures(2)).toEqual({ consecutiveFailures: 2, failingSince: now, trips: 0, pausedUntil: null });
    expect(failures(3)).toEqual({ consecutiveFailures: 3, failingSince: now, trips: 1, pausedUntil: after(1_000) });
  });

  it('is not opened again by what was under way', () => {
    expect(failures(6)).toEqual({ consecutiveFailures: 6, failingSince: now, trips: 1, pausedUntil: after(1_000) });
  });

  it('pauses twice as long after each trial that fails, up to a limit', () => {
    const second = fail(failures(3), after(1_000));
    expect(second).toMatchObject({ trips: 2, pausedUntil: after(3_000), failingSince: now });
    const third = fail(second, after(3_000));
    expect(third).toMatchObject({ trips: 3, pausedUntil: after(6_000) });
  });

  it('is paused until then and no longer', () => {
    expect(isPaused(failures(3), after(999))).toBe(true);
    expect(isPaused(failures(3), after(1_000))).toBe(false);
    expect(isPaused(LANE_HEALTHY, now)).toBe(false);
  });

  it('pauses when it is asked to, before it would open', () => {
    expect(fail(LANE_HEALTHY, now, 60_000)).toMatchObject({ trips: 0, pausedUntil: after(60_000) });
  });

  it('gives the destination up after days of nothing but failures', () => {
    const health = failures(1);
    expect(hasFailedTooLong(health, after(limits.disableAfterMs - 1), limits)).toBe(false);
    expect(hasFailedTooLong(health, after(limits.disableAfterMs), limits)).toBe(true);
    expect(hasFailedTooLong(LANE_HEALTHY, after(limits.disableAfterMs), limits)).toBe(false);
  });
});

describe('the corp of a delivery', () => {
  const corp: DeliveryCorp = {
    key: corpKeyOf('dk1', 'wpCorp'),
    publisherId: 'p1',
    authorizationId: 'a1',
    templateId: 't1',
    epoch: 2,
    cancelled: { epoch: 1, at: now },
  };

  it('is known by a key that differs by case and does not hold the id', () => {
    expect(corp.key).not.toBe(corpKeyOf('dk1', 'wpcorp'));
    expect(corp.key).not.toContain('wpCorp');
    expect(corpAppIdOf('a1', 1)).not.toBe(corpAppIdOf('a1', 2));
  });

  it('gives a signal the epoch of its time', () => {
    expect(epochAt(corp, now)).toBe(1);
    expect(epochAt(corp, after(1))).toBe(2);
    expect(epochAt({ ...corp, cancelled: null }, now)).toBe(2);
  });

  it('keeps out what belongs to an epoch that has ended, and lets the next one in', () => {
    expect(isErased(corp, 1)).toBe(true);
    expect(isErased(corp, 2)).toBe(false);
    expect(isErased({ ...corp, cancelled: null }, 1)).toBe(false);
  });

  it('has one delivery per destination and event', () => {
    expect(deliveryIdOf('d1', 'e1')).toBe(deliveryIdOf('d1', 'e1'));
    expect(new Set([deliveryIdOf('d1', 'e1'), deliveryIdOf('d2', 'e1'), deliveryIdOf('d1', 'e2')]).size).toBe(3);
  });
});
