import { eventually, silentLogger } from '@daikaifa/testing';
import { createConsumers, createMemoryProjectionStore, defineConsumer, type Consumers } from '../src';
import { startHarness, stateEvent } from './harness';
import { thingTopic } from './things';

const GROUP = 'long';
/** As in a service: a machine that stalls for a third of a shorter one would end the session although heartbeats go on. */
const SESSION_MS = 10_000;
/** Without heartbeats the other one would have taken over before: it hears of the end within a third of a session. */
const EFFECT_MS = 2 * SESSION_MS;
const TEST_MS = 120_000;

describe('an event that takes longer than the session of its member', () => {
  it('is not given to another member meanwhile', async () => {
    const harness = await startHarness({ name: 'long-event', groups: [GROUP], sessionTimeoutMs: SESSION_MS });
    const projections = createMemoryProjectionStore();
    let began = 0;
    const startMember = async (): Promise<Consumers> => {
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
            effects: async () => {
              began += 1;
              const startedMs = Date.now();
              await eventually(() => Date.now() - startedMs > EFFECT_MS, { timeoutMs: EFFECT_MS * 2, everyMs: 200 });
            },
          }),
        ],
      });
      await consumers.start();
      return consumers;
    };
    const members = [await startMember(), await startMember()];

    try {
      await harness.sender.send([stateEvent('thing', 1)]);
      await eventually(async () => (await projections.sequenceOf('things', 'thing')) === 1, { timeoutMs: 45_000 });

      expect(began).toBe(1);
      await eventually(async () => (await members[0]!.lag()) === 0);
    } finally {
      await Promise.all(members.map((member) => member.stop()));
      await harness.stop();
    }
  }, TEST_MS);
});
