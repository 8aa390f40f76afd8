import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBlobStore, registerBlobRoutes } from '@daikaifa/blobs';
import { loadConfig } from '@daikaifa/config';
import {
  authorizationTopic,
  delegatedTemplateTopic,
  endpointTopic,
  reviewItemTopic,
  type AuthorizationState,
  type EpochState,
  type ReviewItemState,
} from '@daikaifa/contracts';
import { createPublisher, must, ownEnvironment, startService, type Graphql } from '@daikaifa/harness';
import { derivedId, type Viewer } from '@daikaifa/kernel';
import { connectMongo } from '@daikaifa/mongo';
import { createHttpServer, listen } from '@daikaifa/observability';
import type { App } from '@daikaifa/service';
import { eventually, silentLogger, testIdentitySecret, testServers, uniqueName, viewerOf } from '@daikaifa/testing';
import sharp from 'sharp';
import { createApp, type AppConfigOverrides } from '../src/app';
import { appConfigSettings, type AppConfigConfig } from '../src/config';

/** Where nobody listens: for specs in which no template has a logo. */
const NOWHERE = 'http://127.0.0.1:9';

export const ownConfig = (changes: Readonly<Record<string, string>> = {}): AppConfigConfig =>
  loadConfig(appConfigSettings, { ...ownEnvironment('app-config'), TEMPLATE_INTERNAL_URL: NOWHERE, ...changes });

export const startApp = (config: AppConfigConfig, overrides: AppConfigOverrides = {}): Promise<App> =>
  startService(createApp, config, overrides);

export const createPng = (widthPx: number, heightPx: number, background = '#2b7de9'): Promise<Buffer> =>
  sharp({ create: { width: widthPx, height: heightPx, channels: 3, background } })
    .png()
    .toBuffer();

/** The file doors of the template service, with its signatures. */
export const startTemplateFiles = async () => {
  const mongo = await connectMongo({
    url: testServers().mongoUrl,
    database: uniqueName('template-files'),
    maxPoolSize: 2,
    logger: silentLogger(),
  });
  const store = createBlobStore({ connection: mongo.connection });
  const telemetry = { metricsText: async () => '', stop: async () => undefined };
  const server = createHttpServer({ service: 'template', logger: silentLogger(), telemetry, readiness: {} });
  await registerBlobRoutes(server, { store, secret: testIdentitySecret });
  const url = await listen(server, { host: '127.0.0.1', port: 0 });
  return {
    url,
    put: (bytes: Buffer) => store.put(bytes, { contentType: 'image/png' }),
    stop: async () => {
      await server.close();
      await mongo.close();
    },
  };
};

/** The web server of a trusted domain; `files` by path. */
export const startWebRoot = async () => {
  const files = new Map<string, string>();
  const server = createServer((request, response) => {
    const body = files.get(request.url ?? '');
    response.writeHead(body === undefined ? 404 : 200).end(body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    files,
    port: (server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
};

export const CORP_APP = `query ($id: ID!) {
  corpApp(id: $id) {
    id version epoch environment status corpLabel enabled usable unusableReasons publishStatus erased cancelledAt
    template { id } authorization { id }
    visibleRange { users parties tags }
    onlineRevision { id number launchConfirmedBy content { name } }
    workingRevision {
      id number status
      content {
        name introduction homePageUrl trustedDomain ipWhitelist callback logo { sha256 url } miniProgram { appId }
        menu { name entry { kind target } children { name kind target } }
      }
      submission { id batchId callbackUrl trustedDomainProof selfTested }
      failure { stage reasons { field code } }
    }
    revisions { id number status }
    drift { id field before after acknowledgedBy }
    trustedDomain { domain proof reason fileName }
    checklist { step phase done confirmedBy person }
  }
}`;

export interface CorpAppView {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly corpLabel: string | null;
  readonly usable: boolean;
  readonly unusableReasons: readonly string[];
  readonly erased: boolean;
  readonly onlineRevision: { readonly id: string } | null;
  readonly workingRevision: {
    readonly id: string;
    readonly number: number;
    readonly status: string;
    readonly content: { readonly name: string; readonly logo: { readonly sha256: string; readonly url: string } | null };
    readonly submission: { readonly id: string; readonly batchId: string } | null;
  } | null;
  readonly revisions: ReadonlyArray<{ readonly id: string; readonly number: number; readonly status: string }>;
  readonly drift: ReadonlyArray<{ readonly id: string; readonly field: string; readonly before: string; readonly after: string }>;
  readonly checklist: ReadonlyArray<{ readonly step: string; readonly done: boolean; readonly confirmedBy: string | null }>;
}

const inputTypes = {
  startCorpApp: 'CorpAppChangeInput',
  editCorpApp: 'EditCorpAppInput',
  rollBackCorpApp: 'RollBackCorpAppInput',
  copyCorpAppConfiguration: 'CopyCorpAppConfigurationInput',
  recordOwnershipFile: 'RecordOwnershipFileInput',
  proveTrustedDomain: 'CorpAppChangeInput',
  withdrawCorpApp: 'CorpAppChangeInput',
  markCorpAppStep: 'MarkCorpAppStepInput',
  acknowledgeDrift: 'AcknowledgeDriftInput',
} as const;
export type ChangeName = keyof typeof inputTypes;

/** The mutations that answer one app. */
export const mutation = (name: ChangeName): string =>
  `mutation ($input: ${inputTypes[name]}!) { saved: ${name}(input: $input) { corpApp { id version status } warnings { field code } } }`;

export const SUBMIT = `mutation ($input: SubmitCorpAppsInput!) {
  submitCorpApps(input: $input) { batchId corpApps { id version status } warnings { field code } }
}`;

export interface Submitted {
  readonly submitCorpApps: {
    readonly batchId: string;
    readonly corpApps: ReadonlyArray<{ readonly id: string; readonly version: number; readonly status: string }>;
    readonly warnings: ReadonlyArray<{ readonly field: string; readonly code: string }>;
  };
}

export interface Saved {
  readonly saved: {
    readonly corpApp: { readonly id: string; readonly version: number; readonly status: string };
    readonly warnings: ReadonlyArray<{ readonly field: string; readonly code: string }>;
  };
}

export const complete = {
  name: '云帆客户',
  introduction: '客户跟进管理',
  homePageUrl: 'https://crm.example.com/home',
  trustedDomain: 'crm.example.com',
};

const readAt = '2026-03-02T09:00:00.000Z';
export const NOTHING_READ: EpochState['observation'] = { agent: null, permissions: null, publishStatus: null, scope: null };

export const epochOf = (changes: Partial<EpochState> = {}): EpochState => ({
  epoch: 1,
  status: 'ACTIVE',
  grantedAt: readAt,
  cancelledAt: null,
  enabled: true,
  disabledReason: null,
  mode: 'ADMIN',
  environment: 'FORMAL',
  linkState: null,
  observation: NOTHING_READ,
  ...changes,
});

export const cancelled = (epoch = 1): EpochState =>
  epochOf({ epoch, status: 'CANCELLED', cancelledAt: '2026-03-03T09:00:00.000Z', enabled: false });

export const publishStatus = (value: number, at = readAt) => ({ readAt: at, value });
export const scopeOf = (users: number, parties = 0, at = readAt) => ({
  readAt: at,
  value: { users, parties, tags: 0, hash: `${users}-${parties}` },
});
export const agentOf = (changes: object = {}, at = readAt) => ({
  readAt: at,
  value: { agentId: 1, name: '云帆客户', description: '', homeUrl: '', redirectDomain: '', squareLogoUrl: '', ...changes },
});

/** The corp, the other services and the people, as one spec needs them. */
export const createWorld = async (app: () => App, graphqlOf: (app: App) => Graphql, config: AppConfigConfig) => {
  const other = await createPublisher(config);
  const sequences = new Map<string, number>();
  const next = (id: string): number => {
    sequences.set(id, (sequences.get(id) ?? 0) + 1);
    return sequences.get(id) ?? 1;
  };
  const newTenant = () => {
    const id = uniqueName('publisher');
    return { id, admin: viewerOf(['PUBLISHER_ADMIN'], [id]), developer: viewerOf(['PUBLISHER_DEVELOPER'], [id]) };
  };
  const tenant = newTenant();
  const templateId = uniqueName('template');
  const graphql: Graphql = (viewer, query, variables) => graphqlOf(app())(viewer, query, variables);

  const publishTemplate = (more: object = {}, id = templateId) =>
    other.state(delegatedTemplateTopic, next(id), {
      id,
      publisherId: tenant.id,
      status: 'ONLINE',
      availability: 'ONLINE',
      onlineRevision: {
        id: 'r1',
        number: 1,
        status: 'ONLINE',
        content: {
          logo: null,
          name: '云帆模版',
          introduction: '客户跟进管理',
          category: 'CUSTOMER_MANAGEMENT',
          targetIndustry: 'ANY',
          ...more,
        },
        submission: null,
      },
      workingRevision: null,
    });

  const publishEndpoint = (subject: { kind: 'DELEGATED_TEMPLATE' | 'CORP_APP'; id: string }, more: object = {}) => {
    const id = `endpoint-${subject.id}`;
    return other.state(endpointTopic, next(id), {
      id,
      publisherId: tenant.id,
      kind: subject.kind === 'CORP_APP' ? 'APP' : 'SUITE',
      subject,
      url: `https://callback.example.com/callback/${id}`,
      keysIssued: true,
      verifiedAt: readAt,
      health: { status: 'HEALTHY', reason: null, checkedAt: readAt },
      closed: false,
      ...more,
    });
  };

  const authorize = async (
    authorizationId: string,
    epochs: AuthorizationState['epochs'],
    more: Partial<AuthorizationState> = {},
  ): Promise<void> => {
    await other.state(authorizationTopic, next(authorizationId), {
      id: authorizationId,
      publisherId: tenant.id,
      templateId,
      suiteId: 'dk0001',
      corpId: `wpCorpOf${authorizationId}`,
      status: epochs.at(-1)?.status ?? 'ACTIVE',
      epochs,
      ...more,
    });
  };

  const idOf = (authorizationId: string, epoch = 1) => derivedId('corp-app', authorizationId, String(epoch));

  const find = async (id: string, viewer: Viewer = tenant.developer): Promise<CorpAppView | null> =>
    (await must(graphql<{ corpApp: CorpAppView | null }>(viewer, CORP_APP, { id }))).corpApp;
  const findWhen = (id: string, holds: (view: CorpAppView) => boolean = () => true): Promise<CorpAppView> =>
    eventually(async () => {
      const view = await find(id);
      return view !== null && holds(view) ? view : null;
    });

  /** A corp scans the template. */
  const grant = async (changes: Partial<EpochState> = {}): Promise<CorpAppView & { readonly authorizationId: string }> => {
    const authorizationId = uniqueName('authorization');
    await authorize(authorizationId, [epochOf(changes)]);
    return { ...(await findWhen(idOf(authorizationId))), authorizationId };
  };

  const change = async (name: ChangeName, input: object, viewer: Viewer = tenant.admin): Promise<Saved['saved']> =>
    (await must(graphql<Saved>(viewer, mutation(name), { input }))).saved;

  const target = ({ id, version }: { readonly id: string; readonly version: number }) => ({
    corpAppId: id,
    expectedVersion: version,
  });

  /** Repeated while the template is not known here: it comes by another topic than the authorization. */
  const start = (view: { readonly id: string; readonly version: number }): Promise<Saved['saved']> =>
    eventually(() => change('startCorpApp', target(view)));

  /** Started and filled in, ready to be submitted but for its callback. */
  const develop = async (view: { readonly id: string; readonly version: number }, more: object = {}): Promise<CorpAppView> => {
    const started = await start(view);
    const logoSha256 = await uploadLogo();
    await change('editCorpApp', { ...target(started.corpApp), content: { ...complete, logoSha256, ...more } });
    return findWhen(view.id);
  };

  const uploadLogo = async (bytes?: Buffer): Promise<string> => {
    const upload = `mutation ($input: CreateCorpAppLogoUploadInput!) { createCorpAppLogoUpload(input: $input) { url } }`;
    const { createCorpAppLogoUpload } = await must(
      graphql<{ createCorpAppLogoUpload: { url: string } }>(tenant.developer, upload, { input: { publisherId: tenant.id } }),
    );
    const body = new Uint8Array(bytes ?? (await createPng(750, 750)));
    const response = await fetch(createCorpAppLogoUpload.url, { method: 'PUT', body });
    return ((await response.json()) as { sha256: string }).sha256;
  };

  const submitInput = (views: ReadonlyArray<{ readonly id: string; readonly version: number }>, more: object = {}) => ({
    idempotencyKey: uniqueName('key'),
    templateId,
    apps: views.map(target),
    ...more,
  });
  const submit = async (...views: readonly { readonly id: string; readonly version: number }[]) =>
    (await must(graphql<Submitted>(tenant.developer, SUBMIT, { input: submitInput(views) }))).submitCorpApps;

  /** The template's endpoint is verified, and this service knows it. */
  const verifyTemplateEndpoint = async (probe: { readonly id: string }): Promise<void> => {
    await publishEndpoint({ kind: 'DELEGATED_TEMPLATE', id: templateId });
    await findWhen(probe.id, hasStep('ENTER_CALLBACK'));
  };

  const review = (view: CorpAppView, state: ReviewItemState['state'], more: Partial<ReviewItemState> = {}) => {
    const submissionId = view.workingRevision?.submission?.id ?? '';
    const id = `item-${submissionId}`;
    return other.state(reviewItemTopic, next(id), {
      id,
      ticketId: 'ticket-1',
      publisherId: tenant.id,
      subject: { kind: 'CORP_APP', id: view.id, revisionId: view.workingRevision?.id ?? '', submissionId },
      corpApp: null,
      state,
      reasons: [],
      verdict: null,
      launch: null,
      dueAt: '2026-03-04T09:00:00.000Z',
      overdue: false,
      previousItemId: null,
      ...more,
    });
  };

  return {
    other,
    tenant,
    stranger: newTenant(),
    templateId,
    graphql,
    publishTemplate,
    publishEndpoint,
    verifyTemplateEndpoint,
    authorize,
    idOf,
    find,
    findWhen,
    grant,
    change,
    target,
    start,
    develop,
    uploadLogo,
    submitInput,
    submit,
    review,
    stop: () => other.stop(),
  };
};

export type World = Awaited<ReturnType<typeof createWorld>>;

export const hasStep = (step: string) => (view: CorpAppView) =>
  view.checklist.some((one) => one.step === step && one.done);
