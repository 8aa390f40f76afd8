import { AppError, text } from '@daikaifa/kernel';
import { currentCorrelationId } from '@daikaifa/observability';
import { eventually, silentLogger, uniqueName } from '@daikaifa/testing';
import {
  createConsumers,
  createMemoryProjectionStore,
  defineConsumer,
  defineSignalConsumer,
  type AnyConsumer,
  type Consumers,
  type ConsumersOptions,
  type Projection,
  type ProjectionStore,
} from '../src';
import { deadLetters, signalEvent, startHarness, stateEvent, type Harness } from './harness';
import { otherTopic, signalTopic, thingTopic } from './things';

const away = (): AppError => new AppError('UNAVAILABLE', text('不可用', 'away'));

interface Thing {
  readonly status: string;
}

/** Records what the effects saw; `before` runs first and may throw. */
const recorder = (before: (projection: Projection<Thing>) => void | Promise<void> = () => undefined) => {
  const seen: string[] = [];
  const consumer = defineConsumer(thingTopic, {
    name: 'things',
    project: (event): Thing => ({ status: event.data.status }),
    effects: async (projection) => {
      await before(projection);
      seen.push(`${projection.aggregateId}/${projection.sequence}/${projection.value.status}`);
    },
  });
  return { seen, consumer };
};

describe('consumers', () => {
  const group = 'group';
  let harness: Harness;
  let projections: ProjectionStore;
  let running: Consumers[];

  // Topics of its own for each test: every new group reads its topics from the beginning.
  beforeEach(async () => {
    harness = await startHarness({ name: 'consumers', groups: [group] });
    projections = createMemoryProjectionStore();
    running = [];
  });

  afterEach(async () => {
    await Promise.all(running.map((consumers) => consumers.stop()));
    await harness.stop();
  });

  const consume = async (
    consumers: readonly AnyConsumer[],
    overrides: Partial<ConsumersOptions> = {},
  ): Promise<Consumers> => {
    const made = createConsumers({
      client: harness.client,
      group,
      consumers,
      projections,
      sender: harness.sender,
      logger: silentLogger(),
      ...overrides,
    });
    running.push(made);
    await made.start();
    return made;
  };

  const id = uniqueName.bind(null, 'thing');
  const of = (seen: readonly string[], aggregateId: string): string[] =>
    seen.filter((line) => line.startsWith(`${aggregateId}/`)).map((line) => line.slice(aggregateId.length + 1));

  it('runs the effects, stores the projection and commits the offset', async () => {
    const thing = id();
    const correlations: (string | undefined)[] = [];
    const { seen, consumer } = recorder((projection) => {
      if (projection.aggregateId === thing) {
        correlations.push(currentCorrelationId());
      }
    });
    await harness.sender.send([stateEvent(thing, 1)]);

    const consumers = await consume([consumer]);
    await harness.sender.send([stateEvent(thing, 2)]);
    await eventually(async () => (await projections.sequenceOf('things', thing)) === 2);

    expect(of(seen, thing)).toEqual(['1/status-1', '2/status-2']);
    expect(await projections.load('things', thing)).toEqual({
      aggregateId: thing,
      tenant: 'publisher-1',
      sequence: 2,
      type: 'thing.changed',
      correlationId: `correlation-${thing}-2`,
      value: { status: 'status-2' },
    });
    expect(correlations).toEqual([`correlation-${thing}-1`, `correlation-${thing}-2`]);
    await eventually(async () => (await consumers.lag()) === 0);
    expect(await deadLetters(harness.client, group)).toEqual([]);
  });

  it('skips a duplicate and an older event that comes after a newer one', async () => {
    const thing = id();
    const end = id();
    const { seen, consumer } = recorder();
    await consume([consumer], { concurrency: 1 });

    await harness.sender.send([stateEvent(thing, 3), stateEvent(thing, 3), stateEvent(thing, 2), stateEvent(thing, 4)]);
    await harness.sender.send([stateEvent(end, 1)]);
    await eventually(() => of(seen, end).length === 1 && of(seen, thing).length >= 2);

    expect(of(seen, thing)).toEqual(['3/status-3', '4/status-4']);
  });

  it('takes an event of an unknown type for what it is: state', async () => {
    const thing = id();
    const { seen, consumer } = recorder();
    await consume([consumer]);

    await harness.sender.send([stateEvent(thing, 1, { type: 'thing.of-a-later-version', addedLater: true })]);

    await eventually(() => of(seen, thing).length === 1);
  });

  it('puts what can never be dealt with among the dead letters, with the reason, and goes on', async () => {
    const [unparseable, broken, bug, good] = [id(), id(), id(), id()];
    const { seen, consumer } = recorder((projection) => {
      if (projection.aggregateId === bug) {
        throw new TypeError('cannot read properties of undefined');
      }
    });
    const consumers = await consume([consumer]);

    await harness.sender.send([
      { topic: thingTopic.topic, key: unparseable, value: 'not json', headers: { 'x-own': 'kept' } },
      stateEvent(broken, 1, { data: { id: broken, status: 7 } }),
      stateEvent(bug, 1),
      ...[1, 2, 3].map((sequence) => stateEvent(good, sequence)),
    ]);
    await eventually(() => of(seen, good).length === 3);
    await eventually(async () => (await consumers.lag()) === 0);

    const letters = await deadLetters(harness.client, group);
    const of3 = [unparseable, broken, bug].map((key) => letters.find((letter) => letter.key === key)!);
    const reasons = of3.map(({ headers }) => headers['dlq-reason']);
    expect(reasons).toEqual(['UNPARSEABLE', 'CONTRACT_BROKEN', 'HANDLER_FAILED']);
    expect(of3[0]).toMatchObject({
      value: 'not json',
      headers: { 'x-own': 'kept', 'dlq-topic': thingTopic.topic, 'dlq-consumer': 'things', 'dlq-attempts': '1' },
    });
    expect(of3[1]!.headers['dlq-error']).toContain('status: invalid_type');
    expect(of3[2]!.headers['dlq-error']).toBe('TypeError: cannot read properties of undefined');
  });

  it('waits for a dependency that is away: order kept, nothing dead, the other partitions go on', async () => {
    const thing = id();
    let isAway = true;
    let tries = 0;
    const { seen, consumer } = recorder(({ aggregateId }) => {
      if (aggregateId === thing && isAway) {
        tries += 1;
        throw away();
      }
    });
    // So many that the partitions that go on have more than enough of them.
    const others = Array.from({ length: 60 }, id);
    const consumers = await consume([consumer]);
    await harness.sender.send([1, 2, 3].map((sequence) => stateEvent(thing, sequence)));
    await eventually(() => consumers.faults().length === 1);

    await harness.sender.send(others.map((other) => stateEvent(other, 1)));
    await eventually(() => others.filter((other) => of(seen, other).length === 1).length >= 4);
    await eventually(() => tries >= 3);
    expect(of(seen, thing)).toEqual([]);
    expect(consumers.faults()).toEqual([
      expect.objectContaining({ topic: thingTopic.topic, error: expect.stringContaining('away') }),
    ]);
    isAway = false;
    await eventually(() => of(seen, thing).length === 3);

    expect(of(seen, thing)).toEqual(['1/status-1', '2/status-2', '3/status-3']);
    await eventually(() => others.every((other) => of(seen, other).length === 1));
    await eventually(() => consumers.faults().length === 0);
    expect(await deadLetters(harness.client, group)).toEqual([]);
  });

  it('repeats the effects when the projection could not be stored, and stores it then', async () => {
    const thing = id();
    let failuresLeft = 2;
    const failing: ProjectionStore = {
      ...projections,
      save: async (name, projection) => {
        if (projection.aggregateId === thing && failuresLeft > 0) {
          failuresLeft -= 1;
          throw away();
        }
        return projections.save(name, projection);
      },
    };
    const { seen, consumer } = recorder();
    await consume([consumer], { projections: failing });

    await harness.sender.send([stateEvent(thing, 1)]);
    await eventually(async () => (await projections.sequenceOf('things', thing)) === 1);

    expect(of(seen, thing)).toEqual(['1/status-1', '1/status-1', '1/status-1']);
    expect(await deadLetters(harness.client, group)).toEqual([]);
  });

  it('waits with an event whose dead letter the broker does not take', async () => {
    const thing = id();
    let refusals = 2;
    const { consumer } = recorder(({ aggregateId }) => {
      if (aggregateId === thing) {
        throw new TypeError('a bug');
      }
    });
    const sender = {
      send: async (messages: Parameters<Harness['sender']['send']>[0]) => {
        if (refusals > 0) {
          refusals -= 1;
          throw new Error('whatever the sender says');
        }
        await harness.sender.send(messages);
      },
    };
    const consumers = await consume([consumer], { sender });

    await harness.sender.send([stateEvent(thing, 1)]);
    await eventually(async () => (await deadLetters(harness.client, group)).length === 1);

    expect(refusals).toBe(0);
    await eventually(async () => (await consumers.lag()) === 0);
  });

  it('gives the newest state the last word when an older one was worked on at the same time', async () => {
    const thing = id();
    const { seen, consumer } = recorder(async ({ aggregateId, sequence }) => {
      if (aggregateId === thing && sequence === 1) {
        await projections.save('things', {
          aggregateId: thing,
          tenant: 'publisher-1',
          sequence: 2,
          type: 'thing.changed',
          correlationId: 'elsewhere',
          value: { status: 'stored-elsewhere' },
        });
      }
    });
    await consume([consumer]);

    await harness.sender.send([stateEvent(thing, 1)]);

    await eventually(() => of(seen, thing).length === 2);
    expect(of(seen, thing)).toEqual(['1/status-1', '2/stored-elsewhere']);
  });

  it('gives every consumer of a topic its own projection, and signals to their handler', async () => {
    const thing = id();
    const { seen, consumer } = recorder();
    const second: string[] = [];
    const codes: string[] = [];
    await consume([
      consumer,
      defineConsumer(thingTopic, {
        name: 'things-again',
        project: (event) => event.data.status,
        effects: async ({ aggregateId, value }) => void second.push(`${aggregateId}/${value}`),
      }),
      defineConsumer(otherTopic, { name: 'others', project: () => null, effects: async () => undefined }),
      defineSignalConsumer(signalTopic, { name: 'signals', handle: async ({ data }) => void codes.push(data.code) }),
    ]);

    await harness.sender.send([stateEvent(thing, 1), signalEvent('suite', 'a'), signalEvent('suite', 'b')]);

    await eventually(() => of(seen, thing).length === 1 && second.includes(`${thing}/status-1`) && codes.length >= 2);
    expect(codes).toEqual(['a', 'b']);
    await eventually(async () => (await projections.sequenceOf('things-again', thing)) === 1);
  });

  it('refuses two consumers of one name', () => {
    const { consumer } = recorder();
    expect(() =>
      createConsumers({
        client: harness.client,
        group,
        consumers: [consumer, consumer],
        projections,
        sender: harness.sender,
        logger: silentLogger(),
      }),
    ).toThrow(/same name: things/);
  });

  it('says that a topic is missing instead of waiting for it', async () => {
    const { consumer } = recorder();
    const nowhere = { ...consumer, topic: { ...thingTopic, topic: 'never.made.v1' } };
    await expect(consume([nowhere])).rejects.toThrow(/does not host this topic-partition/);
  });

  it('repeats the decisions over every stored projection', async () => {
    const things = [id(), id(), id()];
    const { seen, consumer } = recorder(({ aggregateId }) => {
      if (aggregateId === things[1] && of(seen, things[1]!).length === 1) {
        throw new TypeError('a bug that came later');
      }
    });
    const consumers = createConsumers({
      client: harness.client,
      group,
      consumers: [consumer],
      projections,
      sender: harness.sender,
      logger: silentLogger(),
    });
    for (const aggregateId of things) {
      await projections.save('things', {
        aggregateId,
        tenant: 't',
        sequence: 4,
        type: 'thing.changed',
        correlationId: 'c',
        value: { status: 'kept' },
      });
    }

    expect(await consumers.repeatDecisions()).toBe(3);
    expect(await consumers.repeatDecisions()).toBe(2);

    expect(things.map((thing) => of(seen, thing))).toEqual([['4/kept', '4/kept'], ['4/kept'], ['4/kept', '4/kept']]);
  });

  it('repeats no decision over what has become old since the projections were listed', async () => {
    const pair = [id(), id()];
    const kept = { tenant: 't', type: 'thing.changed', correlationId: 'c' };
    const { seen, consumer } = recorder(async ({ aggregateId }) => {
      const other = pair.find((one) => one !== aggregateId)!;
      if (of(seen, other).length === 0) {
        await projections.save('things', { ...kept, aggregateId: other, sequence: 5, value: { status: 'newer' } });
      }
    });
    const consumers = createConsumers({
      ...{ client: harness.client, group, consumers: [consumer], projections },
      ...{ sender: harness.sender, logger: silentLogger() },
    });
    for (const aggregateId of pair) {
      await projections.save('things', { ...kept, aggregateId, sequence: 4, value: { status: 'kept' } });
    }

    await consumers.repeatDecisions();

    expect(pair.map((thing) => of(seen, thing)).sort()).toEqual([['4/kept'], ['5/newer']]);
  });

  it('finishes the event in hand when it stops, commits it, and leaves the rest to the next', async () => {
    const thing = id();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { seen, consumer } = recorder(({ aggregateId, sequence }) =>
      aggregateId === thing && sequence === 1 ? held : undefined,
    );
    let began = false;
    const watched = { ...consumer, project: (event: never) => ((began = true), consumer.project(event)) };
    const first = await consume([watched]);
    await harness.sender.send([stateEvent(thing, 1), stateEvent(thing, 2)]);
    await eventually(() => began);

    const stopping = first.stop();
    release();
    await stopping;
    expect(of(seen, thing)).toEqual(['1/status-1']);
    expect(await first.lag()).toBe(1);
    const second = await consume([consumer], { projections });
    await eventually(async () => (await second.lag()) === 0);

    expect(of(seen, thing)).toEqual(['1/status-1', '2/status-2']);
  });
});
