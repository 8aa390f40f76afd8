import { text } from '@daikaifa/kernel';
import { byPerson, bySignal, readChecklist, type ChecklistStep, type Confirmation, type StepDefinition } from '@daikaifa/rules';
import type { DelegatedTemplate } from './delegated-template';
import type { TemplateSignals } from './template-signals';

/** Steps that only a person can report: WeCom has no interface that would tell. */
export const PERSON_STEPS = ['ALLOW_CALLING_IPS', 'SUBMIT_IN_CONSOLE'] as const;
export type PersonStep = (typeof PERSON_STEPS)[number];

export type StepName =
  | PersonStep
  | 'CREATE_IN_CONSOLE'
  | 'ENTER_CALLBACK'
  | 'RECEIVE_TICKET'
  | 'LAUNCH_IN_CONSOLE';

/** A step of a revision is open again for the next one. */
export const revisionOfStep = (step: PersonStep, template: DelegatedTemplate): string | null =>
  step === 'SUBMIT_IN_CONSOLE' ? ((template.workingRevision ?? template.onlineRevision)?.id ?? null) : null;

const byMark = (step: PersonStep, template: DelegatedTemplate): Confirmation | null =>
  byPerson(template.marks, step, revisionOfStep(step, template));

const STEPS: readonly StepDefinition<StepName, DelegatedTemplate, TemplateSignals>[] = [
  {
    step: 'CREATE_IN_CONSOLE',
    title: text('在服务商后台创建模版', 'Create the template in the provider console'),
    instruction: text(
      '服务商后台 › 应用管理 › 应用代开发 › 创建代开发应用模版，按此处的 logo、名称、介绍、分类和行业填写；然后用 recordSuiteCredentials 登记 suite_id 与 suite_secret。',
      'Provider console › 应用管理 › 应用代开发 › 创建代开发应用模版: enter logo, name, introduction, category and ' +
        'industry as recorded here; then record suite_id and suite_secret with recordSuiteCredentials.',
    ),
    confirmation: (_template, { suite }) => bySignal(suite !== null && suite.suiteId !== null, null),
  },
  {
    step: 'ENTER_CALLBACK',
    title: text('填写回调配置', 'Enter the callback settings'),
    instruction: text(
      '用 issueEndpointKeys 取得 Token 与 EncodingAESKey，连同回调 URL 填入模版的回调配置并保存；企业微信会立即验证该 URL。',
      'Get Token and EncodingAESKey with issueEndpointKeys, enter them with the callback URL in the callback settings ' +
        'of the template and save: WeCom verifies the URL at once.',
    ),
    confirmation: (_template, { endpoint }) =>
      bySignal(endpoint !== null && endpoint.verifiedAt !== null, endpoint?.verifiedAt ?? null),
  },
  {
    step: 'RECEIVE_TICKET',
    title: text('收到 suite_ticket', 'Receive a suite_ticket'),
    instruction: text(
      '企业微信每十分钟推送一次；在回调配置处也可手动刷新 ticket 推送。',
      'WeCom pushes one every ten minutes; the callback settings also have a button that pushes one now.',
    ),
    confirmation: (_template, { suite }) => bySignal(suite?.ticket === 'FRESH', suite?.ticketAt ?? null),
  },
  {
    step: 'ALLOW_CALLING_IPS',
    title: text('登记调用 IP', 'Allow the calling IPs'),
    instruction: text(
      '服务商后台 › 服务商信息 › 基本信息 › IP白名单，填写本平台的出口 IP；否则调用返回 60020。约一分钟后生效。',
      'Provider console › 服务商信息 › 基本信息 › IP白名单: enter the outgoing IPs of this platform, or calls answer ' +
        '60020. Takes effect after about a minute.',
    ),
    confirmation: (template) => byMark('ALLOW_CALLING_IPS', template),
  },
  {
    step: 'SUBMIT_IN_CONSOLE',
    title: text('在服务商后台提交审核', 'Submit for review in the provider console'),
    instruction: text(
      '服务商后台 › 应用管理 › 代开发应用上线 › 提交上线，选择该模版。修改过模版信息后须再次提交。',
      'Provider console › 应用管理 › 代开发应用上线 › 提交上线: choose this template. Needed again after each change ' +
        'of its information.',
    ),
    confirmation: (template) => byMark('SUBMIT_IN_CONSOLE', template),
  },
  {
    step: 'LAUNCH_IN_CONSOLE',
    title: text('在服务商后台上线', 'Launch in the provider console'),
    instruction: text(
      '审核状态变为“待上线”后，进入审核单详情点击“提交上线”，再用 confirmLaunch 确认。',
      'When the review shows 待上线, open its details, press 提交上线, then confirm with confirmLaunch.',
    ),
    confirmation: ({ workingRevision, onlineRevision }) =>
      workingRevision === null && onlineRevision !== null
        ? { confirmedBy: onlineRevision.confirmedBy, confirmedAt: onlineRevision.launchedAt }
        : null,
  },
];

export const checklistOf = (template: DelegatedTemplate, signals: TemplateSignals): readonly ChecklistStep<StepName>[] =>
  readChecklist(STEPS, template, signals);
