import { text } from '@daikaifa/kernel';
import { byPerson, bySignal, readChecklist, type ChecklistStep, type Confirmation, type StepDefinition } from '@daikaifa/rules';
import { currentRevisionOf, statusOf, type CorpApp } from './corp-app';
import type { EndpointSignal } from './sources';
import { trustedDomainProofOf } from './trusted-domain';

/** Steps that a person may report; those that a machine sees as well are done by whichever comes first. */
export const PERSON_STEPS = ['FILL_IN_CONSOLE', 'SET_PRICING', 'SUBMIT_IN_CONSOLE', 'TRY_OUT', 'WIDEN_RANGE'] as const;
export type PersonStep = (typeof PERSON_STEPS)[number];

export type StepName =
  | PersonStep
  | 'START_IN_CONSOLE'
  | 'ENTER_CALLBACK'
  | 'PROVE_DOMAIN'
  | 'LAUNCH_IN_CONSOLE'
  | 'COMPLETION_MESSAGE'
  | 'SMALL_RANGE';

export type StepPhase = 'CONFIGURE' | 'LAUNCH' | 'AFTER_LAUNCH';

interface CorpAppStep extends StepDefinition<StepName, CorpApp, EndpointSignal | null> {
  readonly phase: StepPhase;
}

const PER_REVISION: readonly PersonStep[] = ['FILL_IN_CONSOLE', 'SUBMIT_IN_CONSOLE'];

/** A step of a revision is open again for the next one. */
export const revisionOfStep = (step: PersonStep, app: CorpApp): string | null =>
  PER_REVISION.includes(step) ? (currentRevisionOf(app)?.id ?? null) : null;

const byMark = (step: PersonStep, app: CorpApp): Confirmation | null => byPerson(app.marks, step, revisionOfStep(step, app));

/** What WeCom shows of the app is what our current revision says. */
const filledIn = (app: CorpApp): Confirmation | null => {
  const content = currentRevisionOf(app)?.content;
  const agent = app.observed.agent;
  const holds =
    content !== undefined &&
    agent !== null &&
    agent.value.name === content.name &&
    agent.value.homeUrl === (content.homePageUrl ?? '') &&
    agent.value.redirectDomain === (content.trustedDomain ?? '');
  return bySignal(holds, agent?.readAt ?? null);
};

const launched = (app: CorpApp): Confirmation | null => {
  const { onlineRevision, observed } = app;
  if (onlineRevision !== null) {
    return { confirmedBy: onlineRevision.confirmedBy, confirmedAt: onlineRevision.launchedAt };
  }
  return bySignal(statusOf(app) === 'ONLINE', observed.publishStatus?.readAt ?? null);
};

const STEPS: readonly CorpAppStep[] = [
  {
    step: 'START_IN_CONSOLE',
    phase: 'CONFIGURE',
    title: text('在服务商后台开始代开发应用', 'Start the development in the provider console'),
    instruction: text(
      '服务商后台 › 应用管理 › 应用代开发 › 模版详情 › 授权企业列表，点击该企业的“开始代开发应用”。',
      'Provider console › 应用管理 › 应用代开发 › the template › its authorized corps: press 开始代开发应用 for this corp.',
    ),
    confirmation: ({ observed: { publishStatus } }) =>
      bySignal((publishStatus?.value ?? 0) >= 1, publishStatus?.readAt ?? null),
  },
  {
    step: 'FILL_IN_CONSOLE',
    phase: 'CONFIGURE',
    title: text('填写应用信息', 'Enter the app’s configuration'),
    instruction: text(
      '按此处的 logo、名称、介绍、应用主页或小程序、菜单、可信域名与 IP 白名单填写并保存。',
      'Enter logo, name, introduction, home page or mini-program, menu, trusted domain and IP list as recorded here, and save.',
    ),
    confirmation: (app) => filledIn(app) ?? byMark('FILL_IN_CONSOLE', app),
  },
  {
    step: 'ENTER_CALLBACK',
    phase: 'CONFIGURE',
    title: text('填写回调配置', 'Enter the callback settings'),
    instruction: text(
      '独立回调：用 issueEndpointKeys 取得 Token 与 EncodingAESKey，连同回调 URL 填入应用的回调配置；与模版共用时沿用模版的三项。',
      'With an endpoint of its own: get Token and EncodingAESKey with issueEndpointKeys and enter them with the callback ' +
        'URL; with the template’s: enter the same three as there.',
    ),
    confirmation: (_app, endpoint) =>
      bySignal(endpoint !== null && endpoint.verifiedAt !== null, endpoint?.verifiedAt ?? null),
  },
  {
    step: 'PROVE_DOMAIN',
    phase: 'CONFIGURE',
    title: text('验证可信域名归属', 'Prove the ownership of the trusted domain'),
    instruction: text(
      '将后台给出的 WW_verify_*.txt 放到域名根目录，用 recordOwnershipFile 登记，再用 proveTrustedDomain 检查；未验证时 JSSDK 受限。',
      'Put the WW_verify_*.txt of the console into the web root of the domain, record it with recordOwnershipFile and try ' +
        'it with proveTrustedDomain; unproved, the JS-SDK is limited.',
    ),
    confirmation: (app) => {
      const domain = currentRevisionOf(app)?.content.trustedDomain ?? null;
      return bySignal(trustedDomainProofOf(app, domain) === 'PROVED', app.domainProof?.checkedAt ?? null);
    },
  },
  {
    step: 'SET_PRICING',
    phase: 'LAUNCH',
    title: text('配置定价策略（如需）', 'Set the pricing strategy, where asked for'),
    instruction: text(
      '服务商助手 › 应用开发 › 应用代开发 › 应用详情：部分服务商须先配置定价策略或由企业确认免支付订单，才能提交上线。',
      '服务商助手 › 应用开发 › 应用代开发 › the app: some providers must set a 定价策略, or have the corp confirm a free ' +
        'order, before they can submit.',
    ),
    confirmation: (app) => byMark('SET_PRICING', app),
  },
  {
    step: 'SUBMIT_IN_CONSOLE',
    phase: 'LAUNCH',
    title: text('在服务商后台提交审核', 'Submit for review in the provider console'),
    instruction: text(
      '服务商后台 › 应用管理 › 代开发应用上线 › 提交上线：左侧选择模版，右侧勾选企业应用。模版无需再次提交。',
      'Provider console › 应用管理 › 代开发应用上线 › 提交上线: choose the template on the left and tick the apps on the ' +
        'right. The template need not be submitted again.',
    ),
    confirmation: (app) => byMark('SUBMIT_IN_CONSOLE', app),
  },
  {
    step: 'LAUNCH_IN_CONSOLE',
    phase: 'LAUNCH',
    title: text('在服务商后台上线', 'Launch in the provider console'),
    instruction: text(
      '审核通过后先在此发起上线，再进入审核单详情点击“提交上线”；上线状态由企业微信读取确认。',
      'Once approved, ask for the launch here, then open the details of the review and press 提交上线; the launch is ' +
        'confirmed by what WeCom says of the app.',
    ),
    confirmation: (app) => (app.workingRevision === null ? launched(app) : null),
  },
  {
    step: 'COMPLETION_MESSAGE',
    phase: 'AFTER_LAUNCH',
    title: text('企业收到“代开发应用已完成”', 'The corp is told that the app is complete'),
    instruction: text(
      '上线后企业微信向企业管理员发送代开发应用已完成消息；请提醒管理员查看。',
      'With the launch WeCom tells the corp’s admin that the app is complete; point the admin to it.',
    ),
    confirmation: launched,
  },
  {
    step: 'SMALL_RANGE',
    phase: 'AFTER_LAUNCH',
    title: text('设置小范围可见', 'Set a small visible range'),
    instruction: text(
      '请企业管理员先设置小范围的可见范围；服务商不能代设。',
      'Ask the corp’s admin for a small visible range first; a provider cannot set it.',
    ),
    confirmation: ({ rangeSteps: { first } }) => bySignal(first !== null, first?.readAt ?? null),
  },
  {
    step: 'TRY_OUT',
    phase: 'AFTER_LAUNCH',
    title: text('试用', 'Try it out'),
    instruction: text('由可见范围内的成员使用应用并确认功能正常。', 'Have members in the visible range use the app.'),
    confirmation: (app) => byMark('TRY_OUT', app),
  },
  {
    step: 'WIDEN_RANGE',
    phase: 'AFTER_LAUNCH',
    title: text('扩大可见范围', 'Widen the visible range'),
    instruction: text('确认无问题后，请企业管理员设置更大的可见范围。', 'Then ask the corp’s admin for a wider range.'),
    confirmation: (app) => bySignal(app.rangeSteps.widerAt !== null, app.rangeSteps.widerAt) ?? byMark('WIDEN_RANGE', app),
  },
];

export const checklistOf = (app: CorpApp, endpoint: EndpointSignal | null): readonly (ChecklistStep<StepName> & { readonly phase: StepPhase })[] =>
  readChecklist(STEPS, app, endpoint);
