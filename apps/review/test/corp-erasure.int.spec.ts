import { reviewErasureTopic, type ErasureState } from '@daikaifa/contracts';
import { watchTopic } from '@daikaifa/harness';
import { derivedId, newId } from '@daikaifa/kernel';
import { connectMongo, type MongoConnection } from '@daikaifa/mongo';
import { eventually, silentLogger } from '@daikaifa/testing';
import { corpAppsIn, nameApp, type AppNames, type CorpApps } from './corp-apps';
import { createWorld, type Tenant, type World } from './harness';

let world: World;
let tenant: Tenant;
let apps: CorpApps;
let erasures: Awaited<ReturnType<typeof watchTopic<ErasureState>>>;
let mongo: MongoConnection;

beforeAll(async () => {
  world = await createWorld();
  tenant = await world.addTenant();
  apps = await corpAppsIn(world);
  erasures = await watchTopic(world.config, reviewErasureTopic);
  const { url, databasePrefix } = world.config.mongo;
  mongo = await connectMongo({ url, database: `${databasePrefix}review`, maxPoolSize: 2, logger: silentLogger() });
});
afterAll(async () => {
  await mongo.close();
  await erasures.stop();
  await world.stop();
});

const tombstoneOf = ({ authorizationId, epoch }: AppNames): string =>
  derivedId('erasure', 'review', authorizationId, String(epoch));
/** Waits for the answer, and for every further one that was written. */
const erasureOf = (app: AppNames) =>
  eventually(async () => {
    const tombstone = await world.stored('corp_erasures').findOne({ _id: tombstoneOf(app) });
    const answers = erasures.of(tombstoneOf(app));
    return answers.length > 0 && answers.length === tombstone?.sequence ? answers : null;
  });

/** Collections in which the id stands somewhere. */
const holdersOf = async (id: string): Promise<readonly string[]> => {
  const collections = await mongo.connection.db!.listCollections().toArray();
  const found = await Promise.all(
    collections.map(async ({ name }) => {
      const documents = await mongo.connection.collection(name).find({}).toArray();
      return documents.some((document) => JSON.stringify(document).includes(id)) ? [name] : [];
    }),
  );
  return found.flat().sort();
};

/** Waits until the last state of the app was dealt with. */
const untilFollowed = (app: AppNames): Promise<unknown> => world.untilFollowed('corp-app', app.id);

describe('an authorization that is cancelled', () => {
  it('voids the open item, takes the corp out of every item, and answers with counts', async () => {
    const corpId = `wp${newId().replaceAll('-', '')}`;
    const app = nameApp(tenant.id, { corpId });
    const homePageUrl = `https://crm.example.com/home?corp=${corpId}`;
    await world.publishEndpoint(app.templateId, tenant.id);
    await apps.publishApp(app, { status: 'IN_REVIEW', workingRevision: apps.revision(newId(), { content: { homePageUrl } }) });
    const first = await apps.itemWhen(tenant.admin, app, 'PENDING');
    const reasons = [{ field: 'homePageUrl', message: `${corpId} 的主页无法打开` }];
    await world.change(tenant.reviewer, 'decideReviewItem', first, { decision: 'REJECTED', reasons });
    world.clock.advance(1_000);
    await apps.publishApp(app, { status: 'IN_REVIEW', workingRevision: apps.revision(newId(), { content: { homePageUrl } }) });
    const second = await apps.itemWhen(tenant.admin, app, 'PENDING');
    expect(await holdersOf(corpId)).toEqual(['projection.corp-app', 'review_items', 'subjects']);

    await apps.publishAuthorization(app, { status: 'CANCELLED' });
    expect(await erasureOf(app)).toMatchObject([
      {
        type: 'review.corp-erased',
        state: {
          publisherId: tenant.id,
          service: 'review',
          authorizationId: app.authorizationId,
          suiteId: app.suiteId,
          epoch: 1,
          counts: { 'corp-app': 1, 'review-item': 2 },
        },
      },
    ]);
    const [voided, rejected] = await apps.itemsOf(tenant.admin, app);
    expect(voided).toMatchObject({ id: second.id, state: 'VOID', snapshot: { homePageUrl: 'https://crm.example.com/home?corp=[erased]' } });
    expect(rejected).toMatchObject({ id: first.id, state: 'REJECTED', reasons: [{ text: { zh: '[erased] 的主页无法打开' } }] });
    await world.untilTypes(second.id, ['opened', 'prechecked', 'void', 'erased']);
    await world.untilTypes(first.id, ['opened', 'prechecked', 'decided', 'erased']);

    // What is left is only the projection, until the app says itself that it is cancelled.
    await apps.publishApp(app, { status: 'CANCELLED' });
    await eventually(async () => (await holdersOf(corpId)).length === 0);
    expect(JSON.stringify(world.topic.of(first.id).at(-1))).not.toContain(corpId);
  });

  it('lets nothing of that epoch come back; the next epoch is untouched', async () => {
    const { app } = await apps.pending(tenant);
    await apps.publishAuthorization(app, { status: 'CANCELLED' });
    await apps.itemWhen(tenant.admin, app, 'VOID');
    await erasureOf(app);
    // Late: sent before the app had heard of its end.
    await apps.publishApp(app, { status: 'IN_REVIEW', workingRevision: apps.revision(newId()) });
    await untilFollowed(app);
    // What is left is only the projection, until the app says itself that it is cancelled.
    await eventually(async () => (await holdersOf(app.corpId)).join() === 'projection.corp-app');

    const next = nameApp(tenant.id, { ...app, epoch: 2 });
    await apps.publishApp(next, { status: 'IN_REVIEW', workingRevision: apps.revision(newId()) });
    const item = await apps.itemWhen(tenant.admin, next, 'PENDING');
    await apps.publishAuthorization(next);
    const approved = await world.change(tenant.reviewer, 'decideReviewItem', item, { decision: 'APPROVED' });
    expect(approved.state).toBe('APPROVED');
    expect(await apps.itemsOf(tenant.admin, app)).toHaveLength(1);
    await world.untilFollowed('authorization', next.authorizationId);
    expect(await world.stored('corp_erasures').findOne({ _id: tombstoneOf(next) })).toBeNull();
    expect(erasures.of(tombstoneOf(next))).toEqual([]);
  });

  it('is answered once, however often it is said', async () => {
    const { app, item } = await apps.pending(tenant);
    await apps.publishAuthorization(app, { status: 'CANCELLED' });
    await erasureOf(app);
    await apps.publishAuthorization(app, { status: 'CANCELLED' });
    await world.restart();
    const marker = nameApp(tenant.id, { authorizationId: newId() });
    await apps.publishAuthorization(marker, { status: 'CANCELLED' });
    expect(await erasureOf(marker)).toMatchObject([{ state: { counts: { 'corp-app': 0, 'review-item': 0 } } }]);
    await world.untilFollowed('authorization', app.authorizationId);
    expect(await erasureOf(app)).toHaveLength(1);
    await world.untilTypes(item.id, ['opened', 'prechecked', 'void', 'erased']);
  });

  it('before its submission is heard of opens no item', async () => {
    const app = nameApp(tenant.id);
    await apps.publishAuthorization(app, { status: 'CANCELLED' });
    await erasureOf(app);
    const batchId = newId();
    const other = nameApp(tenant.id, { templateId: app.templateId });
    await world.publishEndpoint(app.templateId, tenant.id);
    await apps.publishApp(app, { status: 'IN_REVIEW', workingRevision: apps.revision(batchId) });
    await apps.publishApp(other, { status: 'IN_REVIEW', workingRevision: apps.revision(batchId) });
    await apps.itemWhen(tenant.admin, other, 'PENDING');
    await untilFollowed(app);
    expect(await apps.itemsOf(tenant.admin, app)).toEqual([]);
  });
});
