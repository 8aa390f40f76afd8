import type { OutgoingMessage } from '@daikaifa/contracts';
import { startTelemetry } from '@daikaifa/observability';
import { silentLogger } from '@daikaifa/testing';
import { toRedriveMessage, type DeadLetter, type ReceivedRecord } from './dead-letters';
import type { KafkaClient } from './kafka-client';
import { createRedrive } from './redrive';

const letter: DeadLetter = {
  record: { topic: 'daikaifa.unit.thing.v1', partition: 0, offset: '7', key: 'thing-1', value: Buffer.from('{}'), headers: {} },
  consumer: 'gone',
  reason: 'HANDLER_FAILED',
  error: 'TypeError: a bug',
  appError: null,
  firstFailedAt: new Date('2026-03-02T09:00:00.000Z'),
  failedAt: new Date('2026-03-02T09:00:00.000Z'),
  attempts: 1,
};

const asked = (): ReceivedRecord => {
  const { topic, key, value, headers } = toRedriveMessage('unit', letter, { id: 'ask-1', by: 'li', at: new Date() });
  return { topic, partition: 0, offset: '0', key, value: Buffer.from(value), headers: headers ?? {} };
};

const setUp = () => {
  const sent: OutgoingMessage[] = [];
  const putBack: DeadLetter[] = [];
  const redrive = createRedrive({
    client: {} as KafkaClient,
    group: 'unit',
    consumers: [],
    runner: { deal: async () => 'handled', putBack: async (one) => void putBack.push(one) },
    sender: { send: async (messages) => void sent.push(...messages) },
    logger: silentLogger(),
  });
  return { redrive, sent, putBack };
};

describe('a re-drive', () => {
  it('is answered in the journal and counted', async () => {
    const telemetry = startTelemetry({ service: 'unit' });
    const { redrive, sent, putBack } = setUp();

    await redrive.deal(asked());

    expect(putBack).toEqual([letter]);
    expect(sent.map(({ topic, value }) => [topic, JSON.parse(value)])).toEqual([
      ['unit.dlq-journal', expect.objectContaining({ action: 'FAILED_AGAIN', askId: 'ask-1', by: 'li', settlesUntil: null })],
    ]);
    const labels = 'group="unit",consumer="gone",outcome="failed-again"';
    expect(await telemetry.metricsText()).toMatch(new RegExp(`messaging_redrives_total\\{${labels}.*\\} 1`));
    await telemetry.stop();
  });

  it('leaves out a record that nobody asked for', async () => {
    const { redrive, sent, putBack } = setUp();

    await redrive.deal({ ...asked(), headers: {} });

    expect([...sent, ...putBack]).toEqual([]);
  });
});
