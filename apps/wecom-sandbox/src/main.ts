import { loadConfigOrExit } from '@daikaifa/config';
import { createLogger, runProcess } from '@daikaifa/observability';
import { createApp } from './app';
import { configShape } from './config';

const config = loadConfigOrExit(configShape, process.env);
const logger = createLogger({ service: 'wecom-sandbox', level: config.telemetry.logLevel });

void runProcess('wecom-sandbox', logger, async () => {
  const app = createApp(config, { logger });
  await app.start();
  return app;
});
