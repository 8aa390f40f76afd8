import { operations } from '@daikaifa/client';
import {
  developInConsole,
  editCorpApp,
  findCorpApp,
  findPermissions,
  requestInConsole,
  requestPermissions,
  startCorpApp,
  submitApps,
  untilMade,
  type CorpApp,
  type OnlineTemplate,
} from '@daikaifa/demo';
import { eventually } from '@daikaifa/testing';
import { corpsOf, isObserved, type Installation } from './corps';

/** The template's app in one corp. */
export interface AppInCorp {
  readonly id: string;
  readonly authorizationId: string;
  readonly installation: Installation;
}

const CONTENT: operations.CorpAppContentInput = {
  introduction: '销售团队在企业微信中管理客户、跟进商机',
  homePageUrl: 'https://crm.example.com/home',
  trustedDomain: 'crm.example.com',
  callback: 'TEMPLATE',
};

const PERMISSIONS = ['externalcontact:base:base', 'corp_arch:base:base'];

const ITEMS = /* GraphQL */ `
  query ItemsOfCorpApp($id: ID!) {
    corpApp(id: $id) {
      id
      reviewItems(first: 10) {
        nodes { id version state batchId ticket { id state } verdicts { decision } launch { confirmedBy } }
      }
    }
  }
`;

export interface ItemOfCorpApp {
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly batchId: string;
  readonly ticket: { readonly id: string; readonly state: string };
  readonly verdicts: ReadonlyArray<{ readonly decision: string }>;
  readonly launch: { readonly confirmedBy: string | null } | null;
}

/** What the people of a provider do with the apps of corps, one step at a time. */
export const corpAppsOf = (online: OnlineTemplate) => {
  const { doors, templateId, suiteId } = online;
  const { reviewer, admin, sandbox } = doors;
  const corps = corpsOf(online);

  const look = (app: AppInCorp): Promise<CorpApp> => findCorpApp(doors, app.id);

  /** Newest first. */
  const items = async (app: AppInCorp): Promise<readonly ItemOfCorpApp[]> => {
    type Found = { readonly corpApp: { readonly reviewItems: { readonly nodes: readonly ItemOfCorpApp[] } } };
    return (await reviewer.ask<Found>(ITEMS, { id: app.id })).corpApp.reviewItems.nodes;
  };

  const untilItem = async (app: AppInCorp, state: string): Promise<ItemOfCorpApp> =>
    eventually(async () => {
      const [newest] = await items(app);
      if (newest?.state === state) {
        return newest;
      }
      throw new Error(`the newest item is not ${state}: ${JSON.stringify(newest)}`);
    });

  return {
    corps,
    look,
    items,
    untilItem,
    permissions: ({ id }: AppInCorp) => findPermissions(doors, id),
    until: (app: AppInCorp, isWanted: (found: CorpApp) => boolean): Promise<CorpApp> =>
      eventually(async () => {
        const found = await look(app);
        if (isWanted(found)) {
          return found;
        }
        throw new Error(`the app is not as wanted: ${JSON.stringify(found)}`);
      }),
    scanned: async (): Promise<Installation> => corps.scan(await corps.createCorp()),
    /** Resolves when the app of the installation is there. */
    appOf: async (installation: Installation): Promise<AppInCorp> => {
      const { id: authorizationId } = await corps.untilAuthorization(installation, isObserved);
      const { id } = await untilMade(doors, templateId, authorizationId);
      await eventually(() => findPermissions(doors, id));
      return { id, authorizationId, installation };
    },
    /** Begun here and in WeCom's console, ready to be submitted. */
    prepare: async ({ id, installation }: AppInCorp): Promise<void> => {
      await startCorpApp(doors, id);
      await editCorpApp(doors, id, CONTENT);
      await developInConsole(doors, installation.id, {});
    },
    submit: (apps: readonly AppInCorp[]): Promise<string> => submitApps(doors, templateId, apps.map(({ id }) => id)),
    approve: async (app: AppInCorp): Promise<void> => {
      const { id: itemId, version: expectedVersion } = await untilItem(app, 'PENDING');
      await reviewer.ask(operations.DecideDocument, { input: { itemId, expectedVersion, decision: 'APPROVED' } });
    },
    /** Asked for here, then done in WeCom's console. */
    launch: async (app: AppInCorp): Promise<void> => {
      const { id: itemId, version: expectedVersion } = await untilItem(app, 'APPROVED');
      await admin.ask(operations.LaunchDocument, { input: { itemId, expectedVersion } });
      const installationId = app.installation.id;
      await sandbox.call('POST', `/templates/${suiteId}/submit-apps`, { installationIds: [installationId] });
      await sandbox.call('POST', `/installations/${installationId}/verdict`, { verdict: 'APPROVED' });
      await sandbox.call('POST', `/installations/${installationId}/launch`);
    },
    /** Asked for here. */
    request: (app: AppInCorp) => requestPermissions(doors, app.id, PERMISSIONS),
    /** The same in WeCom's console, and the corp agrees. */
    grant: async ({ installation }: AppInCorp): Promise<void> => {
      const id = await requestInConsole(doors, installation.id, PERMISSIONS);
      await sandbox.call('POST', `/permission-requests/${id}/confirm`, {});
    },
    erasures: async ({ authorizationId }: AppInCorp) =>
      (await admin.ask(operations.ErasuresDocument, { id: authorizationId })).authorization?.erasures.nodes ?? [],
  };
};

export type CorpApps = ReturnType<typeof corpAppsOf>;
