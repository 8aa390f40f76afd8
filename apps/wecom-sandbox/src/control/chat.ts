import { z } from 'zod';
import { badUserInput, invalidState, notFound, text } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';
import { violation } from '../rules/fields';
import { refusalOfUse } from '../rules/usable';
import type { Installation, Push } from '../store/types';
import { find } from './find';
import { recordAct, type Act } from './member-acts';
import type { Operation } from './operation';
import { pushView } from './views';

type PushView = ReturnType<typeof pushView>;
const MOST_TEXT_BYTES = 2048;

/** @throws AppError INVALID_STATE with the reason why this member cannot use the app */
const requireUsable = (sandbox: Sandbox, id: string, userId: string): Installation => {
  const app = find.installation(sandbox, id);
  const refusal = refusalOfUse(app, find.member(sandbox, app.corpId, userId));
  if (refusal !== undefined) {
    throw invalidState(refusal.text, { reason: refusal.reason });
  }
  return app;
};

/** Sent in the background. */
const deliver = (sandbox: Sandbox, app: Installation, act: Act): PushView => {
  const push = sandbox.store.transaction(() => recordAct(sandbox, app, act));
  sandbox.pusher.start(push);
  return pushView(push);
};

const memberInput = z.object({ id: z.string(), userId: z.string() });

export const sendText: Operation<{ id: string; userId: string; text: string }, PushView> = {
  method: 'POST',
  path: '/installations/:id/messages',
  zh: '成员向应用发送文本消息（加密推送到应用回调；回复见 GET /pushes/:id）',
  en: 'a member sends a text to the app (pushed to its callback; the reply is in GET /pushes/:id)',
  fields: 'userId, text',
  input: memberInput.extend({ text: z.string() }),
  run: (sandbox, { id, userId, text: said }) => {
    const bytes = Buffer.byteLength(said);
    if (said.trim() === '' || bytes > MOST_TEXT_BYTES) {
      throw badUserInput([
        violation(
          { field: 'text', code: 'TEXT_LENGTH', limit: `1-${MOST_TEXT_BYTES}` },
          `消息须为 1–${MOST_TEXT_BYTES} 字节`,
          `a message has 1 to ${MOST_TEXT_BYTES} bytes`,
        ),
      ]);
    }
    return deliver(sandbox, requireUsable(sandbox, id, userId), { userId, infoType: 'text', said, what: said });
  },
};

export const enterApp: Operation<{ id: string; userId: string }, PushView> = {
  method: 'POST',
  path: '/installations/:id/enter',
  zh: '成员进入应用（推送 enter_agent）',
  en: 'a member opens the app (enter_agent)',
  fields: 'userId',
  input: memberInput,
  run: (sandbox, { id, userId }) =>
    deliver(sandbox, requireUsable(sandbox, id, userId), {
      ...{ userId, infoType: 'enter_agent', said: '进入应用', what: '' },
    }),
};

export const clickMenu: Operation<{ id: string; userId: string; index: number }, PushView> = {
  method: 'POST',
  path: '/installations/:id/menu',
  zh: '成员点击应用菜单（推送 click、view 或 view_miniprogram）；index 从 0 起',
  en: "a member clicks a button of the app's menu (click, view or view_miniprogram); index from 0",
  fields: 'userId, index',
  input: memberInput.extend({ index: z.coerce.number().int().min(0) }),
  run: (sandbox, { id, userId, index }) => {
    const app = requireUsable(sandbox, id, userId);
    const button = app.online?.menu[index];
    if (button === undefined) {
      throw notFound(text('菜单项', 'menu button'), String(index));
    }
    return deliver(sandbox, app, {
      ...{ userId, infoType: button.type, said: `点击菜单“${button.name}”`, what: button.value },
    });
  },
};

/** Without subscribe and unsubscribe, which the visible range does and not the member. */
export const actsOf = (sandbox: Sandbox, installationId: string, userId?: string): Push[] =>
  sandbox.store.pushes
    .find({ installationId })
    .filter(({ infoType }) => infoType !== 'subscribe' && infoType !== 'unsubscribe')
    .filter(({ act }) => userId === undefined || act?.userId === userId);

export const listMessages: Operation<{ id: string; userId?: string | undefined }, PushView[]> = {
  method: 'GET',
  path: '/installations/:id/messages',
  zh: '成员与应用的往来（?userId=）',
  en: 'what members did in the app and what it replied (?userId=)',
  input: z.object({ id: z.string(), userId: z.string().optional() }),
  run: (sandbox, { id, userId }) =>
    actsOf(sandbox, find.installation(sandbox, id).id, userId).map(pushView),
};
