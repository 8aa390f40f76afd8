// What benchmarks say of a run: quantiles, and what a process has used, from the kernel's own account.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Kernels of all architectures that Node runs on report in hundredths of a second. */
const TICK_MS = 10;
const LISTENS = '0A';

/** The servers of this run, as tools/run.mjs gives them. */
export const benchServers = () => {
  const env = (name: string): string => {
    const value = process.env[name];
    if (value === undefined) {
      throw new Error(`${name} is not set: run the benchmark by npm run bench:<name>`);
    }
    return value;
  };
  return { MONGO_URL: env('MONGO_URL'), KAFKA_BROKERS: env('KAFKA_BROKERS'), REDIS_URL: env('REDIS_URL') };
};

interface Stoppable {
  start(): Promise<unknown>;
  stop(): Promise<unknown>;
}

/** Runs work on a stack of its own, which ends with it, also when somebody interrupts it. */
export const onStack = async (stack: Stoppable, work: () => Promise<void>): Promise<void> => {
  const interrupted = new Promise<never>((_, reject) => {
    (['SIGINT', 'SIGTERM'] as const).forEach((signal) => process.once(signal, () => reject(new Error(`ended by ${signal}`))));
  });
  try {
    await stack.start();
    await Promise.race([work(), interrupted]);
  } finally {
    await stack.stop();
  }
};

export const print = (line: string): void => void process.stdout.write(`${line}\n`);

export const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
};

export const residentMb = (pid: number): number => {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((one) => one.startsWith('VmRSS:'));
  return Math.round(Number(/\d+/.exec(line ?? '')?.[0] ?? 0) / 1024);
};

/** User and system time since the process began. */
export const cpuMs = (pid: number): number => {
  // The name of the program stands in brackets and may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
};

const socketOf = (port: number): string | undefined => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, , state]) => local?.endsWith(`:${hex}`) === true && state === LISTENS)?.[9];
};

const hasOpen = (pid: string, target: string): boolean => {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === target);
  } catch {
    // Ended meanwhile, or of another user.
    return false;
  }
};

/** The process that listens on a port of this machine; undefined for one of another machine or user. */
export const pidOfPort = (port: number): number | undefined => {
  const socket = socketOf(port);
  const pid = readdirSync('/proc').find((one) => /^\d+$/.test(one) && hasOpen(one, `socket:[${socket}]`));
  return socket === undefined || pid === undefined ? undefined : Number(pid);
};
