import { loadConfig } from '@daikaifa/config';
import type { Role } from '@daikaifa/kernel';
import { issueDevelopmentToken } from '@daikaifa/security';
import { capturedLogger, testIdentitySecret } from '@daikaifa/testing';
import { createApp } from '../src/app';
import { gatewaySettings } from '../src/config';
import { sampleSupergraph, startSampleSubgraph, type RunningSubgraph, type SampleName } from './sample-subgraphs';

const issuer = {
  secret: 'development-secret-of-the-gateway-tests-01',
  issuer: 'daikaifa-development',
  audience: 'daikaifa',
};

export const tokenOf = (changes: Partial<Parameters<typeof issueDevelopmentToken>[0]> = {}): Promise<string> =>
  issueDevelopmentToken({
    ...issuer,
    subject: 'user-1',
    roles: ['VIEWER', 'OPERATOR'] satisfies Role[],
    publisherIds: ['pub-1', 'pub-2'],
    // Longer than a spec file takes, however busy the machine is.
    ttlSec: 3_600,
    ...changes,
  });

export const gatewayConfig = (urls: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) =>
  loadConfig(gatewaySettings, {
    HTTP_PORT: '0',
    GATEWAY_IDENTITY_SECRET: testIdentitySecret,
    AUTH_DEVELOPMENT_SECRET: issuer.secret,
    SUBGRAPH_URLS: Object.entries(urls)
      .map(([name, url]) => `${name}=${url}`)
      .join(','),
    ...env,
  });

export interface GraphqlAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: Record<string, unknown> | null;
    readonly errors?: ReadonlyArray<{
      readonly message: string;
      readonly path?: readonly string[];
      readonly extensions: Record<string, unknown>;
    }>;
  };
}

/** A gateway on a free port, before the given subgraphs. */
export const startGateway = async (
  urls: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  operations: ReadonlyMap<string, string> = new Map(),
) => {
  const { logger, lines } = capturedLogger();
  const app = createApp(gatewayConfig(urls, env), { supergraphSdl: sampleSupergraph(), operations, logger });
  await app.start();
  const token = await tokenOf();

  const post = async (body: string, headers: Readonly<Record<string, string>> = {}): Promise<GraphqlAnswer> => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
      body,
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as GraphqlAnswer['body'],
    };
  };
  const ask = (
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) => post(JSON.stringify({ query, variables }), headers);
  return { app, lines, post, ask };
};

export const startSubgraphs = async () => {
  const [shelves, books, authors] = await Promise.all([
    startSampleSubgraph('shelves'),
    startSampleSubgraph('books'),
    startSampleSubgraph('authors'),
  ]);
  const all: Record<SampleName, RunningSubgraph> = { shelves, books, authors };
  return {
    ...all,
    urls: Object.fromEntries(Object.entries(all).map(([name, { url }]) => [name, url])),
    count: () => shelves.calls.graphql + books.calls.graphql + authors.calls.graphql,
    stop: async () => {
      await Promise.all(Object.values(all).map((one) => one.stop()));
    },
  };
};
