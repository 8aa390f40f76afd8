import { readFile } from 'node:fs/promises';
import { persistedDocuments } from '@daikaifa/client';
import { loadConfigOrExit } from '@daikaifa/config';
import { createLogger, runProcess } from '@daikaifa/observability';
import supergraphSdl from '../supergraph.graphql';
import { createApp } from './app';
import { gatewaySettings } from './config';
import { readManifest } from './persisted-operations';

const config = loadConfigOrExit(gatewaySettings, process.env);
const logger = createLogger({ service: 'gateway', level: config.telemetry.logLevel });

/** Those of the typed client, and those of the operator's own frontends. */
const readOperations = async (): Promise<ReadonlyMap<string, string>> => {
  const given = await Promise.all(
    (config.operations.manifests ?? []).map(async (path) => readManifest(path, await readFile(path, 'utf8'))),
  );
  return new Map([persistedDocuments, ...given].flatMap((manifest) => Object.entries(manifest)));
};

void runProcess('gateway', logger, async () => {
  const given = config.supergraphPath === undefined ? supergraphSdl : await readFile(config.supergraphPath, 'utf8');
  const app = createApp(config, { supergraphSdl: given, operations: await readOperations(), logger });
  await app.start();
  return app;
});
