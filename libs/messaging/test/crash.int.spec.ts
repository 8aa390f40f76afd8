import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually, testServers } from '@daikaifa/testing';
import { build } from 'esbuild';
import { createMemoryProjectionStore, type Projection } from '../src';
import { createThingConsumers, GROUP } from './crash/thing-consumers';
import { deadLetters, startHarness, stateEvent, type Harness } from './harness';

interface Line {
  readonly at: 'effect' | 'before-projection' | 'before-commit';
  readonly line?: string;
  readonly projection?: Projection<unknown>;
}

/** A process has to be loaded, to connect and to join before it can be killed: many times longer on a busy machine. */
const PROCESS_THERE_MS = 60_000;
const TEST_MS = 120_000;

const root = resolve(__dirname, '../../..');
const bundle = resolve(root, 'node_modules/.cache/daikaifa/messaging-crash', `${process.pid}.cjs`);

describe('a process that is killed in the middle of an event', () => {
  let harness: Harness;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    await build({
      entryPoints: [resolve(__dirname, 'crash/consuming-process.ts')],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      packages: 'external',
      tsconfig: resolve(root, 'tsconfig.base.json'),
      logLevel: 'error',
    });
  });

  afterAll(() => rmSync(bundle, { force: true }));

  beforeEach(async () => {
    harness = await startHarness({ name: 'crash', groups: [GROUP] });
  });

  afterEach(async () => {
    child?.kill('SIGKILL');
    await harness.stop();
  });

  /** Lets a process work until it hangs at the given point, and kills it there. */
  const killAt = async (point: 'before-projection' | 'before-commit'): Promise<Line[]> => {
    const started = spawn(process.execPath, [bundle], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        KAFKA_BROKERS: testServers().kafkaBrokers.join(','),
        TOPIC_PREFIX: harness.prefix,
        CRASH_AT: point,
      },
    });
    child = started;
    const lines: Line[] = [];
    createInterface(started.stdout).on('line', (line) => lines.push(JSON.parse(line) as Line));
    await eventually(() => lines.some(({ at }) => at === point), { timeoutMs: PROCESS_THERE_MS });
    started.kill('SIGKILL');
    await once(started, 'exit');
    return lines;
  };

  /** What a second process does with the same group; the first one's session has to run out before. */
  const takeOver = async (projections = createMemoryProjectionStore()) => {
    const effects: string[] = [];
    const consumers = createThingConsumers({
      client: harness.client,
      sender: harness.sender,
      projections,
      onEffect: (line) => effects.push(line),
    });
    await consumers.start();
    await eventually(async () => (await consumers.lag()) === 0, { timeoutMs: 45_000 });
    await consumers.stop();
    return { effects, projections };
  };

  it('after the effects, before the projection: the effects are repeated and the projection is stored', async () => {
    await harness.sender.send([stateEvent('thing', 1), stateEvent('thing', 2)]);

    const lines = await killAt('before-projection');
    const { effects, projections } = await takeOver();

    expect(lines.filter(({ at }) => at === 'effect').map(({ line }) => line)).toEqual(['thing/1/status-1']);
    expect(effects).toEqual(['thing/1/status-1', 'thing/2/status-2']);
    expect(await projections.sequenceOf('things', 'thing')).toBe(2);
    expect(await deadLetters(harness.client, GROUP)).toEqual([]);
  }, TEST_MS);

  it('after the projection, before the commit: the event comes again and is skipped', async () => {
    await harness.sender.send([stateEvent('thing', 1), stateEvent('thing', 2)]);

    const lines = await killAt('before-commit');
    const survived = createMemoryProjectionStore();
    await survived.save('things', lines.find(({ at }) => at === 'before-commit')!.projection!);
    const { effects } = await takeOver(survived);

    expect(lines.filter(({ at }) => at === 'effect').map(({ line }) => line)).toEqual(['thing/1/status-1']);
    expect(effects).toEqual(['thing/2/status-2']);
    expect(await survived.sequenceOf('things', 'thing')).toBe(2);
    expect(await deadLetters(harness.client, GROUP)).toEqual([]);
  }, TEST_MS);
});
