import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface AppProcessOptions {
  readonly root: string;
  readonly app: string;
  /** Name of the log file and of error messages; the app's name unless two processes run one app. */
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFolder: string;
  readonly url: string;
}

export interface AppProcess {
  readonly name: string;
  readonly url: string;
  readonly logFile: string;
  pid(): number;
  isRunning(): boolean;
  /** Starts the built application and waits until it is ready. */
  start(options?: { readonly waitForReady?: boolean }): Promise<void>;
  untilReady(): Promise<void>;
  /** SIGTERM, then SIGKILL when it does not end. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  log(): string;
}

const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;
const LOG_TAIL_LINES = 25;

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((done) => child.once('exit', () => done()));

export const createAppProcess = ({ root, app, name, env, logFolder, url }: AppProcessOptions): AppProcess => {
  const logFile = resolve(logFolder, `${name}.log`);
  const entry = resolve(root, 'dist/apps', app, 'main.js');
  // Eight processes compile the same packages at every start.
  const compileCache = resolve(root, '.local/compiled');
  let child: ChildProcess | undefined;

  const running = (): ChildProcess => {
    if (child === undefined) {
      throw new Error(`${name} was not started`);
    }
    return child;
  };
  const isRunning = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  const log = (): string => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  const tail = (): string => log().trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');

  const untilReady = async (): Promise<void> => {
    const deadline = Date.now() + READY_LIMIT_MS;
    let last = 'no answer';
    while (Date.now() < deadline) {
      if (!isRunning()) {
        throw new Error(`${name} ended while starting (exit code ${running().exitCode}). Its log ${logFile} ends with:\n${tail()}`);
      }
      try {
        const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3000) });
        if (answer.ok) {
          return;
        }
        last = await answer.text();
      } catch {
        // Not listening yet.
      }
      await pause(50);
    }
    throw new Error(`${name} was not ready in ${READY_LIMIT_MS / 1000} s (${last}). Its log ${logFile} ends with:\n${tail()}`);
  };

  return {
    name,
    url,
    logFile,
    pid: () => running().pid ?? 0,
    isRunning,
    untilReady,
    start: async ({ waitForReady = true } = {}) => {
      mkdirSync(dirname(logFile), { recursive: true });
      const output = openSync(logFile, 'a');
      // As in the image: see tools/docker/Dockerfile.
      child = spawn(process.execPath, ['--max-semi-space-size=4', entry], {
        cwd: root,
        env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', NODE_COMPILE_CACHE: compileCache, ...env },
        stdio: ['ignore', output, output],
      });
      closeSync(output);
      if (waitForReady) {
        await untilReady();
      }
    },
    stop: async () => {
      if (child === undefined || !isRunning()) {
        return;
      }
      const stopping = child;
      stopping.kill('SIGTERM');
      stopping.kill('SIGCONT');
      const limit = setTimeout(() => stopping.kill('SIGKILL'), STOP_LIMIT_MS);
      await ended(stopping);
      clearTimeout(limit);
    },
    kill: async () => {
      running().kill('SIGKILL');
      await ended(running());
    },
    pause: () => void running().kill('SIGSTOP'),
    resume: () => void running().kill('SIGCONT'),
    log,
  };
};
