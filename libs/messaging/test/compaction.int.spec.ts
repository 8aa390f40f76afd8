import { eventually, silentLogger } from '@daikaifa/testing';
import { createConsumers, createMemoryProjectionStore, defineConsumer } from '../src';
import { makeTopic, readTopic, startHarness, stateEvent } from './harness';
import { thingTopic } from './things';

const GROUP = 'newcomer';

/** As `ensureTopics` makes it, but for settings that let the broker compact within seconds. */
const QUICKLY_COMPACTED = {
  'cleanup.policy': 'compact',
  'min.compaction.lag.ms': '0',
  'max.compaction.lag.ms': '100',
  'min.cleanable.dirty.ratio': '0.01',
  'segment.ms': '100',
};

/** The broker compacts when it comes to it; what is waited for before and after has limits of its own. */
const COMPACTED_MS = 50_000;
const TEST_MS = COMPACTED_MS + 60_000;

describe('a new consumer of a topic whose history is long compacted', () => {
  it('has every current state, and follows on from there', async () => {
    const harness = await startHarness({ name: 'compaction', groups: [GROUP], topics: [] });
    await makeTopic(harness.client, thingTopic, QUICKLY_COMPACTED);
    const things = Array.from({ length: 10 }, (_, index) => `thing-${index}`);
    const lastSequence = 20;
    for (let sequence = 1; sequence <= lastSequence; sequence += 1) {
      await harness.sender.send(things.map((thing) => stateEvent(thing, sequence)));
    }
    // The broker compacts closed segments only; these records close the ones before them.
    let filler = 0;
    const compacted = await eventually(
      async () => {
        filler += 1;
        await harness.sender.send(Array.from({ length: 9 }, (_, index) => stateEvent(`filler-${index}`, filler)));
        const records = await readTopic(harness.client, thingTopic.topic);
        const history = records.filter(({ key }) => key.startsWith('thing-'));
        return history.length === things.length ? history : null;
      },
      { timeoutMs: COMPACTED_MS, everyMs: 1_000 },
    );
    expect(compacted.map(({ key }) => key).sort()).toEqual([...things].sort());

    const seen: string[] = [];
    const projections = createMemoryProjectionStore();
    const consumers = createConsumers({
      client: harness.client,
      group: GROUP,
      projections,
      sender: harness.sender,
      logger: silentLogger(),
      consumers: [
        defineConsumer(thingTopic, {
          name: 'things',
          project: (event) => event.data.status,
          effects: async ({ aggregateId, value }) => void seen.push(`${aggregateId}/${value}`),
        }),
      ],
    });
    await consumers.start();
    await eventually(async () => (await consumers.lag()) === 0);

    expect(seen.filter((line) => line.startsWith('thing-')).sort()).toEqual(
      things.map((thing) => `${thing}/status-${lastSequence}`).sort(),
    );
    await harness.sender.send([stateEvent('thing-3', lastSequence + 1)]);
    await eventually(async () => (await projections.sequenceOf('things', 'thing-3')) === lastSequence + 1);
    await consumers.stop();
    await harness.stop();
  }, TEST_MS);
});
