import { z } from 'zod';
import { AppError, badUserInput, invalidState, newId, text } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';
import { violation, type ConsoleViolation } from '../rules/fields';
import { generate } from '../store/generate';
import type { AuthorizationLink, Corp, Installation, Push, Template } from '../store/types';
import { eventXml } from '../wire/xml';
import { find } from './find';
import type { Operation } from './operation';
import { installationView, linkUrl, linkView } from './views';

/** @param wanted.lifeMs absent: does not expire */
export const makeLink = (
  sandbox: Sandbox,
  wanted: {
    readonly providerId: string;
    readonly suiteIds: readonly string[];
    readonly state: string;
    readonly lifeMs?: number;
  },
): { readonly id: string; readonly url: string } => {
  const nowMs = sandbox.nowMs();
  const { lifeMs, ...rest } = wanted;
  const link = sandbox.store.links.put({
    id: generate.linkId(),
    ...rest,
    ...(lifeMs === undefined ? {} : { expiresAt: nowMs + lifeMs }),
    createdAt: nowMs,
  });
  return { id: link.id, url: linkUrl(sandbox, link.id) };
};

/** @throws AppError INVALID_STATE for a link that has run out */
export const requireOpenLink = (sandbox: Sandbox, linkId: string): AuthorizationLink => {
  const link = find.link(sandbox, linkId);
  if (link.expiresAt !== undefined && link.expiresAt <= sandbox.nowMs()) {
    throw invalidState(
      text('二维码已过期，请联系服务商重新生成', 'this QR code has expired; ask the provider for a new one'),
    );
  }
  return link;
};

/** Each corp has at most one app of a template. */
export const installedApp = (sandbox: Sandbox, suiteId: string, corpId: string): Installation | undefined =>
  sandbox.store.installations.find({ suiteId, corpId }).find((app) => app.cancelledAt === undefined);

const install = (
  sandbox: Sandbox,
  request: { readonly template: Template; readonly corp: Corp; readonly adminUserId: string; readonly state: string },
): { app: Installation; push: Push } => {
  const { template, adminUserId, state } = request;
  const { store } = sandbox;
  const nowMs = sandbox.nowMs();
  const corp = store.corps.get(request.corp.id)!;
  store.corps.put({ ...corp, nextAgentId: corp.nextAgentId + 1 });
  const app = store.installations.put({
    id: newId(),
    providerId: template.providerId,
    suiteId: template.id,
    corpId: corp.id,
    agentId: corp.nextAgentId,
    name: template.name,
    intro: template.intro,
    state,
    installedBy: adminUserId,
    closed: false,
    publishStatus: 0,
    allowUsers: [adminUserId],
    allowParties: [],
    allowTags: [],
    permissions: [],
    createdAt: nowMs,
  });
  const authCode = sandbox.keepSecret('auth_code', app.id, generate.authCode());
  store.authCodes.put({
    id: authCode,
    suiteId: template.id,
    installationId: app.id,
    expiresAt: nowMs + sandbox.limits().authCodeLifeMs,
  });
  const xml = eventXml.createAuth({ suiteId: template.id, atSec: Math.floor(nowMs / 1000), authCode, state });
  return { app, push: sandbox.pusher.record({ suiteId: template.id, infoType: 'create_auth', xml, corpId: corp.id }) };
};

export const confirmLink: Operation<
  { linkId: string; corpId: string; adminUserId: string },
  { installed: ReturnType<typeof installationView>[]; alreadyInstalled: string[] }
> = {
  method: 'POST',
  path: '/links/:linkId/confirm',
  zh: '企业管理员确认授权（每个模版安装一个应用并推送 create_auth）',
  en: "a corp's admin confirms (installs one app per template, pushes one create_auth each)",
  fields: 'corpId, adminUserId',
  input: z.object({ linkId: z.string(), corpId: z.string(), adminUserId: z.string() }),
  run: (sandbox, { linkId, corpId, adminUserId }) => {
    const link = requireOpenLink(sandbox, linkId);
    const corp = find.corp(sandbox, corpId);
    if (!corp.members.some((member) => member.userId === adminUserId && member.admin)) {
      throw new AppError('FORBIDDEN', text('仅企业管理员可授权', 'only an admin of the corp may authorize'));
    }
    const alreadyInstalled = link.suiteIds.filter((suiteId) => installedApp(sandbox, suiteId, corpId) !== undefined);
    const missing = link.suiteIds.filter((suiteId) => !alreadyInstalled.includes(suiteId));
    const done = sandbox.store.transaction(() =>
      missing.map((suiteId) =>
        install(sandbox, { template: find.template(sandbox, suiteId), corp, adminUserId, state: link.state }),
      ),
    );
    done.forEach(({ push }) => sandbox.pusher.start(push));
    return { installed: done.map(({ app }) => installationView(sandbox, app)), alreadyInstalled };
  },
};

const [LEAST_IN_BATCH, MOST_IN_BATCH] = [2, 9];

const checkBatch = (sandbox: Sandbox, providerId: string, suiteIds: readonly string[]): ConsoleViolation[] => {
  const range = `${LEAST_IN_BATCH}-${MOST_IN_BATCH}`;
  const found: ConsoleViolation[] = [];
  if (suiteIds.length < LEAST_IN_BATCH || suiteIds.length > MOST_IN_BATCH) {
    found.push(
      violation(
        { field: 'suiteIds', code: 'BATCH_SIZE', limit: range, errcode: 842004 },
        `须选择 ${range} 个模版`,
        `${range} templates are needed`,
      ),
    );
  }
  for (const suiteId of suiteIds) {
    const template = sandbox.store.templates.get(suiteId);
    if (template?.providerId !== providerId) {
      found.push(
        violation(
          { field: 'suiteIds', code: 'NOT_A_TEMPLATE', errcode: 842003 },
          `不是本服务商的模版：${suiteId}`,
          `not a template of this provider: ${suiteId}`,
        ),
      );
    } else if (!template.online) {
      found.push(
        violation(
          { field: 'suiteIds', code: 'NOT_ONLINE', errcode: 842002 },
          `模版未上线：${suiteId}`,
          `not launched: ${suiteId}`,
        ),
      );
    }
  }
  return found;
};

/** The console's QR has no state; a link with one comes from get_customized_auth_url. */
export const createBatchLink: Operation<{ corpId: string; suiteIds: string[] }, ReturnType<typeof linkView>> = {
  method: 'POST',
  path: '/providers/:corpId/batch-links',
  zh: '服务商生成批量授权二维码（2–9 个已上线模版，10 天有效，不带 state）',
  en: 'the provider makes a batch QR of 2 to 9 launched templates (10 days, no state)',
  fields: 'suiteIds: string[]',
  input: z.object({ corpId: z.string(), suiteIds: z.array(z.string()).default([]) }),
  run: (sandbox, { corpId, suiteIds }) => {
    const provider = find.provider(sandbox, corpId);
    const wanted = [...new Set(suiteIds)];
    const violations = checkBatch(sandbox, provider.id, wanted);
    if (violations.length > 0) {
      throw badUserInput(violations);
    }
    const lifeMs = sandbox.limits().linkLifeMs;
    const { id } = makeLink(sandbox, { providerId: provider.id, suiteIds: wanted, state: '', lifeMs });
    return linkView(sandbox, find.link(sandbox, id));
  },
};

export const getLink: Operation<{ linkId: string }, unknown> = {
  method: 'GET',
  path: '/links/:linkId',
  zh: '授权链接详情',
  en: 'one authorization link',
  input: z.object({ linkId: z.string() }),
  run: (sandbox, { linkId }) => linkView(sandbox, find.link(sandbox, linkId)),
};
