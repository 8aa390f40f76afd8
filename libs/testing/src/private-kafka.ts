import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

/** A broker of one spec file, which it may freeze, kill and start again. */
export interface PrivateKafka {
  readonly brokers: readonly string[];
  /** Freezes it: connections stay open and nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** On the same port, with the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const localServers = pathToFileURL(resolve(__dirname, '../../../tools/local-servers/index.mjs')).href;

// The launcher is an ES module and jest runs CommonJS, so it lives in a process of its own: one command per line.
const script = `
  import { createInterface } from 'node:readline';
  import { startServer } from ${JSON.stringify(localServers)};
  const server = await startServer('kafka');
  console.log(JSON.stringify({ url: server.url }));
  for await (const command of createInterface({ input: process.stdin })) {
    try {
      await server[command]();
      console.log(JSON.stringify({ done: command }));
    } catch (error) {
      console.log(JSON.stringify({ failed: command, message: String(error) }));
    }
    if (command === 'stop') break;
  }
  process.exit(0);
`;

type Answer = { readonly url?: string; readonly failed?: string; readonly message?: string };

export const startPrivateKafka = async (): Promise<PrivateKafka> => {
  const launcher = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: launcher.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Answer> => {
    const { value, done } = await answers.next();
    if (done === true) {
      throw new Error('the launcher of the private Kafka has ended');
    }
    return JSON.parse(value) as Answer;
  };
  const command = async (name: 'pause' | 'resume' | 'kill' | 'restart' | 'stop'): Promise<void> => {
    launcher.stdin.write(`${name}\n`);
    const answer = await next();
    if (answer.failed !== undefined) {
      throw new Error(`${name} failed: ${answer.message}`);
    }
  };
  const { url } = await next();
  return {
    brokers: [url!],
    pause: () => command('pause'),
    resume: () => command('resume'),
    kill: () => command('kill'),
    restart: () => command('restart'),
    stop: async () => {
      const ended = once(launcher, 'exit');
      await command('stop');
      await ended;
    },
  };
};
