import {
  createHttpServer,
  createLogger,
  listen,
  startTelemetry,
  type Logger,
  type Telemetry,
} from '@daikaifa/observability';
import type { GatewayConfig } from './config';
import { graphqlDoor } from './graphql-door';
import { createSubgraphClient, type SubgraphClient } from './subgraph-client';
import { subgraphNames } from './supergraph';

export interface GatewayParts {
  readonly supergraphSdl: string;
  /** Persisted operations by id. */
  readonly operations: ReadonlyMap<string, string>;
  readonly logger?: Logger;
  readonly telemetry?: Telemetry;
}

export interface GatewayApp {
  /** Set by `start`. */
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const createClients = (config: GatewayConfig, supergraphSdl: string): ReadonlyMap<string, SubgraphClient> => {
  const { urls, ...bounds } = config.subgraphs;
  const names = subgraphNames(supergraphSdl);
  const missing = names.filter((name) => !Object.hasOwn(urls, name));
  if (names.length === 0 || missing.length > 0) {
    throw new Error(
      names.length === 0
        ? 'the supergraph names no subgraph: is it a composed one?'
        : `SUBGRAPH_URLS has no address for: ${missing.join(', ')}`,
    );
  }
  return new Map(
    names.map((name) => [name, createSubgraphClient({ ...bounds, name, url: urls[name] ?? '' })]),
  );
};

/** The gateway as a whole; nothing is reached before `start`, nothing is left after `stop`. */
export const createApp = (config: GatewayConfig, parts: GatewayParts): GatewayApp => {
  const logger = parts.logger ?? createLogger({ service: 'gateway', level: config.telemetry.logLevel });
  const telemetry =
    parts.telemetry ??
    startTelemetry({
      service: 'gateway',
      ...(config.telemetry.otlpUrl === undefined ? {} : { otlpUrl: config.telemetry.otlpUrl }),
    });
  const clients = createClients(config, parts.supergraphSdl);
  const server = createHttpServer({
    service: 'gateway',
    logger,
    telemetry,
    readiness: Object.fromEntries([...clients].map(([name, client]) => [name, () => client.checkLive()])),
  });
  let url = '';

  return {
    get url() {
      return url;
    },
    start: async () => {
      await server.register(graphqlDoor({ config, logger, supergraphSdl: parts.supergraphSdl, operations: parts.operations, clients }));
      url = await listen(server, config.http);
    },
    stop: async () => {
      await server.close();
      await Promise.all([...clients.values()].map((client) => client.close()));
      if (parts.telemetry === undefined) {
        await telemetry.stop();
      }
    },
  };
};
