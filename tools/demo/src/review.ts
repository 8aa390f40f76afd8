import { operations } from '@daikaifa/client';
import { found } from './doors';
import type { Doors } from './provider';
import { lookAtTemplate } from './template';
import type { Timeline } from './timeline';
import { until } from './until';

const FIRST_TEXTS = {
  name: '示例CRM',
  introduction: '客户关系管理',
  category: 'CUSTOMER_MANAGEMENT',
  targetIndustry: 'INFORMATION_TECHNOLOGY',
} as const;
const REASON = '请写明适用场景';

/** What the persons of a provider do with the review of one template. */
const reviewOf = (doors: Doors, templateId: string) => {
  const { developer, reviewer } = doors;
  const askItems = async () =>
    found((await reviewer.ask(operations.ReviewItemsDocument, { id: templateId })).delegatedTemplate, 'the template')
      .reviewItems.nodes;
  const change = async () => ({ templateId, expectedVersion: (await lookAtTemplate(doors, templateId)).version });
  return {
    newest: async (state: string, after?: string) => {
      const holds = (items: Awaited<ReturnType<typeof askItems>>): boolean =>
        items[0]?.state === state && items[0].id !== after;
      return found((await until(`a review item in ${state}`, askItems, holds))[0], 'the review item');
    },
    edit: async (content: object) => {
      await developer.ask(operations.EditTemplateDocument, { input: { ...(await change()), content } });
    },
    submit: async (): Promise<string> =>
      (await developer.ask(operations.SubmitTemplateDocument, { input: await change() })).submitDelegatedTemplate.template.status,
    reaches: async (status: string) => {
      await until(`the template ${status}`, () => lookAtTemplate(doors, templateId), (one) => one.status === status);
    },
  };
};

export const reviewAndLaunch = async (doors: Doors, templateId: string, suiteId: string, timeline: Timeline): Promise<void> => {
  const { developer, reviewer, admin, sandbox } = doors;
  const review = reviewOf(doors, templateId);

  await timeline.step('GraphQL', '补全并提交审核 · complete it and submit', async () => {
    await review.edit(FIRST_TEXTS);
    return { observed: `template ${await review.submit()}`, value: undefined };
  });
  const first = await timeline.step('machine', '预检通过 · prechecks passed', async () => {
    const item = await review.newest('PENDING');
    return { observed: item.prechecks.map((check) => `${check.code} ${check.outcome}`).join(', '), value: item };
  });
  await timeline.step('GraphQL', '审核驳回 · rejected with a reason', async () => {
    const reasons = [{ field: 'introduction', message: REASON }];
    await reviewer.ask(operations.DecideDocument, {
      input: { itemId: first.id, expectedVersion: first.version, decision: 'REJECTED', reasons },
    });
    await review.reaches('REJECTED');
    return { observed: `introduction: ${REASON}`, value: undefined };
  });
  await timeline.step('GraphQL', '修改后再次提交 · mended and submitted again', async () => {
    await review.edit({ introduction: '销售团队的客户管理工具' });
    return { observed: `template ${await review.submit()}`, value: undefined };
  });
  const second = await timeline.step('machine', '预检通过, 关联上次 · prechecked, linked to the last', async () => {
    const item = await review.newest('PENDING', first.id);
    return { observed: `previous item ${item.previousItem?.state ?? 'missing'}`, value: item };
  });
  await timeline.step('GraphQL', '另一人审核通过 · approved by another person', async () => {
    const input = { itemId: second.id, expectedVersion: second.version, decision: 'APPROVED' } as const;
    const [refusal] = await developer.refusal(operations.DecideDocument, { input });
    await reviewer.ask(operations.DecideDocument, { input });
    return { observed: `the developer was refused (${refusal?.extensions?.code ?? ''}), the reviewer approved`, value: undefined };
  });
  await timeline.step('GraphQL', '提交上线 · launch (PUBLISHER_ADMIN)', async () => {
    const approved = await review.newest('APPROVED');
    await admin.ask(operations.LaunchDocument, { input: { itemId: approved.id, expectedVersion: approved.version } });
    return { observed: 'LAUNCHING, waits for the console', value: undefined };
  });
  await timeline.step('WeCom console', '后台上线模版 · launched in the console', async () => {
    await sandbox.call('POST', `/templates/${suiteId}/launch`);
    return { observed: 'online at WeCom', value: undefined };
  });
  await timeline.step('GraphQL', '确认已上线 · a person confirms', async () => {
    const launching = await review.newest('LAUNCHING');
    await admin.ask(operations.ConfirmLaunchDocument, { input: { itemId: launching.id, expectedVersion: launching.version } });
    await review.reaches('ONLINE');
    return { observed: 'template ONLINE', value: undefined };
  });
};
