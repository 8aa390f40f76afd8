import { loadConfigOrExit, type ConfigOf, type ConfigShape } from '@daikaifa/config';
import { createLogger, runProcess, type LogLevel } from '@daikaifa/observability';
import type { App, Overrides } from './open-service';

/** The whole of a `main.ts`: configuration, start, stop on signals. */
export const runService = <Shape extends ConfigShape>(
  name: string,
  settings: Shape,
  createApp: (config: ConfigOf<Shape>, overrides: Overrides) => Promise<App>,
  env: NodeJS.ProcessEnv,
): void => {
  const config = loadConfigOrExit(settings, env);
  const { logLevel } = (config as unknown as { telemetry: { logLevel: LogLevel } }).telemetry;
  const logger = createLogger({ service: name, level: logLevel });
  void runProcess(name, logger, async () => {
    const app = await createApp(config, { logger });
    await app.start();
    return app;
  });
};
