import { loadConfig } from '@daikaifa/config';
import type { StateTopic } from '@daikaifa/contracts';
import { newId, type Viewer } from '@daikaifa/kernel';
import {
  connectKafka,
  createConsumers,
  createMemoryProjectionStore,
  createSender,
  defineConsumer,
  ensureTopics,
} from '@daikaifa/messaging';
import { IDENTITY_HEADER, signIdentity } from '@daikaifa/security';
import { eventually, silentLogger, testIdentitySecret, testServers, uniqueName, viewerOf } from '@daikaifa/testing';
import sharp from 'sharp';
import { createApp, type App, type Overrides } from '../src/app';
import { templateSettings, type TemplateConfig } from '../src/config';

/** What a spec file owns: its own database, topic prefix, key prefix and, through the prefix, its own group. */
export const ownConfig = (changes: Readonly<Record<string, string>> = {}): TemplateConfig => {
  const servers = testServers();
  const name = uniqueName('template');
  return loadConfig(templateSettings, {
    HTTP_PORT: '0',
    MONGO_URL: servers.mongoUrl,
    MONGO_DATABASE_PREFIX: `${name}-`,
    MONGO_MAX_POOL_SIZE: '4',
    REDIS_URL: servers.redisUrl,
    REDIS_KEY_PREFIX: name,
    KAFKA_BROKERS: servers.kafkaBrokers.join(','),
    KAFKA_TOPIC_PREFIX: `${name}.`,
    GATEWAY_IDENTITY_SECRET: testIdentitySecret,
    FILE_URL_SECRET: 'file-url-secret-of-the-test-suites-0123456789',
    LOG_LEVEL: 'silent',
    ...changes,
  });
};

export const startApp = async (config: TemplateConfig, overrides: Overrides = {}): Promise<App> => {
  const telemetry = { metricsText: async () => '', stop: async () => undefined };
  const app = await createApp(config, { logger: silentLogger(), telemetry, ...overrides });
  await app.start();
  return app;
};

export const operator = viewerOf(['OPERATOR']);

export interface GraphqlFault {
  readonly code: string;
  readonly violations: readonly string[];
}

export interface GraphqlAnswer<T> {
  readonly data: T;
  /** Of the first error; undefined when there is none. */
  readonly fault: GraphqlFault | undefined;
}

interface RawAnswer<T> {
  readonly data: T;
  readonly errors?: ReadonlyArray<{
    readonly message: string;
    readonly extensions: { readonly code: string; readonly violations?: ReadonlyArray<{ readonly code: string }> };
  }>;
}

/** Calls the subgraph as the gateway does. */
export const graphqlOf =
  (app: App) =>
  async <T>(viewer: Viewer, query: string, variables: object = {}): Promise<GraphqlAnswer<T>> => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: await signIdentity(viewer, testIdentitySecret) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as RawAnswer<T>;
    const error = errors?.[0];
    const fault = error && {
      code: error.extensions.code,
      violations: (error.extensions.violations ?? []).map(({ code }) => code),
    };
    return { data, fault };
  };

export type Graphql = ReturnType<typeof graphqlOf>;

/** @throws Error on any fault: for the steps that a test takes for granted */
export const must = async <T>(answer: Promise<GraphqlAnswer<T>>): Promise<T> => {
  const { data, fault } = await answer;
  if (fault !== undefined) {
    throw new Error(`${fault.code} ${fault.violations.join(' ')}`);
  }
  return data;
};

export const clientOf = ({ kafka }: TemplateConfig) =>
  connectKafka({ ...kafka, clientId: 'test', logger: silentLogger(), environment: 'development' });

/** Publishes as another service would. */
export const createPublisher = async (config: TemplateConfig) => {
  const client = clientOf(config);
  const sender = createSender(client);
  await sender.start();
  return {
    stop: sender.stop,
    /** Any text as it is. */
    raw: (topic: StateTopic<never> | StateTopic<object>, key: string, value: string) =>
      sender.send([{ topic: topic.topic, key, value }]),
    state: async <S extends { readonly id: string; readonly publisherId: string }>(
      topic: StateTopic<S>,
      sequence: number,
      data: S,
    ): Promise<void> => {
      await ensureTopics(client, [topic as StateTopic<unknown>], []);
      const event = {
        specversion: '1.0',
        id: newId(),
        type: topic.types[0],
        source: 'daikaifa/test',
        subject: data.id,
        time: new Date().toISOString(),
        datacontenttype: 'application/json',
        tenant: data.publisherId,
        correlationid: newId(),
        sequence,
        data,
      };
      await sender.send([{ topic: topic.topic, key: data.id, value: JSON.stringify(event) }]);
    },
  };
};

export interface Seen<S> {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly state: S;
}

/** Reads a topic from its beginning, as a new service would. */
export const watchTopic = async <S>(config: TemplateConfig, topic: StateTopic<S>) => {
  const seen: Seen<S>[] = [];
  const client = clientOf(config);
  const group = uniqueName('watch');
  await ensureTopics(client, [topic as StateTopic<unknown>], [group]);
  const consumers = createConsumers({
    client,
    group,
    consumers: [
      defineConsumer(topic, {
        name: 'watch',
        project: ({ data }) => data,
        effects: async ({ aggregateId, type, sequence, value }) => {
          seen.push({ id: aggregateId, type, sequence, state: value });
        },
      }) as never,
    ],
    projections: createMemoryProjectionStore(),
    sender: { send: async () => undefined },
    logger: silentLogger(),
  });
  await consumers.start();
  return {
    stop: consumers.stop,
    /** Events of one aggregate, in order. */
    of: (id: string) => seen.filter((event) => event.id === id),
  };
};

export const createPng = (widthPx: number, heightPx: number): Promise<Buffer> =>
  sharp({ create: { width: widthPx, height: heightPx, channels: 3, background: '#2b7de9' } })
    .png()
    .toBuffer();

export const REGISTER = `mutation ($input: RegisterServiceProviderInput!) {
  registerServiceProvider(input: $input) { publisher { id version name } warnings { code } }
}`;
export const CREATE = `mutation ($input: CreateDelegatedTemplateInput!) {
  createDelegatedTemplate(input: $input) { template { id version status workingRevision { id } } }
}`;
export const EDIT = `mutation ($input: EditDelegatedTemplateInput!) {
  editDelegatedTemplate(input: $input) {
    template { id version status workingRevision { id status content { name logo { sha256 } } } }
  }
}`;
export const UPLOAD = `mutation ($input: CreateLogoUploadInput!) {
  createLogoUpload(input: $input) { url maxBytes contentTypes }
}`;
export const TEMPLATE = `query ($id: ID!) {
  delegatedTemplate(id: $id) {
    id version status
    onlineRevision { id number status launchConfirmedBy content { name } }
    workingRevision {
      id number status content { name } submission { id submittedBy callbackUrl }
      failure { stage reasons { field code text { zh en } } }
    }
    revisions { id number status }
    checklist { step done confirmedBy person }
  }
}`;

/** `submit`, `withdraw`, `retire`, `delete`: the mutations that name nothing but the template and its version. */
export const change = (action: 'submit' | 'withdraw' | 'retire' | 'delete'): string =>
  `mutation ($input: DelegatedTemplateChangeInput!) {
    change: ${action}DelegatedTemplate(input: $input) {
      template { id version status workingRevision { id status submission { id } } }
    }
  }`;

export interface TemplateView {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly onlineRevision: { readonly id: string; readonly launchConfirmedBy: string } | null;
  readonly workingRevision: {
    readonly id: string;
    readonly status: string;
    readonly submission: { readonly id: string } | null;
    readonly failure: { readonly stage: string; readonly reasons: readonly object[] } | null;
  } | null;
  readonly revisions: ReadonlyArray<{ readonly id: string; readonly number: number; readonly status: string }>;
  readonly checklist: ReadonlyArray<{ readonly step: string; readonly done: boolean; readonly confirmedBy: string }>;
}

export const content = {
  name: '云帆客户',
  introduction: '客户跟进管理',
  category: 'CUSTOMER_MANAGEMENT',
  targetIndustry: 'ANY',
};

/** Common steps of the specs, through the public doors only. */
export const createSteps = (graphql: Graphql) => {
  const registerProvider = async (): Promise<{ id: string; admin: Viewer; developer: Viewer }> => {
    const input = { idempotencyKey: uniqueName('key'), corpId: uniqueName('ww').replaceAll('-', ''), name: '云帆科技' };
    const data = await must(graphql<{ registerServiceProvider: { publisher: { id: string } } }>(operator, REGISTER, { input }));
    const { id } = data.registerServiceProvider.publisher;
    return { id, admin: viewerOf(['PUBLISHER_ADMIN'], [id]), developer: viewerOf(['PUBLISHER_DEVELOPER'], [id]) };
  };

  const uploadLogo = async (viewer: Viewer, publisherId: string, bytes?: Buffer): Promise<Response> => {
    const { createLogoUpload } = await must(
      graphql<{ createLogoUpload: { url: string } }>(viewer, UPLOAD, { input: { publisherId } }),
    );
    return fetch(createLogoUpload.url, { method: 'PUT', body: new Uint8Array(bytes ?? (await createPng(750, 750))) });
  };

  const createDraft = async (viewer: Viewer, publisherId: string, more: object = {}): Promise<TemplateView> => {
    const input = { publisherId, idempotencyKey: uniqueName('key'), content: { ...content, ...more } };
    return (await must(graphql<{ createDelegatedTemplate: { template: TemplateView } }>(viewer, CREATE, { input })))
      .createDelegatedTemplate.template;
  };

  /** With a logo, ready to be submitted but for its callback. */
  const createComplete = async (viewer: Viewer, publisherId: string): Promise<TemplateView> => {
    const { sha256 } = (await (await uploadLogo(viewer, publisherId)).json()) as { sha256: string };
    return createDraft(viewer, publisherId, { logoSha256: sha256 });
  };

  const find = async (viewer: Viewer, id: string): Promise<TemplateView> =>
    (await must(graphql<{ delegatedTemplate: TemplateView }>(viewer, TEMPLATE, { id }))).delegatedTemplate;

  /** Waits until the template is as wanted: consumers work in the background. */
  const findWhen = (viewer: Viewer, id: string, holds: (view: TemplateView) => boolean): Promise<TemplateView> =>
    eventually(async () => {
      const view = await find(viewer, id);
      return holds(view) ? view : null;
    });

  const hasStep = (step: string) => (view: TemplateView) => view.checklist.some((one) => one.step === step && one.done);

  const changeNow = async (
    viewer: Viewer,
    action: 'submit' | 'withdraw' | 'retire' | 'delete',
    view: { readonly id: string; readonly version: number },
  ): Promise<TemplateView> => {
    const input = { templateId: view.id, expectedVersion: view.version };
    return (await must(graphql<{ change: { template: TemplateView } }>(viewer, change(action), { input }))).change.template;
  };

  return { registerProvider, uploadLogo, createDraft, createComplete, find, findWhen, hasStep, changeNow };
};

export const endpointState = (templateId: string, publisherId: string) => ({
  id: `endpoint-${templateId}`,
  publisherId,
  kind: 'SUITE' as const,
  subject: { kind: 'DELEGATED_TEMPLATE' as const, id: templateId },
  url: 'https://callback.example.com/callback/suite/1',
  keysIssued: true,
  verifiedAt: '2026-03-02T09:00:00.000Z' as string | null,
  health: { status: 'HEALTHY' as const, reason: null, checkedAt: '2026-03-02T09:00:00.000Z' },
  closed: false,
});
