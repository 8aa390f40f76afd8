import { authorizationTopic, corpAppTopic, permissionSetTopic, reviewItemTopic, type AnyTopic } from '@daikaifa/contracts';
import { createPublisher } from '@daikaifa/harness';
import { SERVICES } from '@daikaifa/stack';
import { appsOf, CUSTOMERS, DEPARTMENTS, type AppOfCorp, type Apps } from '../apps';
import { corpsOf, isObserved, type Corp, type Corps } from '../corps';
import { bringTemplateOnline } from '../harness';
import { kafkaOf } from '../kafka-of';
import { watchProgress, type Progress } from '../progress';
import { openStores, type StackStores, type TopicRecord } from '../stores';
import { sharedStack } from './stack';

/** State topics that app-config, permission and review decide from. */
const TOPICS: readonly AnyTopic[] = [authorizationTopic, corpAppTopic, permissionSetTopic, reviewItemTopic];

let progress: Progress;
let stores: StackStores;
let publisher: Awaited<ReturnType<typeof createPublisher>>;
let corps: Corps;
let apps: Apps;

beforeAll(async () => {
  const stack = sharedStack();
  progress = await watchProgress(stack);
  const online = await bringTemplateOnline(stack);
  corps = corpsOf(online);
  apps = appsOf(online, corps);
  stores = await openStores(stack);
  publisher = await createPublisher(kafkaOf(stack));
}, 120_000);

afterAll(async () => {
  await publisher?.stop();
  await stores?.close();
  await progress?.stop();
});

/** Every state of these topics that names one of the ids, oldest first within each topic. */
const statesOf = async (...ids: readonly string[]): Promise<readonly TopicRecord[]> => {
  const records = await stores.records(TOPICS.map(({ topic }) => progress.topicName(topic)));
  return records.filter(({ value }) => ids.some((id) => value.includes(id)));
};

/** Once more, in this order, by whoever published them. */
const sendAgain = async (records: readonly TopicRecord[]): Promise<void> => {
  for (const { topic, key, value } of records) {
    await publisher.raw({ topic: topic.slice(stores.names.topic.length) }, key, value);
  }
  await progress.untilSettled();
};

/** What each of the services shows of an app. */
const shownOf = async ({ id, authorizationId }: AppOfCorp) => ({
  app: await apps.look(id),
  permissions: await apps.permissions(id),
  permissionChanges: await apps.permissionChanges(id),
  items: await apps.items(id),
  erasures: await apps.erasures(authorizationId),
});

describe('states that come twice, and older ones after newer ones', () => {
  it('change nothing: app, permissions and items stand where the newest states have put them', async () => {
    const app = await apps.join();
    await apps.develop(app);
    await apps.request(app.id, [CUSTOMERS]);
    await apps.grant(app, [CUSTOMERS]);
    await apps.untilGranted(app.id);
    await apps.submit([app.id]);
    await apps.decide(app.id, 'APPROVED');
    await corps.setScope(app.installation, [1]);
    await apps.until(app.id, ({ visibleRange }) => visibleRange?.parties === 1);
    await corps.setScope(app.installation, [1, 2, 3]);
    await apps.until(app.id, ({ visibleRange, workingRevision }) =>
      visibleRange?.parties === 3 && workingRevision?.status === 'APPROVED',
    );
    await progress.untilSettled();
    const before = await shownOf(app);
    const states = await statesOf(app.authorizationId, app.id);

    await sendAgain(states);
    await sendAgain([...states].reverse());

    expect(new Set(states.map(({ topic }) => topic)).size).toBe(TOPICS.length);
    expect(await shownOf(app)).toEqual(before);
    expect(before).toMatchObject({
      app: { status: 'APPROVED', workingRevision: { status: 'APPROVED' } },
      permissionChanges: ['FIRST_READING', 'GRANT'],
      items: [{ state: 'APPROVED', verdicts: [{ decision: 'APPROVED' }] }],
    });
  }, 90_000);
});

describe('a corp that cancels and scans again', () => {
  let corp: Corp;
  let first: AppOfCorp;
  let second: AppOfCorp;
  let ofFirst: readonly TopicRecord[];

  beforeAll(async () => {
    corp = await corps.createCorp();
    first = await apps.appOf(await corps.scan(corp));
    await apps.develop(first);
    await apps.request(first.id, [CUSTOMERS]);
    await apps.submit([first.id]);
    await apps.untilItem(first.id, 'PENDING');
    await corps.cancel(first.installation);
    await corps.untilAuthorization(first.installation, ({ status }) => status === 'CANCELLED');
    await apps.untilErased(first.authorizationId, 1);
    await progress.untilSettled();
    ofFirst = await statesOf(first.authorizationId, first.id);

    const installation = await corps.scan(corp);
    await corps.untilAuthorization(installation, (one) => one.current.epoch === 2 && isObserved(one));
    second = await apps.appOf(installation);
    await apps.develop(second);
    await apps.request(second.id, [DEPARTMENTS]);
    await apps.submit([second.id]);
    await apps.untilItem(second.id, 'PENDING');
    await progress.untilSettled();
  }, 120_000);

  it('gets an app, permissions and an item of its own', async () => {
    expect(second.authorizationId).toBe(first.authorizationId);
    expect(second.id).not.toBe(first.id);
    expect(await shownOf(second)).toMatchObject({
      app: { status: 'IN_REVIEW', erased: false, workingRevision: { number: 1, status: 'IN_REVIEW' } },
      permissions: { status: 'ACTIVE', openRequest: { state: 'PENDING' } },
      items: [{ state: 'PENDING', verdicts: [] }],
      erasures: [{ epoch: 1, state: 'ERASED' }],
    });
  });

  it('keeps them through every late state of its first epoch, which stays erased', async () => {
    const before = await Promise.all([first, second].map(shownOf));

    await sendAgain(ofFirst);
    await sendAgain([...ofFirst].reverse());

    expect(new Set(ofFirst.map(({ topic }) => topic)).size).toBe(TOPICS.length);
    expect(await Promise.all([first, second].map(shownOf))).toEqual(before);
    expect(before[0]).toMatchObject({
      app: { status: 'CANCELLED', erased: true },
      permissions: { status: 'CANCELLED', requests: { nodes: [{ state: 'VOID' }] } },
      items: [{ state: 'VOID', verdicts: [] }],
    });
  }, 60_000);

  it('goes on: what the corp changes in its second epoch is seen', async () => {
    await corps.setScope(second.installation, [1, 2]);
    await apps.until(second.id, ({ visibleRange }) => visibleRange?.parties === 2);
    await apps.decide(second.id, 'APPROVED');
    await apps.until(second.id, ({ workingRevision }) => workingRevision?.status === 'APPROVED');

    expect(await Promise.all(SERVICES.map(progress.deadLetters))).toEqual(SERVICES.map(() => 0));
  });
});
