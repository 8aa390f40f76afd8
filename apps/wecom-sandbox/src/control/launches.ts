import { z } from 'zod';
import { badUserInput } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';
import { nextStage } from '../rules/app-steps';
import { violation } from '../rules/fields';
import type { Installation } from '../store/types';
import { writeToAdmins } from './admin-messages';
import { requireStep, stageOf } from './apps';
import { requireInstalled, saveAndPush, type InstallationView } from './change-app';
import { find } from './find';
import type { Operation } from './operation';
import { recordSubscriptions, usersOf } from './subscriptions';
import { installationView } from './views';

const MOST_APPS = 100;
const idInput = z.object({ id: z.string() });

const put = (sandbox: Sandbox, app: Installation): InstallationView =>
  installationView(sandbox, sandbox.store.installations.put(app));

/** One review of some apps of one template; an app that cannot be submitted refuses all, and all of those are named. */
export const submitApps: Operation<
  { suiteId: string; installationIds: string[] },
  { submitted: InstallationView[] }
> = {
  method: 'POST',
  path: '/templates/:suiteId/submit-apps',
  zh: '服务商提交应用上线审核（同一模版的 1–100 个应用）',
  en: 'the provider submits 1 to 100 apps of one template for review',
  fields: 'installationIds: string[]',
  input: z.object({ suiteId: z.string(), installationIds: z.array(z.string()).min(1).max(MOST_APPS) }),
  run: (sandbox, { suiteId, installationIds }) => {
    find.template(sandbox, suiteId);
    const apps = [...new Set(installationIds)].map((id) => find.installation(sandbox, id));
    const refused = apps.filter(
      (app) =>
        app.suiteId !== suiteId || app.cancelledAt !== undefined || nextStage(stageOf(app), 'submit') === undefined,
    );
    if (refused.length > 0) {
      throw badUserInput(
        refused.map((app) => ({
          ...violation(
            { field: 'installationIds', code: 'NOT_SUBMITTABLE' },
            `应用 ${app.id} 不可提交：须属于此模版、已开始代开发、有未上线的版本且不在审核中`,
            `app ${app.id} cannot be submitted: of this template, started, with an unpublished version, not in review`,
          ),
          given: app.id,
        })),
      );
    }
    return sandbox.store.transaction(() => ({
      submitted: apps.map((app) => put(sandbox, { ...app, ...requireStep(app, 'submit'), rejectReason: '' })),
    }));
  },
};

export const withdrawReview: Operation<{ id: string }, InstallationView> = {
  method: 'POST',
  path: '/installations/:id/withdraw-review',
  zh: '服务商撤回上线审核',
  en: 'the provider withdraws the app from review',
  input: idInput,
  run: (sandbox, { id }) => {
    const app = requireInstalled(sandbox, id);
    return put(sandbox, { ...app, ...requireStep(app, 'withdraw') });
  },
};

export const giveVerdict: Operation<
  { id: string; verdict: 'APPROVED' | 'REJECTED'; reason: string },
  InstallationView
> = {
  method: 'POST',
  path: '/installations/:id/verdict',
  zh: '企业微信团队给出审核结果',
  en: "WeCom's reviewers decide",
  fields: 'verdict: APPROVED | REJECTED, reason?',
  input: idInput.extend({
    verdict: z.enum(['APPROVED', 'REJECTED']),
    reason: z.string().trim().max(200).default(''),
  }),
  run: (sandbox, { id, verdict, reason }) => {
    const app = requireInstalled(sandbox, id);
    const stage = requireStep(app, verdict === 'APPROVED' ? 'approve' : 'reject');
    return put(sandbox, { ...app, ...stage, rejectReason: verdict === 'REJECTED' ? reason : '' });
  },
};

/** The template hears nothing: the provider reads it with agent/get. Who is in the range already is a user now. */
export const launchApp: Operation<{ id: string }, InstallationView> = {
  method: 'POST',
  path: '/installations/:id/launch',
  zh: '服务商提交上线（审核通过后；企业管理员收到“代开发应用已完成”；模版回调无推送）',
  en: "the provider launches the approved version; the corp's admins get a message (nothing to the template)",
  input: idInput,
  run: (sandbox, { id }) => {
    const app = requireInstalled(sandbox, id);
    const stage = requireStep(app, 'launch');
    const launched = { ...app, ...stage, online: app.draft! };
    const before = usersOf(app, find.corp(sandbox, app.corpId).members);
    return saveAndPush(sandbox, launched, [], () => {
      writeToAdmins(sandbox, {
        corpId: app.corpId,
        installationId: app.id,
        kind: 'APP_LAUNCHED',
        text: `代开发应用“${app.draft!.name}”已完成，请设置可见范围，建议先小范围使用`,
      });
      return recordSubscriptions(sandbox, launched, before);
    });
  },
};
