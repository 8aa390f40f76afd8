import { eventually, silentLogger, startPrivateServer, type PrivateServer } from '@daikaifa/testing';
import {
  createConsumers,
  createMemoryProjectionStore,
  createSender,
  defineConsumer,
  type Consumers,
  type ProjectionStore,
  type Sender,
} from '../src';
import { deadLetters, startHarness, stateEvent, type Harness } from './harness';
import { thingTopic } from './things';

const GROUP = 'outage';
const OUTAGE_MS = 20_000;

describe('a broker that is away for 20 seconds', () => {
  let kafka: PrivateServer;
  let harness: Harness;
  let projections: ProjectionStore;
  let consumers: Consumers;
  let impatient: Sender;
  let seen: string[];
  let round = 0;

  beforeAll(async () => {
    kafka = await startPrivateServer('kafka');
  }, 120_000);

  afterAll(() => kafka.stop());

  beforeEach(async () => {
    round += 1;
    const prefix = `round-${round}.`;
    const brokers = [kafka.url];
    harness = await startHarness({ name: 'outage', groups: [GROUP], brokers, prefix, asInService: true });
    impatient = createSender(harness.client, { timeoutMs: 800 });
    await impatient.start();
    projections = createMemoryProjectionStore();
    seen = [];
    consumers = createConsumers({
      client: harness.client,
      group: GROUP,
      projections,
      sender: harness.sender,
      logger: silentLogger(),
      consumers: [
        defineConsumer(thingTopic, {
          name: 'things',
          project: (event) => event.data.status,
          effects: async ({ aggregateId, sequence }) => void seen.push(`${aggregateId}/${sequence}`),
        }),
      ],
    });
    await consumers.start();
  });

  afterEach(async () => {
    await consumers.stop();
    await impatient.stop();
    await harness.stop();
  });

  /** As the sweep of an outbox does: tries until the broker has it. */
  const sendUntilTaken = (thing: string, sequence: number): Promise<true> =>
    eventually(() => harness.sender.send([stateEvent(thing, sequence)]).then(() => true as const), {
      timeoutMs: 90_000,
      everyMs: 500,
    });

  it.each([
    {
      how: 'frozen, with its connections open',
      goAway: () => kafka.pause(),
      comeBack: () => kafka.resume(),
      // Nothing answers: only the limit of the sender itself lets a caller go.
      limitDecides: true,
    },
    {
      how: 'killed and started again',
      goAway: () => kafka.kill(),
      comeBack: () => kafka.restart(),
      // Refused connections may let the patient one go as soon.
      limitDecides: false,
    },
  ])('$how: nothing is lost, nothing is dead, everything is done afterwards', async ({ goAway, comeBack, limitDecides }) => {
    const things = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(things.map((thing) => harness.sender.send([stateEvent(thing, 1)])));
    await eventually(() => seen.length === things.length);

    await goAway();
    const awaySinceMs = Date.now();
    const sent = things.map(async (thing) => {
      await sendUntilTaken(thing, 2);
      await sendUntilTaken(thing, 3);
    });
    const letGo: string[] = [];
    const refused = (sender: Sender, name: string): Promise<void> =>
      expect(sender.send([stateEvent(name, 1)]))
        .rejects.toBeInstanceOf(Error)
        .then(() => void letGo.push(name));
    await Promise.all([refused(harness.sender, 'patient'), refused(impatient, 'impatient')]);
    expect(limitDecides ? letGo : letGo.sort()).toEqual(['impatient', 'patient']);
    await eventually(() => !impatient.healthy() && !harness.sender.healthy());
    await eventually(() => Date.now() - awaySinceMs >= OUTAGE_MS, { timeoutMs: OUTAGE_MS * 2 });
    expect(seen).toHaveLength(things.length);
    await comeBack();

    await Promise.all(sent);
    await eventually(
      async () => {
        const sequences = await Promise.all(things.map((thing) => projections.sequenceOf('things', thing)));
        return sequences.every((sequence) => sequence === 3);
      },
      { timeoutMs: 60_000 },
    );
    await eventually(async () => (await consumers.lag()) === 0, { timeoutMs: 30_000 });
    await eventually(() => impatient.healthy() && harness.sender.healthy());
    for (const thing of things) {
      const own = seen.filter((line) => line.startsWith(`${thing}/`));
      expect([...new Set(own)]).toEqual([`${thing}/1`, `${thing}/2`, `${thing}/3`]);
    }
    expect(await deadLetters(harness.client, GROUP)).toEqual([]);
  }, 180_000);
});
