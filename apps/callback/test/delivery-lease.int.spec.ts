import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { loadConfig } from '@daikaifa/config';
import { suiteTopic } from '@daikaifa/contracts';
import { createPublisher, ownEnvironment } from '@daikaifa/harness';
import { newId } from '@daikaifa/kernel';
import { eventually, testKeyRingSpec, uniqueName } from '@daikaifa/testing';
import { callbackSettings } from '../src/config';
import { createDestinationSteps, newOwner, openSink, quickLimits, status } from './destination-steps';
import { openDatabase, startApp, suiteState, transportKeyRingSpec } from './harness';

const root = resolve(__dirname, '../../..');
const bundle = resolve(root, 'dist/test/callback-worker/main.cjs');

const environment: Record<string, string> = {
  ...ownEnvironment('callback'),
  PUBLIC_CALLBACK_BASE_URL: 'http://127.0.0.1:9',
  CALLBACK_KEY_RING: testKeyRingSpec,
  TRANSPORT_KEY_RING: transportKeyRingSpec,
  GUARDED_CLIENT_ALLOWED_RANGES: '127.0.0.0/8',
  DELIVERY_TIMEOUT_SEC: '60',
};
const config = loadConfig(callbackSettings, environment);

beforeAll(() => {
  const built = spawnSync(
    process.execPath,
    ['tools/build/build-app.mjs', '--entry', 'apps/callback/src/main.ts', '--outfile', bundle],
    { cwd: root, encoding: 'utf8' },
  );
  if (built.status !== 0) {
    throw new Error(built.stderr);
  }
});

const startWorker = (): ChildProcess => fork(bundle, [], { env: { ...process.env, ...environment, ROLES: 'worker' }, stdio: 'ignore' });

it('what a process was sending when it was killed is sent again by another one, with the same id', async () => {
  const owner = newOwner();
  const sink = await openSink();
  const front = await startApp({ ...config, roles: ['api', 'consumer'] }, { deliveryLimits: quickLimits() });
  const others = await createPublisher(config);
  const steps = createDestinationSteps(front);
  const { id } = await steps.activate(owner, sink.url);
  sink.respondWith(() => undefined);
  const worker = startWorker();
  await others.state(suiteTopic, 1, suiteState(newId(), owner.id, uniqueName('dk')));
  await eventually(() => sink.events().length === 1, { timeoutMs: 60_000 });
  worker.kill('SIGKILL');
  await once(worker, 'exit');

  const database = await openDatabase(config);
  const lane = await database.connection.collection<{ _id: string; until: Date; fence: number }>('lanes').findOne({ _id: id });
  expect(lane!.until.getTime()).toBeGreaterThan(0);
  sink.respondWith(status(200));
  const heir = await startApp({ ...config, roles: ['worker'] }, { deliveryLimits: quickLimits() });
  // The lease of the dead one has to run out, and its job to be found.
  await eventually(async () => (await steps.find(owner.admin, id)).deliveryCounts.delivered === 1, { timeoutMs: 120_000 });
  const after = await database.connection.collection<{ _id: string; fence: number }>('lanes').findOne({ _id: id });

  expect(sink.events()).toHaveLength(2);
  expect(new Set(sink.events().map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(after!.fence).toBeGreaterThan(lane!.fence);
  await database.close();
  await heir.stop();
  await others.stop();
  await front.stop();
  await sink.close();
}, 150_000);
