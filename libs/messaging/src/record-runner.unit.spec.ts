import { defineStateTopic, type OutgoingMessage } from '@daikaifa/contracts';
import { AppError, text } from '@daikaifa/kernel';
import { currentTraceparent, startTelemetry } from '@daikaifa/observability';
import { silentLogger } from '@daikaifa/testing';
import { z } from 'zod';
import { defineConsumer, defineFeedConsumer } from './consumer-definition';
import { fromRecord, toMessage, type ReceivedRecord } from './dead-letters';
import { isDependencyFault } from './dependency-fault';
import { observePausedPartitions } from './metrics';
import { backOffMs, createPartitionPauses } from './partition-pauses';
import { createMemoryProjectionStore } from './projection-store';
import { createRecordRunner } from './record-runner';

const topic = defineStateTopic({
  producer: 'unit',
  aggregate: 'thing',
  types: ['thing.made'],
  state: z.object({ status: z.string() }),
});
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

const record = (value: Buffer | string | null): ReceivedRecord => ({
  topic: topic.topic,
  partition: 2,
  offset: '41',
  key: 'thing-1',
  value: typeof value === 'string' ? Buffer.from(value) : value,
  headers: { 'x-own': 'kept' },
});

const event = (sequence: number): string =>
  JSON.stringify({
    specversion: '1.0',
    id: `event-${sequence}`,
    type: 'thing.made',
    source: 'daikaifa/unit',
    subject: 'thing-1',
    time: '2026-03-02T09:00:00.000Z',
    datacontenttype: 'application/json',
    tenant: 'publisher-1',
    correlationid: 'correlation-1',
    traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01`,
    sequence,
    data: { status: 'ACTIVE' },
  });

const setUp = (effects: () => Promise<void>) => {
  const buried: OutgoingMessage[] = [];
  const runner = createRecordRunner({
    group: 'unit',
    projections: createMemoryProjectionStore(),
    sender: { send: async (messages) => void buried.push(...messages) },
    logger: silentLogger(),
    isDependencyFault,
  });
  const consumer = defineConsumer(topic, { name: 'things', project: ({ data }) => data.status, effects });
  return { runner, consumer, buried };
};

describe('the record runner', () => {
  it('continues the trace of the event and counts what it did', async () => {
    const telemetry = startTelemetry({ service: 'unit' });
    const traces: (string | undefined)[] = [];
    const { runner, consumer } = setUp(async () => void traces.push(currentTraceparent()));
    const forget = observePausedPartitions(() => 3);

    await runner.deal(consumer, record(event(1)));
    await runner.deal(consumer, record(event(1)));
    await runner.deal(consumer, record('not json'));

    expect(traces).toEqual([expect.stringContaining(TRACE_ID)]);
    const metrics = await telemetry.metricsText();
    for (const outcome of ['handled', 'skipped', 'dead-lettered']) {
      const labels = `group="unit",consumer="things",outcome="${outcome}"`;
      expect(metrics).toMatch(new RegExp(`messaging_events_total\\{${labels}.*\\} 1`));
    }
    expect(metrics).toMatch(/messaging_paused_partitions(\{.*\})? 3/);
    forget();
    await telemetry.stop();
  });

  it('hands a feed every event with its type, also an older and a repeated one', async () => {
    const { runner } = setUp(async () => undefined);
    const seen: string[] = [];
    const feed = defineFeedConsumer(topic, {
      name: 'feed',
      handle: async ({ id, type, sequence, data }) => void seen.push(`${id} ${type} ${sequence} ${data.status}`),
    });

    for (const sequence of [2, 1, 1]) {
      expect(await runner.deal(feed, record(event(sequence)))).toBe('handled');
    }

    expect(seen).toEqual(['event-2 thing.made 2 ACTIVE', 'event-1 thing.made 1 ACTIVE', 'event-1 thing.made 1 ACTIVE']);
  });

  it('buries what breaks the contract of a feed', async () => {
    const { runner, buried } = setUp(async () => undefined);
    const feed = defineFeedConsumer(topic, { name: 'feed', handle: async () => undefined });
    expect(await runner.deal(feed, record(event(1).replace('ACTIVE"', 'ACTIVE","x":1').replace('"status"', '"state"')))).toBe(
      'dead-lettered',
    );
    expect(buried[0]!.headers).toMatchObject({ 'dlq-reason': 'CONTRACT_BROKEN' });
  });

  it('skips a tombstone of the broker', async () => {
    const { runner, consumer, buried } = setUp(async () => undefined);
    expect(await runner.deal(consumer, record(null))).toBe('skipped');
    expect(buried).toEqual([]);
  });

  it('buries nothing for a fault of a dependency', async () => {
    const { runner, consumer, buried } = setUp(async () => {
      throw new AppError('UNAVAILABLE', text('不可用', 'away'));
    });
    await expect(runner.deal(consumer, record(event(1)))).rejects.toMatchObject({ name: 'DependencyFault' });
    expect(buried).toEqual([]);
  });

  it('buries an error of ours with its code and both texts', async () => {
    const { runner, consumer, buried } = setUp(async () => {
      throw new AppError('INVALID_STATE', text('状态不允许', 'The state does not allow it'));
    });
    await runner.deal(consumer, record(event(1)));
    const letter = fromRecord({ ...record(buried[0]!.value), headers: buried[0]!.headers ?? {} });
    expect(letter.appError).toEqual({
      code: 'INVALID_STATE',
      text: { zh: '状态不允许', en: 'The state does not allow it' },
    });
    expect(letter.record).toEqual(record(event(1)));
  });

  it('puts back a letter of a consumer that is gone', async () => {
    const { runner, consumer, buried } = setUp(async () => {
      throw new TypeError('a bug');
    });
    await runner.deal(consumer, record(event(1)));
    const { key, value, headers } = buried[0]!;
    const letter = fromRecord({ ...record(value), key, headers: headers ?? {} });

    await runner.putBack({ ...letter, consumer: 'gone' });

    expect(buried[1]!.headers).toMatchObject({
      'dlq-reason': 'NO_CONSUMER',
      'dlq-consumer': 'gone',
      'dlq-attempts': '2',
      'dlq-first-failed-at': buried[0]!.headers!['dlq-first-failed-at'],
    });
  });
});

describe('a dead letter', () => {
  it.each([
    ['text', Buffer.from('{"名": "值"}')],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
  ])('gives back the record as it came: %s', (_, value) => {
    const letter = {
      record: record(value),
      consumer: 'things',
      reason: 'UNPARSEABLE',
      error: 'EventFault: the record is not JSON',
      appError: null,
      firstFailedAt: new Date('2026-03-02T09:00:00.000Z'),
      failedAt: new Date('2026-03-02T10:00:00.000Z'),
      attempts: 3,
    };

    const message = toMessage('unit', letter);

    expect(message).toMatchObject({ topic: 'unit.dlq', key: 'thing-1', timestampMs: letter.firstFailedAt.getTime() });
    expect(fromRecord({ ...record(message.value), headers: message.headers ?? {} })).toEqual(letter);
  });
});

describe('paused partitions', () => {
  it('back off up to five seconds', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 50].map(backOffMs)).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  });

  it('are counted, tried again after the back-off, and forgotten when the dependency is back', () => {
    jest.useFakeTimers();
    const pauses = createPartitionPauses();
    const resume = jest.fn();

    pauses.pause({ topic: 't', partition: 1, error: new Error('away'), resume });
    jest.advanceTimersByTime(100);
    pauses.pause({ topic: 't', partition: 1, error: new Error('still away'), resume });
    jest.advanceTimersByTime(199);
    expect(resume).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1);

    expect(resume).toHaveBeenCalledTimes(2);
    expect(pauses.list()).toEqual([expect.objectContaining({ attempts: 2, error: 'Error: still away' })]);
    expect(pauses.clear('t', 1)).toMatchObject({ attempts: 2 });
    expect(pauses.list()).toEqual([]);
    jest.useRealTimers();
  });
});
