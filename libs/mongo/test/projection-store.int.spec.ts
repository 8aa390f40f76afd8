import { describeProjectionStore, type Projection } from '@daikaifa/messaging';
import { silentLogger, testServers, uniqueName } from '@daikaifa/testing';
import { connectMongo, createProjectionStore, type MongoConnection } from '../src';

let mongo: MongoConnection;

beforeAll(async () => {
  mongo = await connectMongo({
    url: testServers().mongoUrl,
    database: uniqueName('mongo-projection'),
    logger: silentLogger(),
  });
});

afterAll(async () => {
  await mongo.close();
});

describeProjectionStore('MongoDB', async () => createProjectionStore({ connection: mongo.connection }));

describe('the MongoDB projection store', () => {
  const projection = (aggregateId: string): Projection<unknown> => ({
    aggregateId,
    tenant: 'publisher-a',
    sequence: 1,
    type: 'parcel.packed',
    correlationId: 'correlation-1',
    value: { 'dotted.key': 1, $dollar: 2 },
  });

  it('yields more projections than one batch holds, each once, while they are written', async () => {
    const store = createProjectionStore({ connection: mongo.connection });
    const ids = Array.from({ length: 450 }, (_, index) => `parcel-${String(index).padStart(4, '0')}`);
    await mongo.connection
      .collection<{ _id: string }>('projection.many')
      .insertMany(ids.map((id) => ({ ...projection(id), _id: id })));

    const seen: string[] = [];
    for await (const { aggregateId } of store.each('many')) {
      seen.push(aggregateId);
      if (seen.length === 100) {
        await store.save('many', { ...projection('parcel-0300'), sequence: 2 });
      }
    }

    expect(seen).toEqual(ids);
  });

  it('keeps keys with dots and dollar signs', async () => {
    const store = createProjectionStore({ connection: mongo.connection });

    await store.save('keys', projection('parcel-1'));

    expect(await store.load('keys', 'parcel-1')).toEqual(projection('parcel-1'));
  });

  it('refuses a name that is no collection name', async () => {
    const store = createProjectionStore({ connection: mongo.connection });

    await expect(store.load('a$b', 'x')).rejects.toThrow('a$b');
  });
});
