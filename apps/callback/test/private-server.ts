import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

/** A broker of one spec file, which it may freeze. */
export interface PrivateKafka {
  readonly brokers: string;
  /** Connections stay open and nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
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

interface LauncherAnswer {
  readonly url?: string;
  readonly failed?: string;
  readonly message?: string;
}

export const startPrivateKafka = async (): Promise<PrivateKafka> => {
  const launcher = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: launcher.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<LauncherAnswer> => {
    const { value, done } = await answers.next();
    if (done === true) {
      throw new Error('the launcher of the private Kafka has ended');
    }
    return JSON.parse(value) as LauncherAnswer;
  };
  const command = async (name: 'pause' | 'resume' | 'stop'): Promise<void> => {
    launcher.stdin.write(`${name}\n`);
    const answer = await next();
    if (answer.failed !== undefined) {
      throw new Error(`${name} failed: ${answer.message}`);
    }
  };
  const { url } = await next();
  return {
    brokers: url!,
    pause: () => command('pause'),
    resume: () => command('resume'),
    stop: async () => {
      const ended = once(launcher, 'exit');
      await command('stop');
      await ended;
    },
  };
};

/** A way to MongoDB that can fall silent: connections stay open and nothing comes through. */
export const createMongoProxy = async (mongoUrl: string) => {
  const target = new URL(mongoUrl);
  const sockets = new Set<Socket>();
  let silent = false;
  const server = createServer((near) => {
    const far = createConnection(Number(target.port), target.hostname);
    for (const [from, to] of [[near, far], [far, near]] as const) {
      sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        if (!silent) {
          to.write(chunk);
        }
      });
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('error', () => to.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `mongodb://127.0.0.1:${port}/?directConnection=true`,
    silence: () => {
      silent = true;
    },
    /** What was swallowed stays lost; clients connect anew. */
    restore: () => {
      silent = false;
      sockets.forEach((socket) => socket.destroy());
    },
    stop: async () => {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
};
