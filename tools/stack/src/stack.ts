import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Role } from '@daikaifa/kernel';
import { issueDevelopmentToken } from '@daikaifa/security';
import { createAppProcess, type AppProcess } from './app-process';
import { freePort, portNear } from './ports';

export const SERVICES = ['template', 'review', 'callback', 'authorization', 'app-config', 'permission'] as const;
export const APPS = ['wecom-sandbox', ...SERVICES, 'gateway'] as const;
export type App = (typeof APPS)[number];

/** Used by `npm start` and in the documentation. */
export const DEFAULT_PORTS: Readonly<Record<App, number>> = {
  gateway: 4000,
  template: 4001,
  review: 4002,
  callback: 4003,
  authorization: 4004,
  'app-config': 4005,
  permission: 4006,
  'wecom-sandbox': 4100,
};

export interface ServerUrls {
  readonly MONGO_URL: string;
  readonly KAFKA_BROKERS: string;
  readonly REDIS_URL: string;
}

export interface StackOptions {
  readonly root: string;
  readonly servers: ServerUrls;
  /** Logs and the sandbox's store. */
  readonly folder: string;
  /** Databases, topics and keys of this stack start with it. */
  readonly name: string;
  readonly fixedPorts?: boolean;
  /** Keeps the made secrets over restarts, in the folder: what was sealed must stay readable. */
  readonly keepSecrets?: boolean;
  /** Added to the environment of single applications. */
  readonly env?: Partial<Record<App, Readonly<Record<string, string>>>>;
  /** Added to the environment of all. */
  readonly commonEnv?: Readonly<Record<string, string>>;
}

export interface Stack {
  readonly urls: Readonly<Record<App, string>>;
  readonly processes: Readonly<Record<App, AppProcess>>;
  /** The environment that an application was started with, to start a second process of it. */
  envOf(app: App): Readonly<Record<string, string>>;
  /** Secrets that this stack made: for the search that none of them leaks. */
  readonly secrets: readonly string[];
  token(role: Role, publisherIds?: readonly string[], subject?: string): Promise<string>;
  /** A further process of an application, with its own port. */
  another(app: App, name: string, env?: Readonly<Record<string, string>>): Promise<AppProcess>;
  start(onReady?: (app: App, startMs: number) => void): Promise<void>;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const LOOPBACK = '127.0.0.0/8';
const ISSUER = 'daikaifa-development';
const AUDIENCE = 'daikaifa';
const TOKEN_LIFE_SEC = 12 * 3600;

const randomText = (): string => randomBytes(32).toString('base64url');
const randomRing = (): string => `k1:${randomBytes(32).toString('base64')}`;

const choosePorts = async (fixed: boolean): Promise<Record<App, number>> => {
  const ports = {} as Record<App, number>;
  for (const app of APPS) {
    ports[app] = fixed ? await portNear(DEFAULT_PORTS[app]) : await freePort();
  }
  return ports;
};

interface StackSecrets {
  readonly identity: string;
  readonly development: string;
  readonly callbackRing: string;
  readonly authorizationRing: string;
  readonly transportRing: string;
}

const makeSecrets = (): StackSecrets => ({
  identity: randomText(),
  development: randomText(),
  callbackRing: randomRing(),
  authorizationRing: randomRing(),
  transportRing: randomRing(),
});

const secretsOf = ({ folder, keepSecrets }: StackOptions): StackSecrets => {
  const file = resolve(folder, 'development-secrets.json');
  if (keepSecrets !== true) {
    return makeSecrets();
  }
  if (!existsSync(file)) {
    writeFileSync(file, JSON.stringify(makeSecrets(), null, 2), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as StackSecrets;
};

const environmentOf = (
  app: App,
  options: StackOptions,
  urls: Readonly<Record<App, string>>,
  secrets: StackSecrets,
): Record<string, string> => {
  const common = {
    HTTP_HOST: HOST,
    HTTP_PORT: new URL(urls[app]).port,
    LOG_LEVEL: 'info',
    ...options.commonEnv,
  };
  const verification = { AUTH_ISSUER: ISSUER, AUTH_AUDIENCE: AUDIENCE, AUTH_DEVELOPMENT_SECRET: secrets.development };
  const service = {
    ...common,
    ...options.servers,
    MONGO_DATABASE_PREFIX: `${options.name}-`,
    MONGO_MAX_POOL_SIZE: '4',
    KAFKA_TOPIC_PREFIX: `${options.name}.`,
    REDIS_KEY_PREFIX: options.name,
    GATEWAY_IDENTITY_SECRET: secrets.identity,
  };
  const own: Record<App, Record<string, string>> = {
    gateway: {
      ...common,
      ...verification,
      GATEWAY_IDENTITY_SECRET: secrets.identity,
      SUBGRAPH_URLS: SERVICES.map((name) => `${name}=${urls[name]}/graphql`).join(','),
    },
    template: { ...service, TEMPLATE_PUBLIC_URL: urls.template },
    review: { ...service, TEMPLATE_INTERNAL_URL: urls.template, APP_CONFIG_INTERNAL_URL: urls['app-config'] },
    callback: {
      ...service,
      PUBLIC_CALLBACK_BASE_URL: urls.callback,
      CALLBACK_KEY_RING: secrets.callbackRing,
      TRANSPORT_KEY_RING: secrets.transportRing,
      GUARDED_CLIENT_ALLOWED_RANGES: LOOPBACK,
    },
    authorization: {
      ...service,
      ...verification,
      AUTHORIZATION_KEY_RING: secrets.authorizationRing,
      TRANSPORT_KEY_RING: secrets.transportRing,
      WECOM_API_BASE_URL: urls['wecom-sandbox'],
      PUBLIC_LINK_BASE_URL: urls.authorization,
      TEMPLATE_INTERNAL_URL: urls.template,
    },
    'app-config': {
      ...service,
      APP_CONFIG_PUBLIC_URL: urls['app-config'],
      TEMPLATE_INTERNAL_URL: urls.template,
      GUARDED_CLIENT_ALLOWED_RANGES: LOOPBACK,
    },
    permission: { ...service, ...verification },
    'wecom-sandbox': {
      ...common,
      SANDBOX_STORE_PATH: resolve(options.folder, 'wecom-sandbox.sqlite'),
      SANDBOX_PUBLIC_URL: urls['wecom-sandbox'],
    },
  };
  return { ...own[app], ...options.env?.[app] };
};

/** Every application as a built process on 127.0.0.1, against servers that are already running. */
export const createStack = async (options: StackOptions): Promise<Stack> => {
  mkdirSync(options.folder, { recursive: true });
  const ports = await choosePorts(options.fixedPorts ?? false);
  const urls = Object.fromEntries(APPS.map((app) => [app, `http://${HOST}:${ports[app]}`])) as Record<App, string>;
  const secrets = secretsOf(options);
  const logFolder = resolve(options.folder, 'logs');
  const envOf = (app: App): Record<string, string> => environmentOf(app, options, urls, secrets);
  const make = (app: App, name: string, env: Record<string, string>, url: string): AppProcess =>
    createAppProcess({ root: options.root, app, name, env, logFolder, url });
  const processes = Object.fromEntries(APPS.map((app) => [app, make(app, app, envOf(app), urls[app])])) as Record<
    App,
    AppProcess
  >;
  const others: AppProcess[] = [];

  return {
    urls,
    processes,
    envOf,
    secrets: Object.values(secrets).map((one) => one.replace(/^k1:/, '')),
    token: (role, publisherIds = [], subject = `dev-${role.toLowerCase().replace('_', '-')}`) =>
      issueDevelopmentToken({
        secret: secrets.development,
        issuer: ISSUER,
        audience: AUDIENCE,
        subject,
        roles: [role],
        publisherIds,
        ttlSec: TOKEN_LIFE_SEC,
      }),
    another: async (app, name, env = {}) => {
      const port = await freePort();
      const one = make(app, name, { ...envOf(app), HTTP_PORT: String(port), ...env }, `http://${HOST}:${port}`);
      others.push(one);
      return one;
    },
    start: async (onReady) => {
      const startOne = async (app: App): Promise<void> => {
        const beganAtMs = Date.now();
        await processes[app].start();
        onReady?.(app, Date.now() - beganAtMs);
      };
      await Promise.all(APPS.filter((app) => app !== 'gateway').map(startOne));
      await startOne('gateway');
    },
    stop: async () => {
      await Promise.all([...others, ...Object.values(processes)].map((one) => one.stop()));
    },
  };
};
