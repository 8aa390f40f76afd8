import type { Logger } from './logger';

export interface RunningApp {
  readonly url?: string;
  /** Stop intake, drain, close. */
  stop(): Promise<void>;
}

const STOP_LIMIT_MS = 20_000;

/**
 * Runs one process until a signal: start, wait, stop within 20 seconds.
 * A crash is logged once and exits non-zero; nothing else in the product calls `process.exit` after start.
 */
export const runProcess = async (name: string, logger: Logger, start: () => Promise<RunningApp>): Promise<void> => {
  const crash = (error: unknown): void => {
    logger.fatal({ err: error }, 'process crashed');
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);

  const beganAtMs = Date.now();
  const app = await start();
  logger.info({ url: app.url, startMs: Date.now() - beganAtMs }, 'process started');

  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) {
      return;
    }
    isStopping = true;
    logger.info({ signal, name }, 'process stopping');
    const limit = setTimeout(() => crash(new Error(`stopping took longer than ${STOP_LIMIT_MS} ms`)), STOP_LIMIT_MS);
    app.stop().then(() => {
      clearTimeout(limit);
      logger.info({ name }, 'process stopped');
      process.exit(0);
    }, crash);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
};
