import { tenantScope } from '@daikaifa/kernel';
import { testServers, uniqueName } from '@daikaifa/testing';
import { openDepot, packed, parcelOf, recordingSender, type Depot, type Parcel } from './harness';

const ours = tenantScope('publisher-a');
const database = uniqueName('mongo-pages');
let depot: Depot;

/** Another depot on the same database, whose driver tells of its commands. */
const openWatched = () => {
  const { mongoUrl } = testServers();
  const begun = mongoUrl.includes('?') ? `${mongoUrl}&` : `${mongoUrl.replace(/\/$/, '')}/?`;
  return openDepot(database, recordingSender(), { url: `${begun}monitorCommands=true` });
};

beforeAll(async () => {
  depot = await openDepot(database, recordingSender());
});

afterAll(async () => {
  await depot.close();
});

const at = (ms: number): Date => new Date(Date.UTC(2026, 0, 1) + ms);

const create = async (overrides: Partial<Parcel>): Promise<Parcel> =>
  (await depot.parcels.create(parcelOf(overrides), [packed])).aggregate;

describe('pages of many parents', () => {
  it('are loaded by one command', async () => {
    const commands: string[] = [];
    const watched = await openWatched();
    watched.mongo.connection.getClient().on('commandStarted', ({ commandName }) => commands.push(commandName));
    const parents = ['many-1', 'many-2', 'many-3', 'many-none'];
    for (const [index, shelfId] of parents.slice(0, 3).entries()) {
      for (let count = 0; count <= index * 2; count += 1) {
        await create({ shelfId, label: `${shelfId}/${count}`, createdAt: at(count) });
      }
    }
    commands.length = 0;

    const pages = await watched.parcels.pagesByParent(
      ours,
      { parentField: 'shelfId', parentIds: parents },
      { first: 3 },
    );

    await watched.close();
    expect(commands.filter((name) => name !== 'endSessions')).toEqual(['find']);
    const shown = parents.map((id) => {
      const page = pages.get(id)!;
      return [page.items.map(({ node }) => node.label), page.hasNextPage];
    });
    expect(shown).toEqual([
      [['many-1/0'], false],
      [['many-2/2', 'many-2/1', 'many-2/0'], false],
      [['many-3/4', 'many-3/3', 'many-3/2'], true],
      [[], false],
    ]);
    const after = pages.get('many-3')!.items[2]!.cursor;
    const rest = await depot.parcels.pagesByParent(
      ours,
      { parentField: 'shelfId', parentIds: ['many-3'] },
      { first: 3, after },
    );
    expect(rest.get('many-3')!.items.map(({ node }) => node.label)).toEqual(['many-3/1', 'many-3/0']);
  });

  it('read no more than the page of a parent that stands alone', async () => {
    // given
    const shelfId = 'alone';
    for (let count = 0; count < 4; count += 1) {
      await create({ shelfId, label: `alone/${count}`, createdAt: at(count) });
    }
    await create({ shelfId, publisherId: 'publisher-b', label: 'of another tenant', createdAt: at(9) });
    const watched = await openWatched();
    const reads: unknown[] = [];
    watched.mongo.connection.getClient().on('commandStarted', ({ commandName, command }) => {
      reads.push([commandName, (command as { limit?: number }).limit]);
    });

    // when
    const pages = await watched.parcels.pagesByParent(ours, { parentField: 'shelfId', parentIds: [shelfId] }, { first: 2 });

    // then the server stops after one more than was asked for
    expect(reads).toEqual([['find', 3]]);
    expect([...pages].map(([id, { items, hasNextPage }]) => [id, items.map(({ node }) => node.label), hasNextPage])).toEqual([
      [shelfId, ['alone/3', 'alone/2'], true],
    ]);
    await watched.close();
  });

  it.each([
    ['nobody has more than a page', ['one', 'none', 'page'], [1, 0, 2], 1],
    ['everybody has more than a page', ['full-a', 'full-b', 'full-c'], [9, 9, 9], 1],
    ['the newest are all of one', ['few', 'full', 'some'], [1, 20, 2], 2],
    ['the newest are of three, one after the other', ['rest', 'many', 'more', 'most', 'none'], [1, 40, 41, 42, 0], 5],
    ['there are exactly as many as are read', ['exact', 'exact-none'], [12, 0], 2],
  ] as const)('read no further than the pages reach when %s', async (name, parents, counts, reads) => {
    // given children of the parents one after the other, the newest ones of the parent with the most
    const byCount = parents.map((id, index) => [`${name}/${id}`, counts[index]!] as const);
    for (const [shelfId, count] of [...byCount].sort(([, one], [, other]) => one - other)) {
      for (let made = 0; made < count; made += 1) {
        await create({ shelfId, label: `${shelfId}/${made}`, createdAt: at(count * 100 + made) });
      }
    }
    const watched = await openWatched();
    const read: number[] = [];
    watched.mongo.connection.getClient().on('commandSucceeded', ({ commandName, reply }) => {
      if (commandName === 'find') {
        read.push((reply as { cursor: { firstBatch: readonly unknown[] } }).cursor.firstBatch.length);
      }
    });

    // when
    const listing = { parentField: 'shelfId', parentIds: byCount.map(([shelfId]) => shelfId) };
    const pages = await watched.parcels.pagesByParent(ours, listing, { first: 2 });
    await watched.close();

    // then every page is what it is when its parent is asked for alone
    for (const [shelfId, count] of byCount) {
      const alone = await depot.parcels.pagesByParent(ours, { ...listing, parentIds: [shelfId] }, { first: 2 });
      expect(pages.get(shelfId)).toEqual(alone.get(shelfId));
      expect(pages.get(shelfId)!.items).toHaveLength(Math.min(count, 2));
    }
    const pageWithOneMore = 3;
    expect(read).toHaveLength(reads);
    expect(Math.max(...read)).toBeLessThanOrEqual(parents.length * pageWithOneMore * 2);
    expect(read.slice(3).every((count) => count <= pageWithOneMore)).toBe(true);
  });

  it.each(['newest', 'oldest'] as const)('go on after a cursor, %s first, as of each parent alone', async (sort) => {
    // given parents one after the other, and children that are on the pages of two of them
    const parents = [1, 2, 3, 4].map((number) => `${sort}-${number}`);
    for (const [index, parent] of parents.entries()) {
      for (let made = 0; made < 30; made += 1) {
        const next = parents[(index + 1) % parents.length]!;
        await create({ label: `${parent}/${made}`, routeIds: made % 2 === 0 ? [parent] : [parent, next], createdAt: at(index * 100 + made) });
      }
    }
    const listing = { parentField: 'routeIds', parentIds: parents, sort };
    const first = await depot.parcels.pagesByParent(ours, listing, { first: 2 });
    const request = { first: 3, after: first.get(parents[1]!)!.items[1]!.cursor };

    // when, then
    const rest = await depot.parcels.pagesByParent(ours, listing, request);
    for (const [pages, asked] of [[first, { first: 2 }], [rest, request]] as const) {
      for (const parent of parents) {
        const alone = await depot.parcels.pagesByParent(ours, { ...listing, parentIds: [parent] }, asked);
        expect(pages.get(parent)).toEqual(alone.get(parent));
      }
    }
  });

  it('read the children of many parents by the hundred, each in its place', async () => {
    const parents = Array.from({ length: 230 }, (_, index) => `hundreds/${index}`);
    for (const shelfId of [parents[0]!, parents[150]!, parents[229]!]) {
      await create({ shelfId, label: shelfId });
    }

    const listing = { parentField: 'shelfId', parentIds: [...parents, parents[0]!] };
    const pages = await depot.parcels.pagesByParent(ours, listing, { first: 2 });

    expect([...pages.keys()]).toEqual(parents);
    const filled = [...pages].filter(([, { items }]) => items.length > 0);
    expect(filled.map(([id, { items }]) => [id, items.map(({ node }) => node.label)])).toEqual(
      [0, 150, 229].map((index) => [parents[index], [parents[index]]]),
    );
  });

  it('put a child on the page of each of its parents where it has several', async () => {
    await create({ createdAt: at(0), label: 'list/0', routeIds: ['north', 'south'] });
    await create({ createdAt: at(1), label: 'list/1', routeIds: ['south'] });
    await create({ createdAt: at(2), label: 'list/2', routeIds: ['west', 'north'] });

    const listing = { parentField: 'routeIds', parentIds: ['north', 'south', 'east'] };
    const pages = await depot.parcels.pagesByParent(ours, listing, { first: 5 });

    expect([...pages].map(([routeId, { items }]) => [routeId, items.map(({ node }) => node.label)])).toEqual([
      ['north', ['list/2', 'list/0']],
      ['south', ['list/1', 'list/0']],
      ['east', []],
    ]);
    expect(pages.get('north')!.items[1]!.node.routeIds).toEqual(['north', 'south']);
  });
});
