/** What a consumer keeps of one source aggregate: the last state it has dealt with, cut down to what it needs. */
export interface Projection<P> {
  readonly aggregateId: string;
  /** The publisher that owns the aggregate. */
  readonly tenant: string;
  /** Of the last event that was dealt with; rises per aggregate, starts at 1. */
  readonly sequence: number;
  /** Of the last event that was dealt with. */
  readonly type: string;
  readonly correlationId: string;
  /** JSON: what `project` made of the state. */
  readonly value: P;
}

/**
 * Where consumers keep their projections, one document per consumer name and source aggregate.
 *
 * Guarantees that every implementation gives (`describeProjectionStore` proves them):
 * - `save` is one atomic compare-and-set: it stores only over nothing or over a lower sequence, also when several
 *   processes save at once. It never goes back.
 * - What `save` has answered `true` for survives a crash and is seen by every later read, in every process.
 * - Names are apart: the same aggregate under two names is two projections.
 * - `each` yields every projection that was there when it began, once; one that changes meanwhile may be yielded
 *   in either state.
 * - A store that cannot answer throws an error that the consumers' `isDependencyFault` recognises.
 */
export interface ProjectionStore {
  /** The stored sequence, 0 where nothing is stored. */
  sequenceOf(name: string, aggregateId: string): Promise<number>;
  load<P = unknown>(name: string, aggregateId: string): Promise<Projection<P> | null>;
  /** @returns false when the same or a newer sequence is stored already; then nothing was changed */
  save(name: string, projection: Projection<unknown>): Promise<boolean>;
  each<P = unknown>(name: string): AsyncIterable<Projection<P>>;
}

/** For tests: keeps the guarantees of the port but for surviving the process. Values are copied in and out. */
export const createMemoryProjectionStore = (): ProjectionStore => {
  const stored = new Map<string, Map<string, Projection<unknown>>>();
  const of = (name: string): Map<string, Projection<unknown>> => {
    const known = stored.get(name) ?? new Map<string, Projection<unknown>>();
    stored.set(name, known);
    return known;
  };
  const copy = <P>(projection: Projection<unknown>): Projection<P> => structuredClone(projection) as Projection<P>;

  return {
    sequenceOf: async (name, aggregateId) => of(name).get(aggregateId)?.sequence ?? 0,
    load: async <P>(name: string, aggregateId: string) => {
      const found = of(name).get(aggregateId);
      return found === undefined ? null : copy<P>(found);
    },
    save: async (name, projection) => {
      const found = of(name).get(projection.aggregateId);
      if (found !== undefined && found.sequence >= projection.sequence) {
        return false;
      }
      of(name).set(projection.aggregateId, copy(projection));
      return true;
    },
    async *each<P>(name: string) {
      for (const projection of [...of(name).values()]) {
        yield copy<P>(projection);
      }
    },
  };
};
