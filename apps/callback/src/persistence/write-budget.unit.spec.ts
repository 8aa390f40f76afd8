import { createWriteBudget } from './write-budget';

describe('the write budget', () => {
  it('gives each endpoint its burst and then its rate, and all together theirs', () => {
    let nowMs = 0;
    const mayWrite = createWriteBudget({ perEndpoint: { burst: 3, perSec: 1 }, all: { burst: 5, perSec: 10 } }, () => nowMs);
    const times = (endpointId: string, count: number) =>
      Array.from({ length: count }, () => mayWrite(endpointId)).filter(Boolean).length;
    expect(times('flooded', 100)).toBe(3);
    expect(times('quiet', 100)).toBe(2);
    nowMs += 2_000;
    expect(times('flooded', 100)).toBe(2);
    expect(times('third', 100)).toBe(3);
  });
});
