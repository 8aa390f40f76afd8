// One send per message against grouped sends, in the same run on the same broker. Run: see README.md.
import { defineStateTopic, type OutgoingMessage } from '@daikaifa/contracts';
import { createLogger } from '@daikaifa/observability';
import { Partitioners } from 'kafkajs';
import { z } from 'zod';
import { connectKafka, createSender, ensureTopics, type KafkaClient } from '../src';

const MESSAGES = 20_000;
const IN_FLIGHT = 64;
const ROUNDS = 3;

const topic = defineStateTopic({ producer: 'bench', aggregate: 'send', types: ['sent'], state: z.unknown() });

const message = (index: number): OutgoingMessage => ({
  topic: topic.topic,
  key: `key-${index % 500}`,
  value: JSON.stringify({ index, padding: 'x'.repeat(300) }),
});

interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** `IN_FLIGHT` callers, each sends its next message when its last one was acknowledged. */
const measure = async (send: (message: OutgoingMessage) => Promise<unknown>): Promise<Measured> => {
  const latencies: number[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < MESSAGES) {
      const index = next;
      next += 1;
      const startedMs = performance.now();
      await send(message(index));
      latencies.push(performance.now() - startedMs);
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
  const seconds = (performance.now() - startedMs) / 1000;
  latencies.sort((a, b) => a - b);
  return {
    perSecond: Math.round(MESSAGES / seconds),
    p50Ms: Number(latencies[Math.floor(MESSAGES * 0.5)]!.toFixed(1)),
    p99Ms: Number(latencies[Math.floor(MESSAGES * 0.99)]!.toFixed(1)),
  };
};

const single = async (client: KafkaClient): Promise<Measured> => {
  const producer = client.driver({ requestTimeoutMs: 10_000, retries: 3 }).producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const result = await measure(({ key, value }) =>
    producer.send({ topic: client.topicName(topic.topic), acks: -1, messages: [{ key, value }] }),
  );
  await producer.disconnect();
  return result;
};

const grouped = async (client: KafkaClient): Promise<Measured> => {
  const sender = createSender(client);
  await sender.start();
  const result = await measure((each) => sender.send([each]));
  await sender.stop();
  return result;
};

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const main = async (): Promise<void> => {
  const client = connectKafka({
    brokers: (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(','),
    clientId: 'bench',
    topicPrefix: `bench-${Date.now()}.`,
    replicationFactor: 1,
    logger: createLogger({ service: 'bench', level: 'warn' }),
    environment: 'development',
  });
  await ensureTopics(client, [topic], []);
  for (let round = 1; round <= ROUNDS; round += 1) {
    say({ round, send: 'one per message', ...(await single(client)) });
    say({ round, send: 'grouped', ...(await grouped(client)) });
  }
};

void main();
