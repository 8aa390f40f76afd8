import type { DestinationState } from '../domain/destination';
import { LANE_HEALTHY, type LaneHealth } from '../domain/lane';
import type { DeliveryDeps } from './delivery-ports';
import { runLanes } from './run-lane';

const NOW = new Date('2026-03-02T00:00:00.000Z');
const after = (ms: number): Date => new Date(NOW.getTime() + ms);

/** A lane on which nothing is due now. */
const laneWith = ({
  nextAttempt = null,
  health = LANE_HEALTHY,
  state = 'ACTIVE',
}: {
  readonly nextAttempt?: Date | null;
  readonly health?: LaneHealth;
  readonly state?: DestinationState;
}) => {
  const woken: number[] = [];
  const lanes = runLanes({
    lanes: {
      acquire: (destinationId: string) => Promise.resolve({ destinationId, fence: 1, health }),
      release: () => Promise.resolve(),
    },
    destinations: { byId: () => Promise.resolve({ state, concurrency: 1, perSecond: 50 }) },
    deliveries: { due: () => Promise.resolve([]), nextAttempt: (_: string, since: Date) => Promise.resolve(nextAttempt !== null && nextAttempt > since ? nextAttempt : null) },
    deliveryWakes: { deliver: () => Promise.resolve(void woken.push(Date.now() - NOW.getTime())) },
    deliveryLimits: { leaseMs: 15_000, runMs: 20_000, perSecond: 50 },
    clock: { now: () => new Date() },
  } as unknown as DeliveryDeps);
  return { lanes, woken };
};

describe('a run that has nothing more to send', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: NOW });
  });
  afterEach(() => jest.useRealTimers());

  it('has its lane woken when the next one is due', async () => {
    const { lanes, woken } = laneWith({ nextAttempt: after(5_000) });
    await lanes.run('a');

    jest.advanceTimersByTime(10_000);
    expect(woken).toEqual([5_000]);
  });

  it('has its lane woken when the pause of the breaker is over, not at what is due before', async () => {
    const health = { ...LANE_HEALTHY, consecutiveFailures: 5, trips: 1, pausedUntil: after(15_000) };
    const { lanes, woken } = laneWith({ nextAttempt: after(5_000), health });
    await lanes.run('a');

    jest.advanceTimersByTime(20_000);
    expect(woken).toEqual([15_000]);
  });

  it.each([
    { what: 'nothing waits', lane: {} },
    { what: 'what waits was due already and could not be sent', lane: { nextAttempt: after(-1) } },
    { what: 'the destination is disabled', lane: { nextAttempt: after(5_000), state: 'DISABLED' as const } },
  ])('has nobody woken when $what', async ({ lane }) => {
    const { lanes, woken } = laneWith(lane);
    await lanes.run('a');

    jest.advanceTimersByTime(60_000);
    expect(woken).toEqual([]);
  });

  it('has nobody woken any more by a process that stops', async () => {
    const { lanes, woken } = laneWith({ nextAttempt: after(5_000) });
    await lanes.run('a');
    lanes.stop();

    jest.advanceTimersByTime(10_000);
    expect(woken).toEqual([]);
  });
});
