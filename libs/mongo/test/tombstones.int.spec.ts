import { reviewErasureTopic } from '@daikaifa/contracts';
import {
  defineErasure,
  newId,
  platformScope,
  tombstoneIdOf,
  type AuthorizationEpoch,
  type ErasureCounting,
  type ErasureCounts,
} from '@daikaifa/kernel';
import { manualClock, silentLogger, testServers, uniqueName } from '@daikaifa/testing';
import { connectMongo, createOutbox, createTombstones, ensureIndexes, type MongoConnection, type Outbox } from '../src';
import { recordingSender } from './harness';

const scope = platformScope('spec');
const database = uniqueName('tombstones');
const clock = manualClock(new Date('2026-03-02T10:00:00.000Z'));

/** One process: what is written stays visible in the documents, because the outbox is not started. */
const openProcess = async () => {
  const mongo = await connectMongo({ url: testServers().mongoUrl, database, logger: silentLogger() });
  const outbox = createOutbox({
    connection: mongo.connection,
    sender: recordingSender({ before: () => Promise.reject(new Error('no broker')) }),
    logger: silentLogger(),
    clock,
    source: 'daikaifa/review',
  });
  const { connection } = mongo;
  const tombstones = createTombstones({ connection, outbox, collection: 'tombstones', topic: reviewErasureTopic });
  return { mongo, outbox, tombstones };
};

let one: { mongo: MongoConnection; outbox: Outbox; tombstones: ReturnType<typeof createTombstones> };
let other: typeof one;

beforeAll(async () => {
  one = await openProcess();
  other = await openProcess();
  await ensureIndexes(one.mongo.connection);
});
afterAll(async () => {
  for (const { outbox, mongo } of [one, other]) {
    await outbox.stop();
    await mongo.close();
  }
});

const epochOf = (overrides: Partial<AuthorizationEpoch> = {}): AuthorizationEpoch => ({
  publisherId: 'publisher-a',
  authorizationId: newId(),
  suiteId: 'dk1',
  epoch: 1,
  ...overrides,
});

const documents = () => one.mongo.connection.collection<{ _id: string; [field: string]: unknown }>('tombstones');
const idOf = ({ authorizationId, epoch }: AuthorizationEpoch): string => tombstoneIdOf('review', authorizationId, epoch);

interface Stored {
  readonly counts: ErasureCounts | null;
  readonly announced: ReadonlyArray<{ readonly type: string; readonly data: { readonly counts: ErasureCounts } }>;
}

const storedOf = async (epoch: AuthorizationEpoch): Promise<Stored | null> => {
  const found = await documents().findOne({ _id: idOf(epoch) });
  return (
    found && {
      counts: found['counts'] as ErasureCounts | null,
      announced: (found['outbox'] as { body: string }[]).map(({ body }) => JSON.parse(body)),
    }
  );
};
const announcedOf = async (epoch: AuthorizationEpoch): Promise<readonly ErasureCounts[]> =>
  ((await storedOf(epoch))?.announced ?? []).map(({ data }) => data.counts);

/** An erasure whose runs remove, one after the other, what is listed; then nothing more is asked of it. */
const erasing = (
  counting: ErasureCounting,
  runs: ReadonlyArray<ErasureCounts | null | Error>,
  process: typeof one = one,
) => {
  const left = [...runs];
  const seen: Array<Stored | null> = [];
  const erasure = defineErasure({
    tombstones: process.tombstones,
    clock,
    counting,
    remove: async (epoch) => {
      seen.push(await storedOf(epoch));
      const run = left.shift();
      if (run === undefined || run instanceof Error) {
        throw run ?? new Error('nothing was to be removed');
      }
      return run;
    },
  });
  return { ...erasure, seen };
};

describe('an erasure', () => {
  it('finds its tombstone written and silent, and is announced with its counts', async () => {
    const epoch = epochOf({ epoch: 3 });
    const { erase, seen } = erasing('IN_ALL', [{ item: 2, note: 0 }]);

    await erase(epoch);

    expect(seen).toEqual([{ counts: null, announced: [] }]);
    const state = {
      ...epoch,
      id: idOf(epoch),
      service: 'review',
      erasedAt: clock.now().toISOString(),
      counts: { item: 2, note: 0 },
    };
    expect((await storedOf(epoch))?.announced).toMatchObject([
      { type: 'review.corp-erased', tenant: 'publisher-a', suite: 'dk1', epoch: 3, data: state },
    ]);
  });

  it('is announced once when there was nothing, because somebody waits for it', async () => {
    const epoch = epochOf();
    const { erase } = erasing('PER_RUN', [{ item: 0 }, { item: 0 }, { item: 0, note: 0 }]);
    await erase(epoch);
    await erase(epoch);
    await erase(epoch);
    expect(await announcedOf(epoch)).toEqual([{ item: 0 }]);
  });

  it('adds up what each run removed, by kind', async () => {
    const epoch = epochOf();
    const { erase } = erasing('PER_RUN', [{ item: 3 }, { item: 0 }, { item: 1, note: 2 }]);
    await erase(epoch);
    await erase(epoch);
    await erase(epoch);
    expect(await announcedOf(epoch)).toEqual([{ item: 3 }, { item: 4, note: 2 }]);
    expect((await storedOf(epoch))?.counts).toEqual({ item: 4, note: 2 });
  });

  it('keeps the last count where each run counts all, and says it only when it is another', async () => {
    const epoch = epochOf();
    const { erase } = erasing('IN_ALL', [{ item: 3 }, { item: 3 }, { item: 4 }]);
    await erase(epoch);
    await erase(epoch);
    await erase(epoch);
    expect(await announcedOf(epoch)).toEqual([{ item: 3 }, { item: 4 }]);
  });

  it('gives no answer by a run that looked for nothing', async () => {
    const epoch = epochOf();
    const { erase } = erasing('PER_RUN', [null, { item: 1 }, null]);
    await erase(epoch);
    expect(await storedOf(epoch)).toEqual({ counts: null, announced: [] });
    await erase(epoch);
    await erase(epoch);
    expect(await announcedOf(epoch)).toEqual([{ item: 1 }]);
  });

  it('that broke off has its tombstone and no answer; the repetition gives it, with the time of the tombstone', async () => {
    const epoch = epochOf();
    const begun = clock.now().toISOString();
    const { erase, seen } = erasing('IN_ALL', [new Error('gone'), { item: 1 }]);
    await expect(erase(epoch)).rejects.toThrow('gone');
    expect(await storedOf(epoch)).toEqual({ counts: null, announced: [] });
    clock.advance(60_000);
    await erase(epoch);
    expect(seen).toHaveLength(2);
    expect((await storedOf(epoch))?.announced).toMatchObject([{ data: { erasedAt: begun, counts: { item: 1 } } }]);
  });

  it('of two processes at once has one tombstone, which adds up both', async () => {
    const epoch = epochOf();
    const erasures = [one, other].map((process) => erasing('PER_RUN', [{ item: 1 }], process));
    await Promise.all(erasures.map(({ erase }) => erase(epoch)));
    expect(await documents().countDocuments({ authorizationId: epoch.authorizationId })).toBe(1);
    expect((await storedOf(epoch))?.counts).toEqual({ item: 2 });
  });

  it('takes up what was stored without counts, and leaves what was counted', async () => {
    const [begun, counted] = [epochOf(), epochOf()];
    const common = { tenant: 'publisher-a', suiteId: 'dk1', epoch: 1, version: 1, sequence: 0, outbox: [], outboxBytes: 0 };
    const at = { createdAt: clock.now(), updatedAt: clock.now(), erasedAt: clock.now() };
    await documents().insertMany([
      { ...common, ...at, _id: idOf(begun), authorizationId: begun.authorizationId, counts: {} },
      { ...common, ...at, _id: idOf(counted), authorizationId: counted.authorizationId, counts: { item: 1 } },
    ]);
    const { erase } = erasing('IN_ALL', [{ item: 0 }, { item: 1 }]);
    await erase(begun);
    await erase(counted);
    expect([await announcedOf(begun), await announcedOf(counted)]).toEqual([[{ item: 0 }], []]);
  });
});

describe('what would keep something of a corp', () => {
  it('is done while its epoch lives, also after an earlier one was erased, and for another authorization', async () => {
    const epoch = epochOf();
    const { erase, unlessErased } = erasing('IN_ALL', [{ item: 0 }]);
    await erase(epoch);
    const done: string[] = [];
    await unlessErased({ ...epoch, epoch: 2 }, async () => void done.push('second'));
    await unlessErased(epochOf(), async () => void done.push('other'));
    expect(done).toEqual(['second', 'other']);
  });

  it('is not done of an erased epoch, nor of one before it', async () => {
    const epoch = epochOf({ epoch: 2 });
    const { erase, unlessErased } = erasing('IN_ALL', [{ item: 0 }]);
    await erase(epoch);
    const write = jest.fn();
    await unlessErased(epoch, write);
    await unlessErased({ ...epoch, epoch: 1 }, write);
    expect(write).not.toHaveBeenCalled();
  });

  it('is erased again when the erasure came in between', async () => {
    const epoch = epochOf();
    const { erase } = erasing('PER_RUN', [{ item: 0 }], other);
    const late = erasing('PER_RUN', [{ item: 1 }]);
    await late.unlessErased(epoch, () => erase(epoch));
    expect(await announcedOf(epoch)).toEqual([{ item: 0 }, { item: 1 }]);
    expect(await one.tombstones.isErased(scope, epoch.authorizationId, 1)).toBe(true);
  });
});
