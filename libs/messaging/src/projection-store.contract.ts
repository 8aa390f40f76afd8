import type { Projection, ProjectionStore } from './projection-store';

const projection = (overrides: Partial<Projection<unknown>> = {}): Projection<unknown> => ({
  aggregateId: 'aggregate-1',
  tenant: 'publisher-1',
  sequence: 1,
  type: 'thing.made',
  correlationId: 'correlation-1',
  value: { status: 'ACTIVE', nested: { list: [1, 2], nothing: null } },
  ...overrides,
});

const collect = async (store: ProjectionStore, name: string): Promise<Projection<unknown>[]> => {
  const found: Projection<unknown>[] = [];
  for await (const each of store.each(name)) {
    found.push(each);
  }
  return found;
};

/**
 * The contract suite of `ProjectionStore`: every implementation runs it in its own spec.
 * @param createStore called once, before the first test
 */
export const describeProjectionStore = (title: string, createStore: () => Promise<ProjectionStore>): void => {
  describe(`${title} as a projection store`, () => {
    let store: ProjectionStore;
    let count = 0;
    let name: string;

    beforeAll(async () => {
      store = await createStore();
    });

    beforeEach(() => {
      count += 1;
      name = `contract-${count}`;
    });

    it('answers sequence 0 and null for what was never saved', async () => {
      expect(await store.sequenceOf(name, 'unknown')).toBe(0);
      expect(await store.load(name, 'unknown')).toBeNull();
    });

    it('gives back exactly what was saved', async () => {
      expect(await store.save(name, projection())).toBe(true);

      expect(await store.load(name, 'aggregate-1')).toEqual(projection());
      expect(await store.sequenceOf(name, 'aggregate-1')).toBe(1);
    });

    it('replaces an older sequence whole', async () => {
      await store.save(name, projection());

      const changes = { sequence: 5, type: 'thing.closed', correlationId: 'other', value: { status: 'GONE' } };
      const newer = projection(changes);
      expect(await store.save(name, newer)).toBe(true);

      expect(await store.load(name, 'aggregate-1')).toEqual(newer);
    });

    it.each([
      ['the same', 5],
      ['an older', 4],
    ])('refuses %s sequence and changes nothing', async (_, sequence) => {
      const stored = projection({ sequence: 5 });
      await store.save(name, stored);

      expect(await store.save(name, projection({ sequence, value: { status: 'WRONG' } }))).toBe(false);

      expect(await store.load(name, 'aggregate-1')).toEqual(stored);
    });

    it('ends with the highest sequence when many save at once', async () => {
      const sequences = [3, 9, 1, 7, 2, 8, 4, 6, 5];

      await Promise.all(sequences.map((sequence) => store.save(name, projection({ sequence, value: { sequence } }))));

      expect(await store.load(name, 'aggregate-1')).toEqual(projection({ sequence: 9, value: { sequence: 9 } }));
    });

    it('lets exactly one of many saves of one sequence win', async () => {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => store.save(name, projection({ sequence: 2, value: { index } }))),
      );

      expect(answers.filter((stored) => stored)).toHaveLength(1);
    });

    it('keeps names and aggregates apart', async () => {
      await store.save(name, projection({ sequence: 5 }));
      await store.save(`${name}-other`, projection({ sequence: 2 }));
      await store.save(name, projection({ aggregateId: 'aggregate-2', sequence: 3 }));

      expect(await store.sequenceOf(name, 'aggregate-1')).toBe(5);
      expect(await store.sequenceOf(`${name}-other`, 'aggregate-1')).toBe(2);
      expect(await store.sequenceOf(name, 'aggregate-2')).toBe(3);
    });

    it('yields every projection of a name once, and none of another', async () => {
      const ids = Array.from({ length: 25 }, (_, index) => `aggregate-${index}`);
      for (const aggregateId of ids) {
        await store.save(name, projection({ aggregateId }));
      }
      await store.save(`${name}-other`, projection({ aggregateId: 'elsewhere' }));

      const found = await collect(store, name);

      expect(found.map(({ aggregateId }) => aggregateId).sort()).toEqual([...ids].sort());
      expect(found[0]).toEqual(projection({ aggregateId: found[0]!.aggregateId }));
    });
  });
};
