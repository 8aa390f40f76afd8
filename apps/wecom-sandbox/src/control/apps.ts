import { z } from 'zod';
import { badUserInput, invalidState, text } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';
import { checkAddressList, checkAppVersion } from '../rules/app-fields';
import { nextStage, REVIEW_TEXT, PUBLISH_STATUS_TEXT, type AppStage, type AppStep } from '../rules/app-steps';
import { checkCallbackFields, violation, type CallbackFields, type ConsoleViolation } from '../rules/fields';
import type { AppCallback, AppVersion } from '../store/app-types';
import type { Installation, Template } from '../store/types';
import { keepCallbackKeys, requireVerified } from './callback-check';
import { requireInstalled, type InstallationView } from './change-app';
import { find } from './find';
import type { Operation } from './operation';
import { installationView, isCallbackOf } from './views';

const buttonInput = z.object({
  type: z.enum(['click', 'view', 'view_miniprogram']),
  name: z.string().trim().max(16),
  value: z.string().trim().max(128),
});

const given = z.string().trim().optional();

/** Whatever is absent stays as it was; at the start, as the template has it. */
const appInput = z.object({
  id: z.string(),
  name: given,
  intro: given,
  logoUrl: given,
  homePageUrl: given,
  miniProgram: z.object({ appId: z.string().trim(), name: z.string().trim().min(1) }).nullable().optional(),
  trustedDomain: given,
  menu: z.array(buttonInput).optional(),
  ipWhitelist: z.array(z.string().trim()).optional(),
  callbackUrl: given,
  token: given,
  encodingAesKey: given,
});
type AppInput = z.infer<typeof appInput>;

const FIELDS =
  'name?, intro?, logoUrl?, homePageUrl?, miniProgram?: {appId, name} | null, trustedDomain?, ' +
  'menu?: {type: click | view | view_miniprogram, name, value}[], ipWhitelist?: string[], ' +
  'callbackUrl?, token?, encodingAesKey?';

interface AppSettings {
  readonly version: AppVersion;
  readonly ipWhitelist: readonly string[];
  readonly callback: CallbackFields;
}

/** 开始代开发 finds these filled in. */
export const settingsOfTemplate = (template: Template): AppSettings => ({
  version: {
    name: template.name,
    intro: template.intro,
    logoUrl: template.logoUrl ?? '',
    homePageUrl: '',
    miniProgram: null,
    trustedDomain: '',
    menu: [],
  },
  ipWhitelist: [],
  callback: template,
});

const withInput = (current: AppSettings, input: AppInput): AppSettings => ({
  version: {
    name: input.name ?? current.version.name,
    intro: input.intro ?? current.version.intro,
    logoUrl: input.logoUrl ?? current.version.logoUrl,
    homePageUrl: input.homePageUrl ?? current.version.homePageUrl,
    miniProgram: input.miniProgram === undefined ? current.version.miniProgram : input.miniProgram,
    trustedDomain: (input.trustedDomain ?? current.version.trustedDomain).toLowerCase(),
    menu: input.menu ?? current.version.menu,
  },
  ipWhitelist: input.ipWhitelist ?? current.ipWhitelist,
  callback: {
    callbackUrl: input.callbackUrl ?? current.callback.callbackUrl,
    token: input.token ?? current.callback.token,
    encodingAesKey: input.encodingAesKey ?? current.callback.encodingAesKey,
  },
});

export const stageOf = ({ publishStatus, review }: Installation): AppStage => ({
  publishStatus,
  review: review ?? 'NONE',
});

/** @throws AppError INVALID_STATE where the console offers no such step */
export const requireStep = (app: Installation, step: AppStep): AppStage => {
  const stage = stageOf(app);
  const next = nextStage(stage, step);
  if (next === undefined) {
    const [status, review] = [PUBLISH_STATUS_TEXT[stage.publishStatus], REVIEW_TEXT[stage.review]];
    throw invalidState(
      text(
        `应用${status.zh}、${review.zh}，不可执行此操作`,
        `not possible: the app is ${status.en}, ${review.en}`,
      ),
      { ...stage, step },
    );
  }
  return next;
};

const MONTH_MS = 30 * 86_400_000;

/** The times of the last month at which a domain was set for an app of this corp. */
const recentDomainSettings = (sandbox: Sandbox, corpId: string): readonly number[] =>
  (find.corp(sandbox, corpId).domainSettings ?? []).filter((at) => at > sandbox.nowMs() - MONTH_MS);

const checkDomainCount = (sandbox: Sandbox, corpId: string): ConsoleViolation[] => {
  const limit = sandbox.limits().trustedDomainsPerMonth;
  return recentDomainSettings(sandbox, corpId).length < limit
    ? []
    : [
        violation(
          { field: 'trustedDomain', code: 'DOMAIN_TOO_OFTEN', limit: String(limit), errcode: 85004 },
          `一个企业每月最多设置 ${limit} 次可信域名`,
          `a corp's trusted domains are set at most ${limit} times a month`,
        ),
      ];
};

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Asks the address, which takes time: what is saved is decided from the app as it is afterwards. */
const verifiedCallback = async (
  sandbox: Sandbox,
  app: Installation,
  { callbackUrl, token, encodingAesKey }: CallbackFields,
): Promise<AppCallback> => {
  const fields = { callbackUrl, token, encodingAesKey };
  if (app.callback !== undefined && isCallbackOf(app.callback, fields)) {
    return app.callback;
  }
  await requireVerified(sandbox, app.providerId, fields);
  return { ...fields, verifiedAt: sandbox.nowMs() };
};

const save = async (
  sandbox: Sandbox,
  app: Installation,
  wanted: AppSettings,
  step: 'start' | 'edit',
): Promise<InstallationView> => {
  const isNewDomain = wanted.version.trustedDomain !== app.draft?.trustedDomain;
  const violations = [
    ...checkAppVersion(wanted.version, sandbox.allowHttpCallbacks),
    ...checkAddressList(wanted.ipWhitelist),
    ...checkCallbackFields(wanted.callback, sandbox.allowHttpCallbacks),
    ...(isNewDomain ? checkDomainCount(sandbox, app.corpId) : []),
  ];
  if (violations.length > 0) {
    throw badUserInput(violations);
  }
  const callback = await verifiedCallback(sandbox, app, wanted.callback);
  const current = requireInstalled(sandbox, app.id);
  // The callback and the address list count from now on; only what members see is a new version.
  const stage = isSame(wanted.version, current.draft) ? stageOf(current) : requireStep(current, step);
  const { draft, ipWhitelist } = { draft: wanted.version, ipWhitelist: wanted.ipWhitelist };
  return sandbox.store.transaction(() => {
    if (!isCallbackOf(callback, find.template(sandbox, app.suiteId))) {
      keepCallbackKeys(sandbox, app.id, callback);
    }
    if (isNewDomain) {
      const domainSettings = [...recentDomainSettings(sandbox, app.corpId), sandbox.nowMs()];
      sandbox.store.corps.put({ ...find.corp(sandbox, app.corpId), domainSettings });
    }
    return installationView(
      sandbox,
      sandbox.store.installations.put({ ...current, ...stage, draft, ipWhitelist, callback }),
    );
  });
};

export const startDevelopment: Operation<AppInput, InstallationView> = {
  method: 'POST',
  path: '/installations/:id/app',
  zh: '服务商开始代开发应用（未填的名称、介绍、logo 与回调取自模版；保存时验证回调 URL；无推送）',
  en: 'the provider starts development; name, introduction, logo and callback default to the template (no push)',
  fields: FIELDS,
  input: appInput,
  run: (sandbox, input) => {
    const app = requireInstalled(sandbox, input.id);
    requireStep(app, 'start');
    return save(sandbox, app, withInput(settingsOfTemplate(find.template(sandbox, app.suiteId)), input), 'start');
  },
};

export const editApp: Operation<AppInput, InstallationView> = {
  method: 'PATCH',
  path: '/installations/:id/app',
  zh: '服务商修改应用（上线后的修改待再次上线；回调与 IP 白名单立即生效；无推送）',
  en: 'the provider edits the app; what members see waits for the next launch, the rest counts at once (no push)',
  fields: FIELDS,
  input: appInput,
  run: (sandbox, input) => {
    const app = requireInstalled(sandbox, input.id);
    if (app.draft === undefined || app.callback === undefined) {
      throw invalidState(text('尚未开始代开发', 'development has not been started'));
    }
    const { draft: version, callback, ipWhitelist = [] } = app;
    return save(sandbox, app, withInput({ version, callback, ipWhitelist }, input), 'edit');
  },
};
