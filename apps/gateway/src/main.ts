import { readFile } from 'node:fs/promises';
import { loadConfigOrExit } from '@daikaifa/config';
import { createLogger, runProcess } from '@daikaifa/observability';
import supergraphSdl from '../supergraph.graphql';
import { createApp } from './app';
import { gatewaySettings } from './config';

const config = loadConfigOrExit(gatewaySettings, process.env);
const logger = createLogger({ service: 'gateway', level: config.telemetry.logLevel });

void runProcess('gateway', logger, async () => {
  const given = config.supergraphPath === undefined ? supergraphSdl : await readFile(config.supergraphPath, 'utf8');
  const app = createApp(config, { supergraphSdl: given, logger });
  await app.start();
  return app;
});
