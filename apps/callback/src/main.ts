import { loadConfigOrExit } from '@daikaifa/config';
import { createLogger, runProcess } from '@daikaifa/observability';
import { createApp } from './app';
import { callbackSettings } from './config';

const config = loadConfigOrExit(callbackSettings, process.env);
const logger = createLogger({ service: 'callback', level: config.telemetry.logLevel });

void runProcess('callback', logger, async () => {
  const app = await createApp(config, { logger });
  await app.start();
  return app;
});
