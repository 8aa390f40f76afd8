import { operations } from '@daikaifa/client';
import { issueKeys, silentTimeline, writeTemplate, type Doors } from '@daikaifa/demo';
import { eventually } from '@daikaifa/testing';

const CONTENT = {
  name: '示例CRM',
  introduction: '销售团队的客户管理工具',
  category: 'CUSTOMER_MANAGEMENT',
  targetIndustry: 'INFORMATION_TECHNOLOGY',
};

const TEMPLATE = /* GraphQL */ `
  query TemplateInWork($id: ID!) {
    delegatedTemplate(id: $id) {
      id version status
      workingRevision { number status submission { id } }
      onlineRevision { number }
      revisions { number status }
      checklist { step done }
      callbackEndpoint { id url keysIssued verifiedAt }
      suite { suiteId ticket }
    }
  }
`;

const ITEMS = /* GraphQL */ `
  query ItemsOfTemplate($id: ID!) {
    delegatedTemplate(id: $id) {
      id
      reviewItems(first: 10) { nodes { id version state submissionId verdicts { decision } previousItem { id } } }
    }
  }
`;

export interface TemplateInWork {
  readonly version: number;
  readonly status: string;
  readonly workingRevision: {
    readonly number: number;
    readonly status: string;
    readonly submission: { readonly id: string } | null;
  } | null;
  readonly onlineRevision: { readonly number: number } | null;
  readonly revisions: ReadonlyArray<{ readonly number: number; readonly status: string }>;
  readonly checklist: ReadonlyArray<{ readonly step: string; readonly done: boolean }>;
  readonly callbackEndpoint: {
    readonly id: string;
    readonly url: string;
    readonly keysIssued: boolean;
    readonly verifiedAt: string | null;
  } | null;
  readonly suite: { readonly suiteId: string; readonly ticket: string } | null;
}

export interface ItemOfTemplate {
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly submissionId: string;
  readonly verdicts: ReadonlyArray<{ readonly decision: string }>;
  readonly previousItem: { readonly id: string } | null;
}

export interface SuiteAtWecom {
  readonly suiteId: string;
  readonly suiteSecret: string;
}

/** What the people of a provider do with one template, one step at a time. */
export const templateOf = (doors: Doors, templateId: string) => {
  const { developer, reviewer, admin, sandbox, publisherId } = doors;

  const look = async (): Promise<TemplateInWork> =>
    (await developer.ask<{ delegatedTemplate: TemplateInWork }>(TEMPLATE, { id: templateId })).delegatedTemplate;

  /** Newest first. */
  const items = async (): Promise<readonly ItemOfTemplate[]> => {
    type Found = { readonly delegatedTemplate: { readonly reviewItems: { readonly nodes: readonly ItemOfTemplate[] } } };
    return (await reviewer.ask<Found>(ITEMS, { id: templateId })).delegatedTemplate.reviewItems.nodes;
  };

  const change = async (): Promise<{ templateId: string; expectedVersion: number }> => ({
    templateId,
    expectedVersion: (await look()).version,
  });

  const untilItem = async (state: string): Promise<ItemOfTemplate> =>
    eventually(async () => {
      const [newest] = await items();
      if (newest?.state === state) {
        return newest;
      }
      throw new Error(`the newest item is not ${state}: ${JSON.stringify(newest)}`);
    });

  const itemChange = async (state: string) => {
    const { id: itemId, version: expectedVersion } = await untilItem(state);
    return { itemId, expectedVersion };
  };

  return {
    id: templateId,
    look,
    items,
    untilItem,
    until: (isWanted: (template: TemplateInWork) => boolean): Promise<TemplateInWork> =>
      eventually(async () => {
        const template = await look();
        if (isWanted(template)) {
          return template;
        }
        throw new Error(`the template is not as wanted: ${JSON.stringify(template)}`);
      }),
    edit: async (content: object = CONTENT) => {
      await developer.ask(operations.EditTemplateDocument, { input: { ...(await change()), content } });
    },
    submit: async () => {
      await developer.ask(operations.SubmitTemplateDocument, { input: await change() });
    },
    /** Submitting where something is broken: the code of what the developer is told. */
    submitInVain: async (): Promise<string | undefined> => {
      const [error] = await developer.refusal(operations.SubmitTemplateDocument, { input: await change() });
      return error?.extensions?.code;
    },
    reject: async () => {
      const reasons = [{ field: 'introduction', message: '请写明适用场景' }];
      await reviewer.ask(operations.DecideDocument, { input: { ...(await itemChange('PENDING')), decision: 'REJECTED', reasons } });
    },
    approve: async () => {
      await reviewer.ask(operations.DecideDocument, { input: { ...(await itemChange('PENDING')), decision: 'APPROVED' } });
    },
    launch: async () => {
      await admin.ask(operations.LaunchDocument, { input: await itemChange('APPROVED') });
      await admin.ask(operations.ConfirmLaunchDocument, { input: await itemChange('LAUNCHING') });
    },
    issueKeys: async (): Promise<{ token: string; encodingAesKey: string }> => {
      const endpoint = await eventually(async () => (await look()).callbackEndpoint);
      return issueKeys(doors, endpoint.id);
    },
    /** The URL and its keys are typed into WeCom's console, which verifies them; saved again when that took too long. */
    enterInConsole: async (keys: { token: string; encodingAesKey: string }): Promise<SuiteAtWecom> => {
      const { publisher } = await admin.ask<{ publisher: { corpId: string } }>(
        'query Corp($id: ID!) { publisher(id: $id) { id corpId } }',
        { id: publisherId },
      );
      const endpoint = await eventually(async () => (await look()).callbackEndpoint);
      const input = {
        providerCorpId: publisher.corpId,
        name: '示例CRM',
        intro: '客户关系管理',
        callbackUrl: endpoint.url,
        token: keys.token,
        encodingAesKey: keys.encodingAesKey,
      };
      return eventually(() => sandbox.call<SuiteAtWecom>('POST', '/templates', input));
    },
    recordSuite: async ({ suiteId, suiteSecret }: SuiteAtWecom) => {
      await admin.ask(operations.RecordSuiteDocument, { input: { templateId, suiteId, suiteSecret } });
    },
  };
};

export type Template = ReturnType<typeof templateOf>;

/** A draft with its logo. */
export const makeTemplate = async (doors: Doors): Promise<Template> =>
  templateOf(doors, (await writeTemplate(doors, silentTimeline)).id);

export const isDone = ({ checklist }: TemplateInWork, wanted: string): boolean =>
  checklist.some(({ step, done }) => step === wanted && done);
