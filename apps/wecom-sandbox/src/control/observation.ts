import { z } from 'zod';
import { notFound, text } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';
import { limitsSchema, type Limits } from '../rules/limits';
import { APP_PUSH_NAMES, INFO_TYPES, PUSH_OUTCOMES, type Push } from '../store/types';
import type { Operation } from './operation';
import {
  corpView,
  installationView,
  linkView,
  permissionRequestView,
  providerView,
  pushView,
  templateView,
} from './views';

const nothing = z.object({});
const RECENT_CALLS = 100;

export const getState: Operation<object, unknown> = {
  method: 'GET',
  path: '/state',
  zh: '全部状态快照（不含推送正文）',
  en: 'everything at a glance',
  input: nothing,
  run: (sandbox) => ({
    now: new Date(sandbox.nowMs()).toISOString(),
    providers: sandbox.store.providers.all().map(providerView),
    corps: sandbox.store.corps.all().map(corpView),
    templates: sandbox.store.templates.all().map((template) => templateView(sandbox, template)),
    links: sandbox.store.links.all().map((link) => linkView(sandbox, link)),
    installations: sandbox.store.installations.all().map((app) => installationView(sandbox, app)),
    permissionRequests: sandbox.store.permissionRequests.all().map(permissionRequestView),
  }),
};

export const getCalls: Operation<{ path?: string | undefined; subject?: string | undefined }, unknown> = {
  method: 'GET',
  path: '/calls',
  zh: '各接口调用次数（?path= ?subject=，subject 为 suite_id、密文 corpid 或服务商 corpid）',
  en: 'calls of each API (?path= ?subject=: suite_id, encrypted corpid or provider corpid)',
  input: z.object({ path: z.string().optional(), subject: z.string().optional() }),
  run: (sandbox, { path, subject }) => {
    const byPath = sandbox.store.calls.counts({
      ...(path === undefined ? {} : { path }),
      ...(subject === undefined ? {} : { subject }),
    });
    const total = Object.values(byPath).reduce((sum, entry) => sum + entry.count, 0);
    return { total, byPath, recent: sandbox.store.calls.recent(RECENT_CALLS) };
  },
};

export const clearCalls: Operation<object, unknown> = {
  method: 'DELETE',
  path: '/calls',
  zh: '调用次数清零',
  en: 'set the counters to zero',
  input: nothing,
  run: (sandbox) => {
    sandbox.store.calls.clear();
    return { total: 0 };
  },
};

const pushFilter = z.object({
  suiteId: z.string().optional(),
  installationId: z.string().optional(),
  infoType: z.enum([...INFO_TYPES, ...APP_PUSH_NAMES]).optional(),
  outcome: z.enum(PUSH_OUTCOMES).optional(),
});

export const listPushes: Operation<z.infer<typeof pushFilter>, unknown> = {
  method: 'GET',
  path: '/pushes',
  zh: '推送记录，含每次发送（?suiteId= ?installationId= 仅应用回调 ?infoType= ?outcome=）',
  en: "pushes with every send (?suiteId= ?installationId= of the app's own callback ?infoType= ?outcome=)",
  input: pushFilter,
  run: (sandbox, filter) =>
    sandbox.store.pushes
      .find(Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)))
      .map(pushView),
};

const requirePush = (sandbox: Sandbox, id: string): Push => {
  const push = sandbox.store.pushes.get(id);
  if (push === undefined) {
    throw notFound(text('推送', 'push'), id);
  }
  return push;
};

export const getPush: Operation<{ id: string }, unknown> = {
  method: 'GET',
  path: '/pushes/:id',
  zh: '一次推送，含明文',
  en: 'one push with its plaintext',
  input: z.object({ id: z.string() }),
  run: (sandbox, { id }) => {
    const push = requirePush(sandbox, id);
    return { ...pushView(push), xml: push.xml };
  },
};

export const resendPush: Operation<{ id: string }, unknown> = {
  method: 'POST',
  path: '/pushes/:id/resend',
  zh: '再次发送（重新加密）',
  en: 'send once more, encrypted anew',
  input: z.object({ id: z.string() }),
  run: (sandbox, { id }) => {
    const push = requirePush(sandbox, id);
    sandbox.pusher.resend(push);
    return pushView(push);
  },
};

export const getSecrets: Operation<object, unknown> = {
  method: 'GET',
  path: '/secrets',
  zh: '发出过的全部机密（供泄漏检查）',
  en: 'every secret ever given out, for leak searches',
  input: nothing,
  run: (sandbox) => sandbox.store.secrets.all().map(({ id, kind, owner }) => ({ kind, owner, value: id })),
};

const clockView = (sandbox: Sandbox) => ({
  now: new Date(sandbox.nowMs()).toISOString(),
  offsetMs: sandbox.clockOffsetMs(),
});

export const getClock: Operation<object, unknown> = {
  method: 'GET',
  path: '/clock',
  zh: '沙箱时钟',
  en: 'the sandbox clock',
  input: nothing,
  run: clockView,
};

export const setClock: Operation<{ offsetMs?: number | undefined; advanceMs?: number | undefined }, unknown> = {
  method: 'PUT',
  path: '/clock',
  zh: '拨动沙箱时钟：offsetMs 为与真实时间之差，advanceMs 为再向前拨',
  en: 'set the offset from real time, or advance by some more',
  fields: 'offsetMs? | advanceMs?',
  input: z.object({ offsetMs: z.number().int().optional(), advanceMs: z.number().int().optional() }),
  run: (sandbox, { offsetMs, advanceMs }) => {
    sandbox.setClockOffsetMs((offsetMs ?? sandbox.clockOffsetMs()) + (advanceMs ?? 0));
    return clockView(sandbox);
  },
};

export const getLimits: Operation<object, Limits> = {
  method: 'GET',
  path: '/limits',
  zh: '各类时限与次数上限',
  en: 'all clocks and caps',
  input: nothing,
  run: (sandbox) => sandbox.limits(),
};

export const changeLimits: Operation<{ [Name in keyof Limits]?: Limits[Name] | undefined }, Limits> = {
  method: 'PATCH',
  path: '/limits',
  zh: '修改时限与上限',
  en: 'change clocks and caps',
  fields: Object.keys(limitsSchema.shape).join(', '),
  input: limitsSchema.partial(),
  run: (sandbox, changes) => sandbox.changeLimits(changes as Partial<Limits>),
};

export const listBans: Operation<object, unknown> = {
  method: 'GET',
  path: '/bans',
  zh: '错误密钥次数与封禁',
  en: 'wrong secrets and bans by address',
  input: nothing,
  run: (sandbox) =>
    sandbox.store.secretAttempts.all().map(({ path, ip, wrong, bannedUntil }) => ({
      path,
      ip,
      wrong,
      bannedUntil: bannedUntil === 0 ? null : new Date(bannedUntil).toISOString(),
    })),
};

export const clearBans: Operation<object, unknown> = {
  method: 'DELETE',
  path: '/bans',
  zh: '解除全部封禁',
  en: 'lift every ban',
  input: nothing,
  run: (sandbox) => {
    sandbox.store.secretAttempts.clear();
    return { bans: 0 };
  },
};
