// What the benches of the whole stack measure with.
import { readFileSync } from 'node:fs';

/** A setting that tools/run.mjs gives to a benchmark. */
export const settingOf = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set: run the benchmark by npm run bench:<name>`);
  }
  return value;
};

/** The servers of this run. */
export const benchServers = () => ({
  MONGO_URL: settingOf('MONGO_URL'),
  KAFKA_BROKERS: settingOf('KAFKA_BROKERS'),
  REDIS_URL: settingOf('REDIS_URL'),
});

export const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** @param q 0 to 1 */
export const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
};

/** Resident memory of a process. */
export const residentMb = (pid: number): number => {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((one) => one.startsWith('VmRSS:'));
  return Math.round(Number(/\d+/.exec(line ?? '')?.[0] ?? 0) / 1024);
};

/** What Linux counts processor time in. */
const TICK_MS = 10;
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/** Processor time that a process has used, user and system, in ms. */
export const cpuMs = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) * TICK_MS;
};

/** Ends the process with the error, told once. */
export const runBench = (run: () => Promise<void>): void => {
  run().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
};
