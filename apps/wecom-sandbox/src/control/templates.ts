import { z } from 'zod';
import { badUserInput, conflict, text } from '@daikaifa/kernel';
import { checkCallbackFields, checkLogoUrl, checkTemplateFields } from '../rules/fields';
import { generate } from '../store/generate';
import type { Template } from '../store/types';
import { pushTicket } from '../wire/ticket-schedule';
import { callbackInput, keepCallbackKeys, requireVerified } from './callback-check';
import { find } from './find';
import { makeLink } from './links';
import type { Operation } from './operation';
import { pushView, templateView } from './views';

interface CreateTemplateInput extends z.infer<typeof callbackInput> {
  providerCorpId: string;
  name: string;
  intro: string;
  logoUrl: string;
}

type TemplateView = ReturnType<typeof templateView>;

export const createTemplate: Operation<CreateTemplateInput, TemplateView> = {
  method: 'POST',
  path: '/templates',
  zh: '创建代开发应用模版（保存时验证回调 URL，通过后推送首个 suite_ticket）',
  en: 'create a template (verifies the callback URL on save, then pushes the first suite_ticket)',
  fields: 'providerCorpId, name, intro, logoUrl?, callbackUrl, token, encodingAesKey',
  input: callbackInput.extend({
    providerCorpId: z.string(),
    name: z.string().trim(),
    intro: z.string().trim(),
    logoUrl: z.string().trim().default(''),
  }),
  run: async (sandbox, input) => {
    const { providerCorpId, ...fields } = input;
    const provider = find.provider(sandbox, providerCorpId);
    const { allowHttpCallbacks } = sandbox;
    const violations = [
      ...checkTemplateFields(input),
      ...(input.logoUrl === '' ? [] : checkLogoUrl(input.logoUrl, allowHttpCallbacks)),
      ...checkCallbackFields(input, allowHttpCallbacks),
    ];
    if (violations.length > 0) {
      throw badUserInput(violations);
    }
    await requireVerified(sandbox, provider.id, input);
    const id = generate.suiteId();
    const nowMs = sandbox.nowMs();
    const template: Template = {
      id,
      providerId: provider.id,
      ...fields,
      suiteSecret: sandbox.keepSecret('suite_secret', id, generate.secret()),
      callbackVerifiedAt: nowMs,
      online: false,
      lastTicketAt: nowMs,
      createdAt: nowMs,
    };
    keepCallbackKeys(sandbox, id, input);
    sandbox.store.templates.put(template);
    pushTicket(sandbox, template);
    return templateView(sandbox, sandbox.store.templates.get(id)!);
  },
};

export const changeCallback: Operation<{ suiteId: string } & z.infer<typeof callbackInput>, TemplateView> = {
  method: 'PUT',
  path: '/templates/:suiteId/callback',
  zh: '修改模版回调配置（保存时验证）',
  en: 'change the callback configuration (verified on save)',
  fields: 'callbackUrl, token, encodingAesKey',
  input: callbackInput.extend({ suiteId: z.string() }),
  run: async (sandbox, { suiteId, ...fields }) => {
    const template = find.template(sandbox, suiteId);
    const violations = checkCallbackFields(fields, sandbox.allowHttpCallbacks);
    if (violations.length > 0) {
      throw badUserInput(violations);
    }
    await requireVerified(sandbox, template.providerId, fields);
    keepCallbackKeys(sandbox, suiteId, fields);
    const current = find.template(sandbox, suiteId);
    return templateView(
      sandbox,
      sandbox.store.templates.put({ ...current, ...fields, callbackVerifiedAt: sandbox.nowMs() }),
    );
  },
};

export const launchTemplate: Operation<{ suiteId: string }, TemplateView> = {
  method: 'POST',
  path: '/templates/:suiteId/launch',
  zh: '模版上线（之后才有授权二维码）',
  en: 'launch a template (only then it has an authorization QR)',
  input: z.object({ suiteId: z.string() }),
  run: (sandbox, { suiteId }) => {
    const template = find.template(sandbox, suiteId);
    if (template.online) {
      throw conflict(text('模版已上线', 'the template is online already'));
    }
    const link = makeLink(sandbox, { providerId: template.providerId, suiteIds: [suiteId], state: '' });
    return templateView(sandbox, sandbox.store.templates.put({ ...template, online: true, linkId: link.id }));
  },
};

export const refreshTicket: Operation<{ suiteId: string }, ReturnType<typeof pushView>> = {
  method: 'POST',
  path: '/templates/:suiteId/ticket',
  zh: '手动刷新 ticket 推送',
  en: 'push a new suite_ticket now',
  input: z.object({ suiteId: z.string() }),
  run: (sandbox, { suiteId }) => pushView(pushTicket(sandbox, find.template(sandbox, suiteId))),
};

export const listTemplates: Operation<{ providerCorpId?: string | undefined }, unknown> = {
  method: 'GET',
  path: '/templates',
  zh: '模版列表（?providerCorpId=）',
  en: 'templates (?providerCorpId=)',
  input: z.object({ providerCorpId: z.string().optional() }),
  run: (sandbox, { providerCorpId }) =>
    sandbox.store.templates
      .find(providerCorpId === undefined ? {} : { providerId: providerCorpId })
      .map((template) => templateView(sandbox, template)),
};

export const getTemplate: Operation<{ suiteId: string }, unknown> = {
  method: 'GET',
  path: '/templates/:suiteId',
  zh: '模版详情',
  en: 'one template',
  input: z.object({ suiteId: z.string() }),
  run: (sandbox, { suiteId }) => templateView(sandbox, find.template(sandbox, suiteId)),
};
