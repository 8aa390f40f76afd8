import {
  environmentSetting,
  httpSettings,
  identitySettings,
  optionalSetting,
  setting,
  telemetrySettings,
  tokenSettings,
  values,
  type ConfigOf,
} from '@daikaifa/config';

const subgraphUrls = values.list.transform((entries, context): Readonly<Record<string, string>> => {
  const pairs = entries.map((entry) => {
    const middle = entry.indexOf('=');
    return [entry.slice(0, middle), entry.slice(middle + 1)] as const;
  });
  for (const [name, url] of pairs) {
    if (!/^[a-z][\w-]*$/.test(name) || !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
      context.addIssue(`${name}=${url} is not <name>=<http url>`);
    }
  }
  return Object.fromEntries(pairs);
});

const limit = (env: string, fallback: number, description: string) =>
  setting({ env, schema: values.positive, default: fallback, description });

/** The environment of the gateway. */
export const gatewaySettings = {
  environment: environmentSetting(),
  http: httpSettings(4000),
  telemetry: telemetrySettings(),
  identity: identitySettings(),
  tokens: tokenSettings(),
  introspection: setting({
    env: 'GRAPHQL_INTROSPECTION',
    schema: values.flag,
    default: false,
    description: 'whether clients may read the schema',
  }),
  supergraphPath: optionalSetting({
    env: 'SUPERGRAPH_PATH',
    schema: values.text,
    description: 'file with a composed supergraph; the one of the build when absent',
  }),
  operations: {
    mode: setting({
      env: 'OPERATIONS_MODE',
      schema: values.oneOf('open', 'allow-list'),
      default: 'open',
      description: 'allow-list answers only persisted operations; for production with known frontends',
    }),
    manifests: optionalSetting({
      env: 'OPERATIONS_MANIFESTS',
      schema: values.list,
      description: 'files with persisted operations of further frontends (JSON: id → document), comma-separated',
    }),
  },
  subgraphs: {
    urls: setting({
      env: 'SUBGRAPH_URLS',
      schema: subgraphUrls,
      default: [
        'template=http://127.0.0.1:4001/graphql',
        'review=http://127.0.0.1:4002/graphql',
        'callback=http://127.0.0.1:4003/graphql',
        'authorization=http://127.0.0.1:4004/graphql',
        'app-config=http://127.0.0.1:4005/graphql',
        'permission=http://127.0.0.1:4006/graphql',
      ].join(','),
      description: 'where each subgraph answers: <name>=<url>, comma-separated',
    }),
    timeoutMs: limit('SUBGRAPH_TIMEOUT_MS', 5000, 'time for one call to a subgraph'),
    maxResponseBytes: limit('SUBGRAPH_MAX_RESPONSE_BYTES', 10_485_760, 'largest answer of a subgraph'),
    connections: limit('SUBGRAPH_CONNECTIONS', 64, 'connections to each subgraph, kept alive'),
  },
  limits: {
    operationTimeoutMs: limit('LIMIT_OPERATION_TIME_MS', 10_000, 'time for a whole operation'),
    bodyBytes: limit('LIMIT_BODY_BYTES', 102_400, 'largest request body'),
    tokens: limit('LIMIT_TOKENS', 2000, 'most lexical tokens of a document'),
    depth: limit('LIMIT_DEPTH', 15, 'deepest nesting of fields'),
    cost: limit('LIMIT_COST', 20_000, 'most objects that an operation may ask for, by the sizes of its lists'),
    aliases: limit('LIMIT_ALIASES', 30, 'most aliases of a document'),
  },
};

export type GatewayConfig = ConfigOf<typeof gatewaySettings>;

/**
 * @apollo/gateway looks at the machine's cloud metadata and reports to its vendor each hour unless this variable says
 * no, and has no option for it. A self-hosted product calls nobody.
 */
export const disableVendorTelemetry = (): void => {
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
};
