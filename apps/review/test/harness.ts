import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { loadConfig } from '@daikaifa/config';
import {
  delegatedTemplateTopic,
  endpointTopic,
  publisherTopic,
  reviewItemTopic,
  type DelegatedTemplateState,
  type EndpointState,
  type PublisherState,
} from '@daikaifa/contracts';
import { createPublisher, ownEnvironment, startService, watchTopic } from '@daikaifa/harness';
import { newId, type Viewer } from '@daikaifa/kernel';
import { connectMongo } from '@daikaifa/mongo';
import { IDENTITY_HEADER, signIdentity, verifySignedUrl } from '@daikaifa/security';
import type { App, Overrides } from '@daikaifa/service';
import { eventually, manualClock, silentLogger, testIdentitySecret, uniqueName, viewerOf } from '@daikaifa/testing';
import sharp from 'sharp';
import { createApp } from '../src/app';
import { reviewSettings, type ReviewConfig } from '../src/config';

/** What a spec file owns; it sweeps often, so that nothing has to be waited for. */
export const ownConfig = (changes: Readonly<Record<string, string>>): ReviewConfig =>
  loadConfig(reviewSettings, { ...ownEnvironment('review'), REVIEW_SWEEP_EVERY_MS: '500', ...changes });

export const startApp = (config: ReviewConfig, overrides: Overrides = {}): Promise<App> =>
  startService(createApp, config, overrides);

/** With what the explanations of refusals are tested by: both texts, the details, the field of each violation. */
export interface GraphqlFault {
  readonly code: string;
  readonly text: { readonly zh: string; readonly en: string };
  readonly violations: readonly string[];
  readonly details: Readonly<Record<string, unknown>>;
}

export interface GraphqlAnswer<T> {
  readonly data: T;
  /** Of the first error; undefined when there is none. */
  readonly fault: GraphqlFault | undefined;
}

interface RawAnswer<T> {
  readonly data: T;
  readonly errors?: ReadonlyArray<{
    readonly extensions: Omit<GraphqlFault, 'violations'> & {
      readonly violations?: ReadonlyArray<{ readonly field: string; readonly code: string }>;
    };
  }>;
}

/** Calls the subgraph as the gateway does. */
const graphqlOf =
  (app: App) =>
  async <T>(viewer: Viewer, query: string, variables: object = {}): Promise<GraphqlAnswer<T>> => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: await signIdentity(viewer, testIdentitySecret) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as RawAnswer<T>;
    const extensions = errors?.[0]?.extensions;
    const violations = (extensions?.violations ?? []).map(({ field, code }) => `${field} ${code}`);
    return { data, fault: extensions && { ...extensions, details: extensions.details ?? {}, violations } };
  };

/** @throws Error on any fault: for the steps that a test takes for granted */
export const must = async <T>(answer: Promise<GraphqlAnswer<T>>): Promise<T> => {
  const { data, fault } = await answer;
  if (fault !== undefined) {
    throw new Error(`${fault.code} ${fault.text.en} ${fault.violations.join(' ')}`);
  }
  return data;
};

/** Waits until it says so: a database that pauses is missing meanwhile. */
export const untilReady = (url: string): Promise<unknown> =>
  eventually(async () => {
    const response = await fetch(`${url}/health/ready`);
    expect([response.status, await response.json()]).toEqual([200, { status: 'ready', missing: [] }]);
    return true;
  });

export const createPng = (widthPx: number, heightPx: number, background = '#2b7de9'): Promise<Buffer> =>
  sharp({ create: { width: widthPx, height: heightPx, channels: 3, background } })
    .png()
    .toBuffer();

/** Stands in for the file door of a service that owns pictures: signed internal GETs only. */
const createFileServer = async () => {
  const files = new Map<string, Buffer>();
  const served: string[] = [];
  const door = { isDown: false };
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    if (door.isDown) {
      response.writeHead(503).end();
      return;
    }
    try {
      verifySignedUrl({ method: 'GET', url }, testIdentitySecret);
    } catch {
      response.writeHead(403).end();
      return;
    }
    const path = url.slice(0, url.indexOf('?'));
    const bytes = files.get(path.replace('/internal/blobs/', ''));
    served.push(path);
    response.writeHead(bytes === undefined ? 404 : 200, { 'content-type': 'image/png' }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    door,
    served,
    /** @returns the content address */
    put: (bytes: Buffer): string => {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      files.set(sha256, bytes);
      return sha256;
    },
    stop: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
};

export const ITEM_FIELDS = `
  id version state kind revisionId submissionId batchId submittedBy submittedAt dueAt overdue createdAt
  template { id } corpApp { id } ticket { id state publisher { id } items { id } } previousItem { id state }
  snapshot {
    name introduction category targetIndustry logoSha256 callbackUrl
    callback homePageUrl miniProgram { appId name published } trustedDomain trustedDomainProof ipWhitelist selfTested
    menu { name kind target children { name kind target } }
  }
  prechecks { code outcome reason field text { zh en } }
  reasons { field code text { zh en } }
  verdicts { decision source decidedBy decidedAt isCorrection note reasons { field text { zh } } }
  launch { requestedBy requestedAt signalDueAt waitsForPersonSince confirmedBy confirmer confirmedAt }
  launchReturns { requestedBy returnedBy note }
`;
const ITEMS = `query ($filter: ReviewItemFilter!) { reviewItems(filter: $filter) { nodes { ${ITEM_FIELDS} } } }`;

type MutationName = 'decideReviewItem' | 'correctVerdict' | 'launchReviewItem' | 'confirmLaunch' | 'returnLaunch';
export const mutationOf = (name: MutationName): string => {
  const input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${input}!) { change: ${name}(input: $input) { item { ${ITEM_FIELDS} } } }`;
};

export interface ItemView {
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly kind: string;
  readonly submissionId: string;
  readonly dueAt: string;
  readonly overdue: boolean;
  readonly ticket: { readonly id: string; readonly state: string };
  readonly previousItem: { readonly id: string; readonly state: string } | null;
  readonly snapshot: Readonly<Record<string, unknown>>;
  readonly prechecks: ReadonlyArray<{
    readonly code: string;
    readonly outcome: string;
    readonly reason: string | null;
    readonly text: { readonly zh: string; readonly en: string };
  }>;
  readonly reasons: ReadonlyArray<{ readonly field: string; readonly code: string; readonly text: { readonly zh: string } }>;
  readonly verdicts: ReadonlyArray<Readonly<Record<string, unknown>>>;
  readonly launch: Readonly<Record<string, unknown>> | null;
  readonly launchReturns: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

export const CALLBACK_URL = 'https://callback.example.com/callback/suite/1';
export const DEVELOPER = 'developer-1';

type Review = PublisherState['review'];
export type TemplateChange = Partial<DelegatedTemplateState>;

/** As far as all of them are alike. */
export interface StoredDocument {
  readonly _id: string;
  /** Of the last event that was written, or of the state that was followed. */
  readonly sequence: number;
}

export type RevisionState = NonNullable<DelegatedTemplateState['workingRevision']>;

/** The service with everything around it, and the steps that specs have in common. */
export const createWorld = async (settings: Readonly<Record<string, string>> = {}, overrides: Overrides = {}) => {
  const files = await createFileServer();
  const appFiles = await createFileServer();
  const config = ownConfig({ TEMPLATE_INTERNAL_URL: files.url, APP_CONFIG_INTERNAL_URL: appFiles.url, ...settings });
  const clock = manualClock();
  const logoSha256 = files.put(await createPng(750, 750));
  const other = await createPublisher(config);
  let app = await startApp(config, { clock, ...overrides });
  const topic = await watchTopic(config, reviewItemTopic);
  const { url: mongoUrl, databasePrefix } = config.mongo;
  const mongo = await connectMongo({ url: mongoUrl, database: `${databasePrefix}review`, maxPoolSize: 2, logger: silentLogger() });
  /** A collection of the service's own database. */
  const stored = (collection: string) => mongo.connection.collection<StoredDocument>(collection);
  const sequences = new Map<string, number>();
  const next = (id: string): number => {
    const sequence = (sequences.get(id) ?? 0) + 1;
    sequences.set(id, sequence);
    return sequence;
  };
  const graphql = <T>(viewer: Viewer, query: string, variables: object = {}) => graphqlOf(app)<T>(viewer, query, variables);

  const publishPublisher = async (id: string, review: Partial<Review> = {}): Promise<void> => {
    await other.state(publisherTopic, next(id), {
      id,
      kind: 'SERVICE_PROVIDER',
      name: '云帆科技',
      status: 'ACTIVE',
      corpId: 'ww0000000001',
      testCorps: [],
      ipWhitelist: [],
      review: { verdictSource: 'PLATFORM', fourEyes: true, dueHours: 48, ...review },
    });
  };

  const addTenant = async (review: Partial<Review> = {}) => {
    const id = uniqueName('publisher');
    await publishPublisher(id, review);
    return {
      id,
      admin: viewerOf(['PUBLISHER_ADMIN'], [id], 'admin-1'),
      developer: viewerOf(['PUBLISHER_DEVELOPER'], [id], DEVELOPER),
      reviewer: viewerOf(['REVIEWER'], [id], 'reviewer-1'),
    };
  };

  const publishEndpoint = async (templateId: string, publisherId: string, changes: Partial<EndpointState> = {}) => {
    const id = `endpoint-${templateId}`;
    await other.state(endpointTopic, next(id), {
      id,
      publisherId,
      kind: 'SUITE',
      subject: { kind: 'DELEGATED_TEMPLATE', id: templateId },
      url: CALLBACK_URL,
      keysIssued: true,
      verifiedAt: clock.now().toISOString(),
      health: { status: 'HEALTHY', reason: null, checkedAt: clock.now().toISOString() },
      closed: false,
      ...changes,
    });
  };

  /** Waits until the last state that was published of something was dealt with, its effects included. */
  const untilFollowed = (consumer: string, id: string): Promise<unknown> =>
    eventually(async () => (await stored(`projection.${consumer}`).findOne({ _id: id }))?.sequence === sequences.get(id));

  /** Two topics have no order: prechecks of an item that is heard of before its endpoint are run more than once. */
  const knowEndpoint = async (templateId: string, publisherId: string, changes: Partial<EndpointState> = {}): Promise<void> => {
    await publishEndpoint(templateId, publisherId, changes);
    await untilFollowed('endpoint', `endpoint-${templateId}`);
  };

  const revisionOf = (submissionId: string | null, changes: Partial<RevisionState> = {}): RevisionState => ({
    id: 'revision-1',
    number: 1,
    status: submissionId === null ? 'DRAFT' : 'IN_REVIEW',
    content: {
      logo: { sha256: logoSha256, contentType: 'image/png', widthPx: 750, heightPx: 750, sizeBytes: 9_000 },
      name: '云帆客户',
      introduction: '客户跟进管理',
      category: 'CUSTOMER_MANAGEMENT',
      targetIndustry: 'ANY',
    },
    submission: submissionId === null ? null : {
      id: submissionId,
      submittedBy: DEVELOPER,
      submittedAt: clock.now().toISOString(),
      callbackUrl: CALLBACK_URL,
    },
    ...changes,
  });

  /** @param sequence the next one when absent */
  const publishTemplate = async (
    id: string,
    publisherId: string,
    changes: TemplateChange,
    sequence = next(id),
  ): Promise<void> => {
    await other.state(delegatedTemplateTopic, sequence, {
      id,
      publisherId,
      status: 'DRAFT',
      availability: 'NEVER_LAUNCHED',
      onlineRevision: null,
      workingRevision: null,
      ...changes,
    });
  };

  /** Newest first. */
  const itemsWhere = async (viewer: Viewer, filter: object): Promise<readonly ItemView[]> =>
    (await must(graphql<{ reviewItems: { nodes: ItemView[] } }>(viewer, ITEMS, { filter }))).reviewItems.nodes;

  /** Items of a template, newest first. */
  const itemsOf = (viewer: Viewer, templateId: string): Promise<readonly ItemView[]> => itemsWhere(viewer, { templateId });

  /** Waits until the item of a submission is as wanted: consumers and jobs work in the background. */
  const itemWhen = (viewer: Viewer, templateId: string, wanted: string | ((item: ItemView) => boolean), submissionId?: string) =>
    eventually(async () => {
      const found = await itemsOf(viewer, templateId);
      const item = submissionId === undefined ? found[0] : found.find((one) => one.submissionId === submissionId);
      if (item === undefined || !(typeof wanted === 'string' ? item.state === wanted : wanted(item))) {
        throw new Error(`not there yet: ${JSON.stringify(item ?? found)}`);
      }
      return item;
    });

  /** Submits a template of the tenant, the callback verified and healthy. */
  const submit = async (
    tenant: { readonly id: string },
    options: { templateId?: string; submissionId?: string; revision?: Partial<RevisionState> } = {},
  ) => {
    const templateId = options.templateId ?? newId();
    const submissionId = options.submissionId ?? newId();
    await knowEndpoint(templateId, tenant.id);
    const workingRevision = revisionOf(submissionId, options.revision);
    await publishTemplate(templateId, tenant.id, { status: 'IN_REVIEW', workingRevision });
    return { templateId, submissionId, workingRevision };
  };

  /** A tenant's item that waits for a verdict. */
  const pending = async (tenant: { readonly id: string; readonly admin: Viewer }) => {
    const { templateId, ...submitted } = await submit(tenant);
    return { templateId, ...submitted, item: await itemWhen(tenant.admin, templateId, 'PENDING') };
  };

  const mutate = (viewer: Viewer, name: MutationName, input: object) =>
    graphql<{ change: { item: ItemView } }>(viewer, mutationOf(name), { input });
  const change = async (viewer: Viewer, name: MutationName, item: ItemView, more: object = {}): Promise<ItemView> =>
    (await must(mutate(viewer, name, { itemId: item.id, expectedVersion: item.version, ...more }))).change.item;

  return {
    config,
    clock,
    files,
    appFiles,
    other,
    next,
    stored,
    untilFollowed,
    topic,
    logoSha256,
    graphql,
    addTenant,
    publishPublisher,
    publishEndpoint,
    knowEndpoint,
    publishTemplate,
    revisionOf,
    itemsOf,
    itemsWhere,
    itemWhen,
    submit,
    pending,
    mutate,
    change,
    app: () => app,
    /** A crash or a deployment: the same data, a new process. */
    restart: async (again: Overrides = {}): Promise<void> => {
      await app.stop();
      app = await startApp(config, { clock, ...again });
    },
    typesOf: (itemId: string): readonly string[] => topic.of(itemId).map(({ type }) => type),
    /** Waits until exactly these events of an item were published, and none that was written is missing. */
    untilTypes: (itemId: string, types: readonly string[]) =>
      eventually(async () => {
        expect(topic.of(itemId).map(({ type }) => type.replace('review.item.', ''))).toEqual(types);
        expect((await stored('review_items').findOne({ _id: itemId }))?.sequence).toBe(types.length);
        return true;
      }),
    stop: async (): Promise<void> => {
      await mongo.close();
      await topic.stop();
      await other.stop();
      await app.stop();
      await files.stop();
      await appFiles.stop();
    },
  };
};

export type World = Awaited<ReturnType<typeof createWorld>>;
export type Tenant = Awaited<ReturnType<World['addTenant']>>;
