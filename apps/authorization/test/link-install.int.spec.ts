import { connectMongo, ensureIndexes, type MongoConnection } from '@daikaifa/mongo';
import { silentLogger, testServers, uniqueName } from '@daikaifa/testing';
import { createLinkInstallRepository } from '../src/persistence/link-install.repository';

let mongo: MongoConnection;
beforeAll(async () => {
  const { mongoUrl: url } = testServers();
  mongo = await connectMongo({ url, database: uniqueName('installs'), maxPoolSize: 2, logger: silentLogger() });
});
afterAll(() => mongo.close());

it('counts each exchange once, however often and by however many it is recorded', async () => {
  const installs = createLinkInstallRepository(mongo.connection);
  await ensureIndexes(mongo.connection);
  const at = new Date();
  const record = (exchangeId: string, linkId: string) => installs.record({ exchangeId, linkId, at });
  await Promise.all([record('e1', 'a'), record('e1', 'a'), record('e1', 'a'), record('e2', 'a'), record('e3', 'b')]);
  await record('e2', 'a');
  expect(await installs.counts(['a', 'b', 'c'])).toEqual(
    new Map([
      ['a', 2],
      ['b', 1],
    ]),
  );
});
