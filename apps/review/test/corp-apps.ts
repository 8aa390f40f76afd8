import {
  authorizationTopic,
  corpAppTopic,
  endpointTopic,
  permissionSetTopic,
  type CorpAppContentState,
  type CorpAppRevisionState,
  type CorpAppState,
  type EndpointState,
  type EpochState,
} from '@daikaifa/contracts';
import { derivedId, newId, type Viewer } from '@daikaifa/kernel';
import { eventually } from '@daikaifa/testing';
import { CALLBACK_URL, createPng, DEVELOPER, type ItemView, type Tenant, type World } from './harness';

/** One corp's app, as the services that know it name it. */
export interface AppNames {
  readonly id: string;
  readonly publisherId: string;
  readonly templateId: string;
  readonly authorizationId: string;
  readonly suiteId: string;
  readonly corpId: string;
  readonly epoch: number;
}

export const APP_CALLBACK_URL = 'https://callback.example.com/callback/app/1';

export const nameApp = (publisherId: string, given: Partial<AppNames> = {}): AppNames => {
  const authorizationId = given.authorizationId ?? newId();
  const epoch = given.epoch ?? 1;
  return {
    id: derivedId('corp-app', authorizationId, String(epoch)),
    publisherId,
    templateId: given.templateId ?? newId(),
    authorizationId,
    suiteId: 'dk0000000001',
    corpId: given.corpId ?? `wp${newId().replaceAll('-', '')}`,
    epoch,
  };
};

/** What app-config, authorization, permission and callback say about corps' apps. */
export const corpAppsIn = async (world: World) => {
  const logoSha256 = world.appFiles.put(await createPng(750, 750, '#7de92b'));

  const content = (changes: Partial<CorpAppContentState> = {}): CorpAppContentState => ({
    logo: { sha256: logoSha256, contentType: 'image/png', widthPx: 750, heightPx: 750, sizeBytes: 9_000 },
    name: '云帆客户',
    introduction: '客户跟进管理，记录每次拜访与商机',
    homePageUrl: 'https://crm.example.com/home',
    miniProgram: null,
    menu: [],
    trustedDomain: 'crm.example.com',
    ipWhitelist: ['10.0.0.1'],
    callback: 'TEMPLATE',
    ...changes,
  });

  const revision = (
    batchId: string,
    changes: {
      readonly submissionId?: string;
      readonly content?: Partial<CorpAppContentState>;
      readonly submission?: Partial<NonNullable<CorpAppRevisionState['submission']>>;
      readonly status?: CorpAppRevisionState['status'];
    } = {},
  ): CorpAppRevisionState => ({
    id: 'revision-1',
    number: 1,
    status: changes.status ?? 'IN_REVIEW',
    content: content(changes.content),
    submission: {
      id: changes.submissionId ?? newId(),
      submittedBy: DEVELOPER,
      submittedAt: world.clock.now().toISOString(),
      callbackUrl: CALLBACK_URL,
      batchId,
      trustedDomainProof: 'PROVED',
      selfTested: true,
      ...changes.submission,
    },
  });

  /** @param sequence the next one when absent */
  const publishApp = (app: AppNames, changes: Partial<CorpAppState>, sequence = world.next(app.id)): Promise<void> =>
    world.other.state(corpAppTopic, sequence, {
      ...app,
      environment: 'FORMAL',
      status: 'DEVELOPING',
      enabled: true,
      onlineRevision: null,
      workingRevision: null,
      publishStatus: null,
      erased: false,
      ...changes,
    });

  const publishAuthorization = (
    app: AppNames,
    changes: { readonly status?: EpochState['status']; readonly publishStatus?: number; readonly readAt?: Date } = {},
  ): Promise<void> => {
    const { authorizationId: id, publisherId, templateId, suiteId, corpId } = app;
    const { status = 'ACTIVE', publishStatus, readAt = world.clock.now() } = changes;
    const at = world.clock.now().toISOString();
    return world.other.state(authorizationTopic, world.next(id), {
      id,
      publisherId,
      templateId,
      suiteId,
      corpId,
      status,
      epochs: [
        {
          epoch: app.epoch,
          status,
          grantedAt: at,
          cancelledAt: status === 'CANCELLED' ? at : null,
          enabled: true,
          disabledReason: null,
          mode: 'ADMIN',
          environment: 'FORMAL',
          linkState: null,
          observation: {
            agent: null,
            permissions: null,
            publishStatus: publishStatus === undefined ? null : { readAt: readAt.toISOString(), value: publishStatus },
            scope: null,
          },
        },
      ],
    });
  };

  const publishPermissions = (app: AppNames, state: 'PENDING' | 'PENDING_SECOND' | 'GRANTED' | null): Promise<void> =>
    world.other.state(permissionSetTopic, world.next(`permissions-${app.id}`), {
      ...app,
      status: 'ACTIVE',
      effective: [],
      lastRequest: state && {
        id: newId(),
        state,
        codes: ['contact:base:base_info'],
        requestedBy: DEVELOPER,
        requestedAt: world.clock.now().toISOString(),
        stale: false,
      },
      erased: false,
    });

  /** The app's own endpoint. */
  const publishEndpoint = (app: AppNames, changes: Partial<EndpointState> = {}): Promise<void> =>
    world.other.state(endpointTopic, world.next(`endpoint-${app.id}`), {
      id: `endpoint-${app.id}`,
      publisherId: app.publisherId,
      kind: 'APP',
      subject: { kind: 'CORP_APP', id: app.id },
      url: APP_CALLBACK_URL,
      keysIssued: true,
      verifiedAt: world.clock.now().toISOString(),
      health: { status: 'HEALTHY', reason: null, checkedAt: world.clock.now().toISOString() },
      closed: false,
      ...changes,
    });

  const itemsOf = (viewer: Viewer, app: AppNames): Promise<readonly ItemView[]> =>
    world.itemsWhere(viewer, { corpAppId: app.id });

  /** Waits until the newest item of the app is as wanted. */
  const itemWhen = (viewer: Viewer, app: AppNames, wanted: string | ((item: ItemView) => boolean)): Promise<ItemView> =>
    eventually(async () => {
      const [item] = await itemsOf(viewer, app);
      if (item === undefined || !(typeof wanted === 'string' ? item.state === wanted : wanted(item))) {
        throw new Error(`not there yet: ${JSON.stringify(item)}`);
      }
      return item;
    });

  /** Submits some apps of one template together, their shared callback verified and healthy. */
  const submitBatch = async (
    tenant: Tenant,
    count: number,
    changes: Parameters<typeof revision>[1] = {},
    more: Partial<CorpAppState> = {},
  ) => {
    const templateId = newId();
    const batchId = newId();
    await world.knowEndpoint(templateId, tenant.id);
    const apps = Array.from({ length: count }, () => nameApp(tenant.id, { templateId }));
    const revisions = apps.map(() => revision(batchId, changes));
    for (const [index, app] of apps.entries()) {
      await publishApp(app, { status: 'IN_REVIEW', workingRevision: revisions[index]!, ...more });
    }
    return { templateId, batchId, apps, revisions };
  };

  /** One app of the tenant that waits for a verdict. */
  const pending = async (tenant: Tenant, changes: Parameters<typeof revision>[1] = {}) => {
    const { templateId, batchId, apps, revisions } = await submitBatch(tenant, 1, changes);
    const [app, workingRevision] = [apps[0]!, revisions[0]!];
    return { templateId, batchId, app, workingRevision, item: await itemWhen(tenant.admin, app, 'PENDING') };
  };

  /** One app of the tenant whose launch was asked for. */
  const launching = async (tenant: Tenant) => {
    const submitted = await pending(tenant);
    const approved = await world.change(tenant.reviewer, 'decideReviewItem', submitted.item, { decision: 'APPROVED' });
    return { ...submitted, item: await world.change(tenant.admin, 'launchReviewItem', approved) };
  };

  return {
    logoSha256,
    content,
    revision,
    publishApp,
    publishAuthorization,
    publishPermissions,
    publishEndpoint,
    itemsOf,
    itemWhen,
    submitBatch,
    pending,
    launching,
  };
};

export type CorpApps = Awaited<ReturnType<typeof corpAppsIn>>;
