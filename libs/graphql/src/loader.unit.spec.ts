import { createLoader } from './loader';

describe('createLoader', () => {
  it('fetches all ids of one tick in one call, each once, in the order asked for', async () => {
    const calls: Array<readonly string[]> = [];
    const loader = createLoader(async (ids) => {
      calls.push(ids);
      // The order of a store is its own.
      return new Map([...ids].reverse().map((id) => [id, { id }]));
    });

    const results = await Promise.all(['a', 'b', 'a', 'c'].map((id) => loader.load(id)));

    expect(calls).toEqual([['a', 'b', 'c']]);
    expect(results.map((result) => result?.id)).toEqual(['a', 'b', 'a', 'c']);
  });

  it('gives null for what was not found, and keeps the others', async () => {
    const loader = createLoader(async () => new Map([['b', 'B']]));

    await expect(loader.loadMany(['a', 'b'])).resolves.toEqual([null, 'B']);
  });
});
