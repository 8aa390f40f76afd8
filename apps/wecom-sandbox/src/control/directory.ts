import { z } from 'zod';
import { conflict, text } from '@daikaifa/kernel';
import { generate } from '../store/generate';
import type { Corp, Provider } from '../store/types';
import { find } from './find';
import type { Operation } from './operation';
import { recordSubscriptions, usersOf } from './subscriptions';
import { corpView, providerView } from './views';

const MAX_TEST_CORPS = 30;
const plainCorpId = z.string().regex(/^(ww|wx)[0-9a-z]{8,32}$/, 'a plaintext corpid (ww… or wx…)');

export const createProvider: Operation<
  { name: string; corpId?: string | undefined },
  ReturnType<typeof providerView>
> = {
  method: 'POST',
  path: '/providers',
  zh: '创建服务商',
  en: 'create a provider',
  fields: 'name, corpId?',
  input: z.object({ name: z.string().trim().min(1).max(60), corpId: plainCorpId.optional() }),
  run: (sandbox, { name, corpId }) => {
    const id = corpId ?? generate.corpId();
    if (sandbox.store.providers.get(id) !== undefined) {
      throw conflict(text('该 corpid 的服务商已存在', 'a provider with this corpid exists'));
    }
    const provider: Provider = {
      id,
      name,
      providerSecret: sandbox.keepSecret('provider_secret', id, generate.secret()),
      ipWhitelist: [],
      testCorpIds: [],
      createdAt: sandbox.nowMs(),
    };
    return providerView(sandbox.store.providers.put(provider));
  },
};

export const setIpWhitelist: Operation<{ corpId: string; ips: string[] }, ReturnType<typeof providerView>> = {
  method: 'PUT',
  path: '/providers/:corpId/ip-whitelist',
  zh: '设置服务商 IP 白名单（空 = 不限）',
  en: 'set the IP list of a provider (empty = no limit)',
  fields: 'ips: string[]',
  input: z.object({
    corpId: z.string(),
    ips: z.array(z.string().regex(/^[0-9a-fA-F.:]+\*?$/, 'an address, or a prefix that ends in *')).max(200),
  }),
  run: (sandbox, { corpId, ips }) =>
    providerView(sandbox.store.providers.put({ ...find.provider(sandbox, corpId), ipWhitelist: ips })),
};

export const addTestCorp: Operation<{ corpId: string; testCorpId: string }, ReturnType<typeof providerView>> = {
  method: 'POST',
  path: '/providers/:corpId/test-corps',
  zh: '添加服务商测试企业',
  en: 'add a test corp to a provider',
  fields: 'testCorpId',
  input: z.object({ corpId: z.string(), testCorpId: z.string() }),
  run: (sandbox, { corpId, testCorpId }) => {
    const provider = find.provider(sandbox, corpId);
    find.corp(sandbox, testCorpId);
    const testCorpIds = [...new Set([...provider.testCorpIds, testCorpId])];
    if (testCorpIds.length > MAX_TEST_CORPS) {
      throw conflict(text(`测试企业最多 ${MAX_TEST_CORPS} 个`, `at most ${MAX_TEST_CORPS} test corps`));
    }
    return providerView(sandbox.store.providers.put({ ...provider, testCorpIds }));
  },
};

const memberInput = z.object({
  userId: z.string().regex(/^[\w.@-]{1,64}$/, '1 to 64 letters, digits, _ - . @'),
  name: z.string().trim().min(1).max(64),
  admin: z.boolean().default(false),
  departmentIds: z.array(z.number().int().positive()).default([1]),
});

const DEFAULT_MEMBERS: z.infer<typeof memberInput>[] = [
  { userId: 'admin', name: '企业管理员', admin: true, departmentIds: [1] },
  { userId: 'member-a', name: '成员甲', admin: false, departmentIds: [2] },
  { userId: 'member-b', name: '成员乙', admin: false, departmentIds: [2] },
];

export const createCorp: Operation<
  { name: string; verified: boolean; industry: string; members: z.infer<typeof memberInput>[] },
  ReturnType<typeof corpView>
> = {
  method: 'POST',
  path: '/corps',
  zh: '创建企业（可带成员，至少一名管理员）',
  en: 'create a corp (with members, at least one admin)',
  fields: 'name, verified?, industry?, members?: {userId, name, admin?, departmentIds?}[]',
  input: z.object({
    name: z.string().trim().min(1).max(60),
    verified: z.boolean().default(true),
    industry: z.string().max(40).default('IT服务'),
    members: z
      .array(memberInput)
      .default(DEFAULT_MEMBERS)
      .refine((members) => members.some((member) => member.admin), 'at least one admin is needed'),
  }),
  run: (sandbox, input) => {
    const corp: Corp = {
      id: generate.corpId(),
      ...input,
      departments: [
        { id: 1, name: input.name },
        { id: 2, name: '销售部' },
        { id: 3, name: '技术部' },
      ],
      nextAgentId: 1_000_002,
      createdAt: sandbox.nowMs(),
    };
    return corpView(sandbox.store.corps.put(corp));
  },
};

export const addMember: Operation<{ corpId: string } & z.infer<typeof memberInput>, ReturnType<typeof corpView>> = {
  method: 'POST',
  path: '/corps/:corpId/members',
  zh: '添加成员（在可见范围内时，向应用推送 subscribe）',
  en: 'add a member to a corp (subscribe to the apps that it may use)',
  fields: 'userId, name, admin?, departmentIds?',
  input: memberInput.extend({ corpId: z.string() }),
  run: (sandbox, { corpId, ...member }) => {
    const corp = find.corp(sandbox, corpId);
    // Plaintext member ids know no case.
    if (corp.members.some((one) => one.userId.toLowerCase() === member.userId.toLowerCase())) {
      throw conflict(text('该账号已存在', 'a member with this id exists'));
    }
    const next = { ...corp, members: [...corp.members, member] };
    const pushes = sandbox.store.transaction(() => {
      sandbox.store.corps.put(next);
      return sandbox.store.installations
        .find({ corpId })
        .flatMap((app) => recordSubscriptions(sandbox, app, usersOf(app, corp.members)));
    });
    pushes.forEach((push) => sandbox.pusher.start(push));
    return corpView(next);
  },
};

export const listProviders: Operation<object, unknown> = {
  method: 'GET',
  path: '/providers',
  zh: '服务商列表',
  en: 'all providers',
  input: z.object({}),
  run: (sandbox) => sandbox.store.providers.all().map(providerView),
};

export const getProvider: Operation<{ corpId: string }, unknown> = {
  method: 'GET',
  path: '/providers/:corpId',
  zh: '服务商详情',
  en: 'one provider',
  input: z.object({ corpId: z.string() }),
  run: (sandbox, { corpId }) => providerView(find.provider(sandbox, corpId)),
};

export const listCorps: Operation<object, unknown> = {
  method: 'GET',
  path: '/corps',
  zh: '企业列表',
  en: 'all corps',
  input: z.object({}),
  run: (sandbox) => sandbox.store.corps.all().map(corpView),
};
