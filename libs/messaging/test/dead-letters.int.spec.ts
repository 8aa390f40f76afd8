import type { EventSender } from '@daikaifa/contracts';
import { AppError, text } from '@daikaifa/kernel';
import { eventually, silentLogger } from '@daikaifa/testing';
import {
  createConsumers,
  createDeadLetterDesk,
  createMemoryProjectionStore,
  defineConsumer,
  defineSignalConsumer,
  journalTopic,
  redriveTopic,
  type AnyConsumer,
  type BookedLetter,
  type Consumers,
  type ConsumersOptions,
  type DeadLetterBook,
  type DeadLetterDesk,
} from '../src';
import { readTopics } from '../src/read-topics';
import { deadLetters, signalEvent, startHarness, stateEvent, type Harness } from './harness';
import { signalTopic, thingTopic } from './things';

const GROUP = 'group';
const BY = '李工';
/** Hundreds of letters, each acknowledged before the next. */
const MANY_MS = 45_000;
/** They are waited for twice; the rest takes what the other tests take. */
const MANY_TEST_MS = 2 * MANY_MS + 60_000;

/** What the handlers do now: nothing, or throw. */
let fault: (subject: string) => Error | null;
let seen: string[];

const things = defineConsumer(thingTopic, {
  name: 'things',
  project: (event) => event.data.status,
  effects: async ({ aggregateId, sequence }) => {
    const error = fault(aggregateId);
    if (error !== null) {
      throw error;
    }
    seen.push(`${aggregateId}/${sequence}`);
  },
}) as unknown as AnyConsumer;

const signals = defineSignalConsumer(signalTopic, {
  name: 'signals',
  handle: async ({ data }) => {
    const error = fault(data.code);
    if (error !== null) {
      throw error;
    }
    seen.push(data.code);
  },
}) as unknown as AnyConsumer;

const bug = (): Error => new TypeError('a bug');
const away = (): Error => new AppError('UNAVAILABLE', text('不可用', 'away'));

describe('the desk for dead letters', () => {
  let harness: Harness;
  let desk: DeadLetterDesk;
  let projections: ConsumersOptions['projections'];
  let running: Consumers[];

  beforeEach(async () => {
    harness = await startHarness({ name: 'desk', groups: [GROUP] });
    desk = createDeadLetterDesk(harness.client, harness.sender);
    projections = createMemoryProjectionStore();
    running = [];
    seen = [];
    fault = bug;
  });

  afterEach(async () => {
    await Promise.all(running.map((consumers) => consumers.stop()));
    await harness.stop();
  });

  const consume = async (consumers = [things, signals], sender: EventSender = harness.sender): Promise<Consumers> => {
    const made = createConsumers({
      client: harness.client,
      group: GROUP,
      consumers,
      projections,
      sender,
      logger: silentLogger(),
    });
    running.push(made);
    await made.start();
    return made;
  };

  const read = async (): Promise<DeadLetterBook> => (await desk.read([GROUP]))[0]!;
  const open = async (): Promise<readonly BookedLetter[]> =>
    (await read()).letters.filter(({ status }) => status === 'OPEN');
  const untilOpen = (count: number): Promise<readonly BookedLetter[]> =>
    eventually(async () => {
      const letters = await open();
      return letters.length === count ? letters : null;
    });
  const statuses = async (): Promise<readonly string[]> => (await read()).letters.map(({ status }) => status);

  /** Asks for the letters and waits until the group is through with them. */
  const redrive = async (letters: readonly BookedLetter[]): Promise<void> => {
    const request = await desk.redrive(GROUP, letters, BY);
    await eventually(async () => (await desk.remaining(request)) === 0);
  };

  it('has them dealt with by the same path; a newer state that came meanwhile wins', async () => {
    await consume();
    const broken = new Set(['overtaken', 'alone']);
    fault = (subject) => (broken.has(subject) ? bug() : null);
    await harness.sender.send([stateEvent('overtaken', 1), stateEvent('alone', 1)]);
    const letters = await untilOpen(2);
    broken.delete('overtaken');
    await harness.sender.send([stateEvent('overtaken', 2)]);
    await eventually(() => seen.includes('overtaken/2'));

    fault = () => null;
    await redrive(letters);

    expect(seen).toEqual(['overtaken/2', 'alone/1']);
    expect(await projections.sequenceOf('things', 'overtaken')).toBe(2);
    const { letters: after, journal } = await read();
    expect(after.map(({ status }) => status)).toEqual(['REDRIVEN', 'REDRIVEN']);
    expect(journal).toEqual([
      expect.objectContaining({ action: 'REDRIVEN', by: BY, letterId: letters[0]!.id, tenant: 'publisher-1' }),
      expect.objectContaining({ action: 'REDRIVEN', by: BY, letterId: letters[1]!.id, eventType: 'thing.made' }),
    ]);
  });

  it('lists what fails again once, no longer than its retention, until it is dealt with', async () => {
    await consume();
    await harness.sender.send([stateEvent('thing', 1)]);
    const [first] = await untilOpen(1);

    await redrive([first!]);
    const [again] = await untilOpen(1);
    expect(again).toMatchObject({ id: first!.id, attempts: 2, firstFailedAt: first!.firstFailedAt });
    expect((await read()).journal.map(({ action }) => action)).toEqual(['FAILED_AGAIN']);
    const copies = await deadLetters(harness.client, GROUP);
    expect(copies.map(({ timestampMs }) => timestampMs)).toEqual([
      first!.firstFailedAt.getTime(),
      first!.firstFailedAt.getTime(),
    ]);
    expect(copies[1]!.value).toBe(copies[0]!.value);

    fault = () => null;
    await redrive([again!]);
    expect(await statuses()).toEqual(['REDRIVEN']);
    expect(seen).toEqual(['thing/1']);
  });

  it('keeps the order in which the letters of a key first failed, also when one of them failed again', async () => {
    await consume();
    await harness.sender.send(['a', 'b', 'c'].map((code) => signalEvent('suite', code)));
    const letters = await untilOpen(3);
    await redrive([letters[0]!]);
    expect((await untilOpen(3)).map(({ attempts }) => attempts)).toEqual([2, 1, 1]);

    fault = () => null;
    await redrive([...(await open())].reverse());

    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('lets a request wait for a dependency that is away, and shows it', async () => {
    await consume();
    await harness.sender.send([stateEvent('thing', 1)]);
    const letters = await untilOpen(1);

    fault = away;
    const request = await desk.redrive(GROUP, letters, BY);
    await eventually(() => running[0]!.faults().some(({ topic }) => topic === redriveTopic(GROUP)));
    expect(await statuses()).toEqual(['WAITING']);
    expect(await desk.remaining(request)).toBe(1);
    fault = () => null;
    await eventually(async () => (await desk.remaining(request)) === 0);

    expect(seen).toEqual(['thing/1']);
    expect(await statuses()).toEqual(['REDRIVEN']);
  });

  it('takes a request while the service is down; it is dealt with when it is there again', async () => {
    const consumers = await consume();
    await harness.sender.send([stateEvent('thing', 1)]);
    const letters = await untilOpen(1);
    await consumers.stop();

    const request = await desk.redrive(GROUP, letters, BY);
    expect(request).toMatchObject({ asked: 1 });
    expect(await statuses()).toEqual(['WAITING']);
    fault = () => null;
    await consume();

    await eventually(async () => (await desk.remaining(request)) === 0);
    expect(seen).toEqual(['thing/1']);
  });

  it('is asked for the rest after a crash in the middle of a request', async () => {
    await consume();
    const all = Array.from({ length: 250 }, (_, index) => `code-${index}`);
    await harness.sender.send(all.map((code) => signalEvent('suite', code)));
    await eventually(async () => (await running[0]!.lag()) === 0, { timeoutMs: MANY_MS });
    const letters = await untilOpen(250);
    await running[0]!.stop();
    let sent = 0;
    const dying = createDeadLetterDesk(harness.client, {
      send: async (messages) => {
        sent += 1;
        if (sent > 1) {
          throw new Error('the process is gone');
        }
        await harness.sender.send(messages);
      },
    });

    await expect(dying.redrive(GROUP, letters, BY)).rejects.toThrow('the process is gone');
    const rest = await open();
    expect(rest.map(({ id }) => id)).toEqual(letters.slice(200).map(({ id }) => id));
    fault = () => null;
    const request = await desk.redrive(GROUP, rest, BY);
    await consume();
    await eventually(async () => (await desk.remaining(request)) === 0, { timeoutMs: MANY_MS });

    expect(seen).toEqual(all);
    expect(new Set(await statuses())).toEqual(new Set(['REDRIVEN']));
  }, MANY_TEST_MS);

  it('answers for each letter although the journal was away, and bears letters that were asked for twice', async () => {
    let refusals = 2;
    await consume([things, signals], {
      send: async (messages) => {
        if (messages.some(({ topic }) => topic === journalTopic(GROUP)) && refusals > 0) {
          refusals -= 1;
          throw away();
        }
        await harness.sender.send(messages);
      },
    });
    await harness.sender.send([stateEvent('thing', 1)]);
    const letters = await untilOpen(1);
    fault = () => null;

    await Promise.all([redrive(letters), redrive(letters)]);

    expect(refusals).toBe(0);
    expect(seen).toEqual(['thing/1']);
    expect(await statuses()).toEqual(['REDRIVEN']);
    expect((await read()).journal.map(({ action }) => action)).toEqual(['REDRIVEN', 'REDRIVEN']);
  });

  it('puts back a letter whose consumer is gone', async () => {
    const before = await consume();
    await harness.sender.send([stateEvent('thing', 1)]);
    const letters = await untilOpen(1);
    await before.stop();
    await consume([signals]);

    await redrive(letters);

    expect(await untilOpen(1)).toEqual([
      expect.objectContaining({ id: letters[0]!.id, reason: 'NO_CONSUMER', consumer: 'things', attempts: 2 }),
    ]);
  });

  it('keeps the content of a letter in one place only: what was dealt with is taken out of the requests', async () => {
    const consumers = await consume();
    await harness.sender.send([stateEvent('thing', 1)]);
    const letters = await untilOpen(1);
    fault = () => null;

    await redrive(letters);

    const topic = harness.client.topicName(redriveTopic(GROUP));
    await eventually(async () => {
      const [offsets] = await harness.client.withAdmin((admin) => admin.fetchTopicOffsets(topic));
      return offsets?.low === '1' && offsets.high === '1';
    });
    await eventually(async () => (await consumers.lag()) === 0);
    expect(await statuses()).toEqual(['REDRIVEN']);
  });

  it('discards with a reason that stays in the journal, and shows the letter again when it fails again', async () => {
    const consumers = await consume();
    await harness.sender.send([stateEvent('thing', 1), stateEvent('other', 1)]);
    const letters = await untilOpen(2);
    const one = letters.find(({ key }) => key === 'thing')!;

    await desk.discard(GROUP, [one], { by: BY, reason: '测试数据，无需处理' });

    const book = await read();
    expect(book.letters.find(({ id }) => id === one.id)).toMatchObject({ status: 'DISCARDED' });
    expect(await open()).toHaveLength(1);
    expect(book.journal).toEqual([
      expect.objectContaining({ letterId: one.id, action: 'DISCARDED', by: BY, reason: '测试数据，无需处理' }),
    ]);
    await redrive([one]);
    expect(await untilOpen(2)).toEqual(expect.arrayContaining([expect.objectContaining({ id: one.id, attempts: 2 })]));
    await eventually(async () => (await consumers.lag()) === 0);
  });

  it('says of a group that never ran here that it has no book', async () => {
    expect(await desk.read(['never', GROUP])).toEqual([null, { group: GROUP, letters: [], journal: [] }]);
  });

  it('does not wait for records that are deleted while it reads', async () => {
    await harness.sender.send([stateEvent('thing', 1), stateEvent('thing', 2)]);
    const topic = harness.client.topicName(thingTopic.topic);
    const deleteAll = (): Promise<void> =>
      harness.client.withAdmin(async (admin) => {
        const offsets = await admin.fetchTopicOffsets(topic);
        // A state topic is compacted: the broker deletes records of others only.
        await admin.alterConfigs({
          validateOnly: false,
          resources: [{ type: 2, name: topic, configEntries: [{ name: 'cleanup.policy', value: 'delete' }] }],
        });
        await eventually(async () => {
          await admin.deleteTopicRecords({
            topic,
            partitions: offsets.map(({ partition, high }) => ({ partition, offset: high })),
          });
          return true;
        });
      });
    const slow = {
      ...harness.client,
      driver: (tuning: Parameters<typeof harness.client.driver>[0]) => {
        const kafka = harness.client.driver(tuning);
        const consumerOf = kafka.consumer.bind(kafka);
        kafka.consumer = (options) => {
          const consumer = consumerOf(options);
          return { ...consumer, connect: () => deleteAll().then(() => consumer.connect()) };
        };
        return kafka;
      },
    };
    const handedOut: string[] = [];

    await readTopics(slow, [thingTopic.topic], ({ offset }) => void handedOut.push(offset));

    expect(handedOut).toEqual([]);
  });
});
