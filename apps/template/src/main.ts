import { loadConfigOrExit } from '@daikaifa/config';
import { createLogger, runProcess } from '@daikaifa/observability';
import { createApp } from './app';
import { templateSettings } from './config';

const config = loadConfigOrExit(templateSettings, process.env);
const logger = createLogger({ service: 'template', level: config.telemetry.logLevel });

void runProcess('template', logger, async () => {
  const app = await createApp(config, { logger });
  await app.start();
  return app;
});
