import { randomUUID } from 'node:crypto';
import { operations } from '@daikaifa/client';
import {
  developInConsole,
  editCorpApp,
  findCorpApp,
  findPermissions,
  launchInConsole,
  requestInConsole,
  requestPermissions,
  startCorpApp,
  submitApps,
  untilCorpApp,
  type CorpApp,
  type OnlineTemplate,
} from '@daikaifa/demo';
import { corpAppIdOf } from '@daikaifa/kernel';
import { eventually } from '@daikaifa/testing';
import { isObserved, type Corps, type Installation } from './corps';

/** One corp with the template's app, at WeCom and here. */
export interface AppOfCorp {
  readonly installation: Installation;
  readonly authorizationId: string;
  readonly id: string;
}

export interface ItemOfApp {
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly ticket: { readonly id: string };
  readonly verdicts: ReadonlyArray<{ readonly decision: string }>;
  readonly launch: { readonly confirmedBy: string | null } | null;
}

interface Change {
  readonly number: number;
  readonly cause: string;
}

const ITEMS = /* GraphQL */ `
  query ItemsOfApp($id: ID!) {
    corpApp(id: $id) {
      id
      reviewItems(first: 10) { nodes { id version state ticket { id } verdicts { decision } launch { confirmedBy } } }
    }
  }
`;

const PUBLISH_STATUS = /* GraphQL */ `
  query PublishStatus($id: ID!) {
    authorization(id: $id) { id current { observation { publishStatus { value } } } }
  }
`;

const CHANGES = 'query Changes($id: ID!) { permissionSet(id: $id) { id changes(first: 10) { nodes { number cause } } } }';

/** What the rules and the prechecks let through. */
const CONTENT = {
  introduction: '销售团队在企业微信中管理客户、跟进商机，并在工作台直接打开',
  homePageUrl: 'https://crm.example.com/home',
  trustedDomain: 'crm.example.com',
  ipWhitelist: [],
  callback: 'TEMPLATE',
} as const;

/** The partitions of a process that died are given to another after 10 s. */
export const AFTER_REBALANCE = { timeoutMs: 40_000 };

/** customized_publish_status 已上线 */
const ONLINE_AT_WECOM = 2;

/** Custom permissions that every app may be given. */
export const CUSTOMERS = 'externalcontact:base:base';
export const DEPARTMENTS = 'corp_arch:base:base';

/** What people do with the apps of one template, one step at a time. */
export const appsOf = ({ doors, templateId, suiteId }: OnlineTemplate, corps: Corps) => {
  const { developer, reviewer, admin, sandbox } = doors;

  const items = async (id: string): Promise<readonly ItemOfApp[]> => {
    type Found = { readonly corpApp: { readonly reviewItems: { readonly nodes: readonly ItemOfApp[] } } };
    return (await reviewer.ask<Found>(ITEMS, { id })).corpApp.reviewItems.nodes;
  };

  /** The newest item, once it is there. */
  const untilItem = (id: string, state: string): Promise<ItemOfApp> =>
    eventually(async () => {
      const [newest] = await items(id);
      return newest?.state === state ? newest : null;
    });

  const changeOf = async (id: string, state: string) => {
    const { id: itemId, version: expectedVersion } = await untilItem(id, state);
    return { itemId, expectedVersion };
  };

  const submission = async (ids: readonly string[]) => ({
    idempotencyKey: randomUUID(),
    templateId,
    apps: await Promise.all(
      ids.map(async (corpAppId) => ({ corpAppId, expectedVersion: (await findCorpApp(doors, corpAppId)).version })),
    ),
  });

  /** What each service has counted, of every epoch that was cancelled. */
  const erasures = async (authorizationId: string) => {
    const { authorization } = await admin.ask(operations.ErasuresDocument, { id: authorizationId });
    return (authorization?.erasures.nodes ?? []).map(({ epoch, state, services }) => ({
      epoch,
      state,
      counts: Object.fromEntries(
        services.map(({ service, counts }) => [service, Object.fromEntries(counts.map(({ kind, count }) => [kind, count]))]),
      ),
    }));
  };

  /** Once the authorization has made its app. */
  const appOf = async (installation: Installation): Promise<AppOfCorp> => {
    const { id: authorizationId, current } = await corps.untilAuthorization(installation, isObserved);
    const id = corpAppIdOf(authorizationId, current.epoch);
    await eventually(async () => (await developer.ask(operations.CorpAppByIdDocument, { id })).corpApp, AFTER_REBALANCE);
    return { installation, authorizationId, id };
  };

  return {
    appOf,
    join: async (): Promise<AppOfCorp> => appOf(await corps.scan(await corps.createCorp())),
    /** 开始代开发, filled in, typed into WeCom's console: ready to be submitted. */
    develop: async ({ id, installation }: AppOfCorp): Promise<void> => {
      await startCorpApp(doors, id);
      await editCorpApp(doors, id, CONTENT);
      await developInConsole(doors, installation.id, {});
    },
    look: (id: string): Promise<CorpApp> => findCorpApp(doors, id),
    until: (id: string, holds: (app: CorpApp) => boolean): Promise<CorpApp> => untilCorpApp(doors, id, 'the app', holds),

    submit: (ids: readonly string[]): Promise<string> => submitApps(doors, templateId, ids),
    /** With a service that dies meanwhile: the code of what the developer is told. */
    submitInVain: async (ids: readonly string[]): Promise<string | undefined> => {
      const [error] = await developer.refusal(operations.SubmitCorpAppsDocument, { input: await submission(ids) });
      return error?.extensions?.code;
    },
    items,
    untilItem,
    decide: async (id: string, decision: 'APPROVED' | 'REJECTED'): Promise<void> => {
      const reasons = decision === 'APPROVED' ? [] : [{ field: 'introduction', message: '请写明适用场景' }];
      await reviewer.ask(operations.DecideDocument, { input: { ...(await changeOf(id, 'PENDING')), decision, reasons } });
    },
    launch: async (id: string): Promise<void> => {
      await admin.ask(operations.LaunchDocument, { input: await changeOf(id, 'APPROVED') });
    },
    launchInConsole: (...apps: readonly AppOfCorp[]): Promise<void> =>
      launchInConsole(doors, suiteId, apps.map(({ installation }) => installation.id)),

    /** WeCom was asked about the app after it went online there. */
    untilReadOnline: ({ authorizationId }: AppOfCorp): Promise<unknown> => {
      type Found = {
        readonly authorization: { readonly current: { readonly observation: { readonly publishStatus: { readonly value: number } | null } } };
      };
      return eventually(async () => {
        const { authorization } = await admin.ask<Found>(PUBLISH_STATUS, { id: authorizationId });
        return authorization.current.observation.publishStatus?.value === ONLINE_AT_WECOM;
      });
    },

    permissions: (id: string) => findPermissions(doors, id),
    untilPermissions: (id: string): Promise<unknown> => eventually(() => findPermissions(doors, id), AFTER_REBALANCE),
    request: async (id: string, permissions: readonly string[]): Promise<void> => {
      await requestPermissions(doors, id, permissions);
    },
    /** Asked for in WeCom's console too, where the corp's admin agrees. */
    grant: async ({ installation }: AppOfCorp, permissions: readonly string[]): Promise<void> => {
      const requestId = await requestInConsole(doors, installation.id, permissions);
      await sandbox.call('POST', `/permission-requests/${requestId}/confirm`, {});
    },
    untilGranted: (id: string): Promise<unknown> =>
      eventually(async () => (await findPermissions(doors, id)).requests.nodes[0]?.state === 'GRANTED', AFTER_REBALANCE),
    /** Everything that was ever seen to change in what works, oldest first. */
    permissionChanges: async (id: string): Promise<readonly string[]> => {
      type Found = { readonly permissionSet: { readonly changes: { readonly nodes: readonly Change[] } } };
      const { nodes } = (await developer.ask<Found>(CHANGES, { id })).permissionSet.changes;
      return [...nodes].sort((one, other) => one.number - other.number).map(({ cause }) => cause);
    },

    erasures,
    untilErased: (authorizationId: string, epoch: number) =>
      eventually(
        async () => (await erasures(authorizationId)).find((one) => one.epoch === epoch && one.state === 'ERASED'),
        { timeoutMs: 60_000 },
      ),
  };
};

export type Apps = ReturnType<typeof appsOf>;
