import { z } from 'zod';
import { newId } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';
import type { AdminMessage } from '../store/app-types';
import { find } from './find';
import type { Operation } from './operation';
import { isoTime } from './views';

/** WeCom writes to the admins of a corp. Belongs into the transaction that causes it. */
export const writeToAdmins = (sandbox: Sandbox, message: Omit<AdminMessage, 'id' | 'at'>): AdminMessage =>
  sandbox.store.adminMessages.put({ ...message, id: newId(), at: sandbox.nowMs() });

const messageView = (sandbox: Sandbox, message: AdminMessage) => ({
  id: message.id,
  kind: message.kind,
  text: message.text,
  installationId: message.installationId,
  requestId: message.requestId ?? null,
  requestState:
    message.requestId === undefined ? null : (sandbox.store.permissionRequests.get(message.requestId)?.state ?? null),
  at: isoTime(message.at),
});

export const listAdminMessages: Operation<{ corpId: string }, ReturnType<typeof messageView>[]> = {
  method: 'GET',
  path: '/corps/:corpId/messages',
  zh: '企业管理员收到的消息，最新在前',
  en: "what WeCom wrote to the corp's admins, newest first",
  input: z.object({ corpId: z.string() }),
  run: (sandbox, { corpId }) =>
    sandbox.store.adminMessages
      .find({ corpId: find.corp(sandbox, corpId).id })
      .reverse()
      .map((message) => messageView(sandbox, message)),
};
