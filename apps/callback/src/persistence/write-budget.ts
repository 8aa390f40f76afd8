interface Rate {
  readonly burst: number;
  readonly perSec: number;
}

const MAX_BUCKETS = 5_000;

const createBucket = ({ burst, perSec }: Rate, nowMs: () => number) => {
  let tokens = burst;
  let filledAt = nowMs();
  return {
    has: (): boolean => {
      const now = nowMs();
      tokens = Math.min(burst, tokens + ((now - filledAt) / 1_000) * perSec);
      filledAt = now;
      return tokens >= 1;
    },
    take: (): void => {
      tokens -= 1;
    },
  };
};

/** How often something may be written, in all and per endpoint, so that one that is flooded leaves room for others. */
export const createWriteBudget = (
  rates: { readonly perEndpoint: Rate; readonly all: Rate },
  nowMs: () => number = Date.now,
) => {
  const all = createBucket(rates.all, nowMs);
  const buckets = new Map<string, ReturnType<typeof createBucket>>();
  return (endpointId: string): boolean => {
    const own = buckets.get(endpointId) ?? createBucket(rates.perEndpoint, nowMs);
    if (!buckets.has(endpointId)) {
      if (buckets.size >= MAX_BUCKETS) {
        buckets.clear();
      }
      buckets.set(endpointId, own);
    }
    if (!own.has() || !all.has()) {
      return false;
    }
    own.take();
    all.take();
    return true;
  };
};
