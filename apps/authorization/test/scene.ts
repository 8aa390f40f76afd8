import { authorizationTopic } from '@daikaifa/contracts';
import type { Viewer } from '@daikaifa/kernel';
import { connectMongo } from '@daikaifa/mongo';
import { capturedLogger, eventually, silentLogger, uniqueName, viewerOf } from '@daikaifa/testing';
import type { Overrides } from '../src/app';
import { startFakeCorps, type FakeApp } from './fake-corps';
import {
  createPublisher,
  createSteps,
  graphqlOf,
  must,
  newSuiteId,
  ownConfig,
  startApp,
  watchTopic,
  type Graphql,
  type SuiteEvent,
} from './harness';

const TREE = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on DelegatedTemplate {
      exchanges {
        nodes {
          id source state failure text { zh en } errcode attempts endedAt authorization { id }
        }
      }
      authorizations {
        nodes {
          id version status corp { id name fullName type }
          current {
            epoch status enabled disabledReason mode environment secretsDestroyed
            observation {
              agent { agentId name }
              permissions { codes }
              publishStatus { value }
              scope { users parties tags hash }
            }
          }
          epochs { epoch status secretsDestroyed cancelledAt }
        }
      }
      authorizationLinks { nodes { id stateParameter installs } }
    }
  }
}`;

export interface ExchangeView {
  readonly id: string;
  readonly source: string;
  readonly state: 'RECEIVED' | 'EXCHANGED' | 'FAILED';
  readonly failure: string | null;
  readonly text: { readonly zh: string; readonly en: string } | null;
  readonly errcode: number | null;
  readonly attempts: number;
  readonly endedAt: string | null;
  readonly authorization: { readonly id: string } | null;
}

export interface AuthorizationView {
  readonly id: string;
  readonly version: number;
  readonly status: 'ACTIVE' | 'CANCELLED';
  readonly corp: { readonly id: string; readonly name: string | null; readonly fullName: string | null };
  readonly current: {
    readonly epoch: number;
    readonly status: string;
    readonly enabled: boolean;
    readonly disabledReason: string | null;
    readonly environment: string;
    readonly secretsDestroyed: boolean;
    readonly observation: {
      readonly agent: { readonly agentId: number; readonly name: string } | null;
      readonly permissions: { readonly codes: readonly string[] } | null;
      readonly publishStatus: { readonly value: number } | null;
      readonly scope: { readonly users: number; readonly hash: string } | null;
    };
  };
  readonly epochs: ReadonlyArray<{
    readonly epoch: number;
    readonly status: string;
    readonly secretsDestroyed: boolean;
    readonly cancelledAt: string | null;
  }>;
}

interface TreeView {
  readonly exchanges: { readonly nodes: readonly ExchangeView[] };
  readonly authorizations: { readonly nodes: readonly AuthorizationView[] };
  readonly authorizationLinks: {
    readonly nodes: ReadonlyArray<{ readonly stateParameter: string; readonly installs: number }>;
  };
}

/** A whole service with its own servers' corner, a WeCom with corps, and one tenant whose template has a suite. */
export const openScene = async (overrides: Overrides = {}, settings: Readonly<Record<string, string>> = {}) => {
  const wecom = await startFakeCorps();
  const { logger, lines } = capturedLogger();
  const config = ownConfig({ WECOM_API_BASE_URL: wecom.url, ...settings });
  let running = await startApp(config, { logger, ...overrides });
  const graphql: Graphql = (viewer, query, variables) => graphqlOf(running)(viewer, query, variables);
  const others = await createPublisher(config);
  const steps = createSteps(graphql, others);
  const events = await watchTopic(config, authorizationTopic);
  const { databasePrefix, ...mongoOptions } = config.mongo;
  const mongo = await connectMongo({ ...mongoOptions, database: `${databasePrefix}authorization`, logger: silentLogger() });

  const secretOf = (kind: string): string => {
    const made = uniqueName(`secret-${kind}`);
    wecom.secrets.add(made);
    return made;
  };

  /** A template with suite and provider credentials; with a ticket unless told otherwise. */
  const newSuite = async (
    options: { readonly ticket?: boolean; readonly testCorpIds?: readonly string[]; readonly online?: boolean } = {},
  ) => {
    const { publisherId, templateId, admin } = await steps.newTemplate(
      options.online === true ? { status: 'ONLINE', availability: 'ONLINE' } : {},
      { testCorps: (options.testCorpIds ?? []).map((corpId) => ({ corpId, name: '测试企业' })) },
    );
    const suiteId = newSuiteId();
    await steps.recordSuiteWhenKnown(admin, templateId, { suiteId, suiteSecret: secretOf('suite') });
    const providerSecret = secretOf('provider');
    await steps.recordProviderWhenKnown(admin, publisherId, providerSecret);
    const sendTicket = async (): Promise<void> => {
      await others.suiteEvent({ suiteId, infoType: 'suite_ticket', suiteTicket: secretOf('ticket') });
      await steps.templateWhen(admin, templateId, ({ suite }) => suite?.ticket === 'FRESH');
    };
    if (options.ticket !== false) {
      await sendTicket();
    }
    return { publisherId, templateId, suiteId, providerSecret, admin, viewer: viewerOf(['VIEWER'], [publisherId]), sendTicket };
  };
  type Suite = Awaited<ReturnType<typeof newSuite>>;

  const tree = async (viewer: Viewer, templateId: string): Promise<TreeView> => {
    const representations = [{ __typename: 'DelegatedTemplate', id: templateId }];
    return (await must(graphql<{ _entities: [TreeView] }>(viewer, TREE, { representations })))._entities[0];
  };

  const treeWhen = (suite: Suite, holds: (view: TreeView) => boolean, timeoutMs = 15_000): Promise<TreeView> => {
    let last: TreeView | undefined;
    return eventually(
      async () => {
        last = await tree(suite.viewer, suite.templateId);
        return holds(last) ? last : null;
      },
      { timeoutMs },
    ).catch((error: unknown) => {
      throw new Error(`last seen: ${JSON.stringify(last)}`, { cause: error });
    });
  };

  const exchangeWhen = async (
    suite: Suite,
    holds: (view: ExchangeView) => boolean,
    timeoutMs?: number,
  ): Promise<ExchangeView> =>
    (await treeWhen(suite, ({ exchanges }) => exchanges.nodes.some(holds), timeoutMs)).exchanges.nodes.find(holds)!;

  const authorizationWhen = async (
    suite: Suite,
    holds: (view: AuthorizationView) => boolean,
    timeoutMs?: number,
  ): Promise<AuthorizationView> =>
    (await treeWhen(suite, ({ authorizations }) => authorizations.nodes.some(holds), timeoutMs)).authorizations.nodes.find(
      holds,
    )!;

  const send = (suite: Suite, event: Omit<SuiteEvent, 'suiteId'>): Promise<string> =>
    others.suiteEvent({ suiteId: suite.suiteId, ...event });

  const isRead = ({ current }: AuthorizationView): boolean =>
    current.observation.scope !== null && current.observation.permissions !== null;

  /** A corp has authorized, and everything about it was read once. */
  const granted = async (
    suite: Suite,
    given: Partial<SuiteEvent> = {},
  ): Promise<{ app: FakeApp; view: AuthorizationView }> => {
    const { app: corpApp, code } = wecom.authorize();
    await send(suite, { infoType: 'create_auth', authCode: code, ...given });
    const view = await authorizationWhen(suite, (one) => one.corp.id === corpApp.corpId && isRead(one));
    return { app: corpApp, view };
  };

  return {
    get app() {
      return running;
    },
    /** The process ends, something happens, and another one begins with what the servers hold. */
    restart: async (meanwhile: () => Promise<void>): Promise<void> => {
      await running.stop();
      await meanwhile();
      running = await startApp(config, { logger, ...overrides });
    },
    ...{ wecom, config, graphql, others, steps, events, mongo, lines },
    ...{ newSuite, tree, treeWhen, exchangeWhen, authorizationWhen, send, granted, isRead },
    close: async () => {
      await Promise.all([others.stop(), events.stop(), running.stop()]);
      await mongo.close();
      await wecom.stop();
    },
  };
};

export type Scene = Awaited<ReturnType<typeof openScene>>;
