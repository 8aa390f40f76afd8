import { capturedLogger, eventually, silentLogger, testServers, uniqueName } from '@daikaifa/testing';
import { connectKafka, createSender } from '../src';
import { createPatientSender, readTopic, startHarness, stateEvent, type Harness } from './harness';
import { otherTopic, thingTopic } from './things';

/** Of the sender. */
const CHECK_EVERY_MS = 1_000;

describe('the sender', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await startHarness({ name: 'sender', groups: [] });
  });

  afterAll(() => harness.stop());

  it('keeps the order per key over many concurrent calls', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `thing-${index}`);
    const rounds = Array.from({ length: 50 }, (_, index) => index + 1);

    await Promise.all(
      rounds.flatMap((sequence) => keys.map((key) => harness.sender.send([stateEvent(key, sequence)]))),
    );

    const read = await readTopic(harness.client, thingTopic.topic);
    for (const key of keys) {
      const sequences = read
        .filter((record) => record.key === key)
        .sort((a, b) => a.offset - b.offset)
        .map(({ value }) => (JSON.parse(value) as { sequence: number }).sequence);
      // A send whose acknowledgement came late is repeated by the driver: at least once, each in its place.
      expect([...new Set(sequences)]).toEqual(rounds);
    }
    expect(harness.sender.healthy()).toBe(true);
  });

  it('rejects what goes to a topic that does not exist, and goes on afterwards', async () => {
    await expect(harness.sender.send([{ topic: 'nowhere.v1', key: 'a', value: '{}' }])).rejects.toMatchObject({
      name: expect.stringMatching(/^KafkaJS/),
    });

    await harness.sender.send([{ topic: otherTopic.topic, key: 'a', value: 'after' }]);

    expect(await readTopic(harness.client, otherTopic.topic)).toHaveLength(1);
    expect(harness.sender.healthy()).toBe(true);
  });

  it('starts without a broker, lets callers go in time and says that it is not healthy', async () => {
    const { logger, lines } = capturedLogger();
    const client = connectKafka({
      brokers: ['127.0.0.1:9'],
      clientId: 'nobody-there',
      topicPrefix: '',
      replicationFactor: 1,
      logger,
      environment: 'development',
    });
    // Shorter than the driver's first pause: what the caller learns comes from its own limit, not from the driver.
    const sender = createSender(client, { timeoutMs: 50 });
    await sender.start();

    await expect(sender.send([stateEvent('a', 1)])).rejects.toMatchObject({ code: 'UNAVAILABLE' });

    expect(sender.healthy()).toBe(false);
    expect(lines.filter(({ msg }) => msg === 'events cannot be sent to Kafka')).toHaveLength(1);
    await sender.stop();
  });

  it('looks no further whether the broker is back once it has taken a batch', async () => {
    const client = connectKafka({
      brokers: testServers().kafkaBrokers,
      clientId: uniqueName('back'),
      topicPrefix: harness.prefix,
      replicationFactor: 1,
      logger: silentLogger(),
      environment: 'development',
    });
    const looks = jest.spyOn(client, 'ping');
    // The check never comes due by itself: on a busy machine the next batch may take longer.
    const { setTimeout: arm } = globalThis;
    const armed = jest
      .spyOn(globalThis, 'setTimeout')
      .mockImplementation(((run: () => void, ms?: number) => arm(run, ms === CHECK_EVERY_MS ? 3_600_000 : ms)) as never);
    const cleared = jest.spyOn(globalThis, 'clearTimeout');
    const sender = createPatientSender(client);
    await sender.start();
    await expect(sender.send([{ topic: 'nowhere.v1', key: 'a', value: '{}' }])).rejects.toThrow();
    const check = armed.mock.results.findLast((_, index) => armed.mock.calls[index]![1] === CHECK_EVERY_MS)!;

    await sender.send([stateEvent('back', 1)]);

    expect(cleared).toHaveBeenCalledWith(check.value);
    expect(looks).not.toHaveBeenCalled();
    jest.restoreAllMocks();
    await sender.stop();
  });

  it('has no timers of its own in an idle process, and no negative ones', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.name);
    process.on('warning', onWarning);
    const client = connectKafka({
      brokers: testServers().kafkaBrokers,
      clientId: uniqueName('idle'),
      topicPrefix: harness.prefix,
      replicationFactor: 1,
      logger: silentLogger(),
      environment: 'development',
    });
    const sender = createPatientSender(client);
    await sender.start();
    await sender.send([stateEvent('idle', 1)]);
    const scheduled = jest.spyOn(globalThis, 'setTimeout');
    let ticks = 0;
    const clock = setInterval(() => (ticks += 1), 100);

    await eventually(() => ticks >= 10, { everyMs: 100 });

    clearInterval(clock);
    process.off('warning', onWarning);
    const timers = scheduled.mock.calls.length;
    scheduled.mockRestore();
    await sender.stop();
    expect(timers).toBeLessThan(5);
    expect(warnings).not.toContain('TimeoutNegativeWarning');
  });
});
