// Deliveries per second of one worker process to a local backend, against a bare client that posts the same bodies.
// npm run bench:delivery
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@daikaifa/testing';
import { createKeyRing } from '@daikaifa/security';
import { newId } from '@daikaifa/kernel';
import { Pool } from 'undici';
import { deliveryIdOf } from '../src/domain/delivery';
import { createDeliveryRepository } from '../src/persistence/delivery.repository';
import { createDestinationSteps, newOwner } from '../test/destination-steps';
import { openDatabase, ownConfig, startApp } from '../test/harness';

const DELIVERIES = 4_000;
const CONCURRENCY = 32;
const DAY_MS = 86_400_000;

const body = (id: string): string =>
  JSON.stringify({ specversion: '1.0', id, type: 'suite.recorded', source: 'bench', data: { text: 'x'.repeat(800) } });

const openSink = async () => {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      count += 1;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => count,
    close: () => server.close(),
  };
};

/** The same requests without anything around them, on kept connections or on a new one each, as the guard demands. */
const bare = async (url: string, pipelining: 0 | 1): Promise<number> => {
  const pool = new Pool(url, { connections: CONCURRENCY, pipelining });
  const beganAt = performance.now();
  let left = DELIVERIES;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const id = newId();
      const headers = { 'content-type': 'application/json', 'webhook-id': id };
      const answer = await pool.request({ path: '/', method: 'POST', headers, body: body(id) });
      await answer.body.dump();
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  const perSec = DELIVERIES / ((performance.now() - beganAt) / 1_000);
  await pool.close();
  return perSec;
};

const main = async (): Promise<void> => {
  const config = ownConfig();
  const sink = await openSink();
  const app = await startApp({ ...config, roles: ['api', 'worker'] });
  const steps = createDestinationSteps(app);
  const owner = newOwner();
  const { id: destinationId } = await steps.activate(owner, sink.url, { concurrency: CONCURRENCY, perSecond: 1_000 });
  await steps.change(owner, destinationId, 'disable');

  const database = await openDatabase(config);
  const deliveries = createDeliveryRepository(database.connection, {
    keyRing: createKeyRing(config.keyRing.reveal()),
    keepMs: DAY_MS,
  });
  const now = new Date();
  const subject = { templateId: null, corpAppId: null, corpKey: null, epoch: null };
  const made = Array.from({ length: DELIVERIES }, () => {
    const eventId = newId();
    return {
      id: deliveryIdOf(destinationId, eventId),
      publisherId: owner.id,
      destinationId,
      event: { id: eventId, type: 'suite.recorded', time: now },
      subject,
      body: body(eventId),
      payloadBytes: 900,
      expiresAt: new Date(now.getTime() + DAY_MS),
      dropWhenEnded: false,
    };
  });
  for (let from = 0; from < DELIVERIES; from += 500) {
    await deliveries.add(made.slice(from, from + 500), now);
  }

  const before = sink.count();
  const cpu = process.cpuUsage();
  const beganAt = performance.now();
  await steps.change(owner, destinationId, 'enable');
  await eventually(() => sink.count() - before >= DELIVERIES, { timeoutMs: 300_000, everyMs: 10 });
  const perSec = DELIVERIES / ((performance.now() - beganAt) / 1_000);
  const { user, system } = process.cpuUsage(cpu);
  await steps.findWhen(owner, destinationId, ({ deliveryCounts }) => deliveryCounts.delivered === DELIVERIES);

  const kept = await bare(sink.url, 1);
  const fresh = await bare(sink.url, 0);
  const result = {
    deliveries: DELIVERIES,
    concurrency: CONCURRENCY,
    perSec: Math.round(perSec),
    cpuMicrosPerDelivery: Math.round((user + system) / DELIVERIES),
    bareKeptConnectionPerSec: Math.round(kept),
    bareNewConnectionPerSec: Math.round(fresh),
    ratioToKept: Number((perSec / kept).toFixed(3)),
    ratioToNew: Number((perSec / fresh).toFixed(3)),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  await database.close();
  await app.stop();
  sink.close();
};

void main();
