import { platformScope, tenantScope } from '@daikaifa/kernel';
import { silentLogger, testServers, uniqueName } from '@daikaifa/testing';
import { connectMongo, createLatestStates, type LatestStates, type MongoConnection } from '../src';

let mongo: MongoConnection;
let states: LatestStates<{ readonly name: string }>;

beforeAll(async () => {
  const { mongoUrl } = testServers();
  mongo = await connectMongo({ url: mongoUrl, database: uniqueName('latest'), maxPoolSize: 4, logger: silentLogger() });
  states = createLatestStates(mongo.connection, 'templates');
});
afterAll(async () => {
  await mongo.connection.dropDatabase();
  await mongo.close();
});

const stateOf = (id: string, sequence: number) => ({ id, publisherId: 'p1', sequence, value: { name: `name ${sequence}` } });
const read = async (id: string) => (await states.find(platformScope('test'), { _id: id }, 1))[0];

describe('latest states', () => {
  it('keep the highest sequence, in whatever order they come', async () => {
    for (const sequence of [2, 1, 3, 2]) {
      await states.record(stateOf('a', sequence));
    }
    expect(await read('a')).toEqual(stateOf('a', 3));
  });

  it('keep the highest of many that come at once, the first of them too', async () => {
    await Promise.all([5, 1, 4, 2, 3].map((sequence) => states.record(stateOf('b', sequence))));
    expect(await read('b')).toEqual(stateOf('b', 5));
  });

  it('show only what is in scope', async () => {
    await states.record(stateOf('c', 1));
    expect(await states.find(tenantScope('p1'), { _id: 'c' }, 1)).toHaveLength(1);
    expect(await states.find(tenantScope('p2'), { _id: 'c' }, 1)).toEqual([]);
  });
});
