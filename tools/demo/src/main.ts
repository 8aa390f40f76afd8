import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { ROLES } from '@daikaifa/kernel';
import { createStack, DEFAULT_PORTS, type App, type Stack } from '@daikaifa/stack';
import { startLocalServers } from './local-servers';
import { registerExampleProvider } from './provider';
import { runScenario } from './scenario';
import { createTimeline, StepFailed, type Timeline } from './timeline';

const root = process.cwd();
const flags = new Set(process.argv.slice(2));
const isJson = flags.has('--json');
const isStaying = flags.has('--stay');
const timeline = createTimeline({ json: isJson, coloured: process.stdout.isTTY === true && !isJson });

const progress = (line: string): void => void process.stderr.write(`${line}\n`);

interface Running {
  readonly stack: Stack;
  stop(): Promise<void>;
}

const startAll = async (name: string): Promise<Running> => {
  const servers = await startLocalServers(root, { dataFolder: resolve(root, isStaying ? '.local/start' : '.local/demo'), print: progress });
  const folder = resolve(root, '.local', isStaying ? 'start' : 'demo', 'run', name);
  const stack = await createStack({
    root,
    servers: servers.urls,
    folder,
    name,
    fixedPorts: isStaying,
    // Its operations are those of the typed client, so the door can be as narrow as in production.
    env: isStaying ? {} : { gateway: { OPERATIONS_MODE: 'allow-list' } },
    keepSecrets: isStaying,
  });
  const stop = async (): Promise<void> => {
    await stack.stop();
    await servers.stop();
  };
  try {
    await stack.start((app, startMs) => progress(`✓ ${app} ready at ${stack.urls[app]} (${(startMs / 1000).toFixed(1)} s)`));
  } catch (error) {
    await stop();
    throw error;
  }
  return { stack, stop };
};

const untilSignal = (): Promise<void> =>
  new Promise((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });

const movedPorts = (stack: Stack): string[] =>
  (Object.keys(DEFAULT_PORTS) as App[])
    .filter((app) => new URL(stack.urls[app]).port !== String(DEFAULT_PORTS[app]))
    .map((app) => `port ${DEFAULT_PORTS[app]} was taken: ${app} listens on ${new URL(stack.urls[app]).port}`);

const describeStack = async (stack: Stack): Promise<void> => {
  movedPorts(stack).forEach((line) => process.stdout.write(`! ${line}\n`));
  process.stdout.write('\nAddresses · 地址\n');
  for (const [app, url] of Object.entries(stack.urls)) {
    process.stdout.write(`  ${app.padEnd(14)} ${url}${app === 'gateway' ? '/graphql' : ''}\n`);
  }
  const publisherId = await registerExampleProvider(stack);
  process.stdout.write(`\nDevelopment tokens for the publisher ${publisherId}, 12 hours · 开发令牌\n`);
  for (const role of ROLES) {
    process.stdout.write(`  ${role.padEnd(20)} ${await stack.token(role, [publisherId])}\n`);
  }
  process.stdout.write('\nCtrl-C stops everything.\n');
};

const stay = async (): Promise<void> => {
  const { stack, stop } = await startAll('dev');
  await describeStack(stack);
  await untilSignal();
  progress('stopping …');
  await stop();
};

const explain = (error: unknown): string => {
  const cause = error instanceof StepFailed ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
};

const demo = async (out: Timeline): Promise<void> => {
  const beganAtMs = Date.now();
  const running = await startAll(`demo-${randomBytes(4).toString('hex')}`);
  const logs = resolve(root, '.local/demo/run');
  let isStopped = false;
  const stopOnce = async (): Promise<void> => {
    if (!isStopped) {
      isStopped = true;
      await running.stop();
    }
  };
  const onSignal = (): void => void stopOnce().then(() => process.exit(130));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    await runScenario(running.stack, out);
    out.done(`done in ${((Date.now() - beganAtMs) / 1000).toFixed(1)} s: the corp scanned, the platform knew, the corp left · 全部步骤成立`);
  } catch (error) {
    process.stderr.write(`\n${error instanceof StepFailed ? error.message : 'the demo stopped'}\n  ${explain(error)}\n  logs: ${logs}\n`);
    process.exitCode = 1;
  } finally {
    await stopOnce();
  }
};

(isStaying ? stay() : demo(timeline)).catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});
