import type { Sandbox } from '../sandbox';
import { clickMenu, enterApp, sendText } from '../control/chat';
import { chatPage, chatsPage, membersPage } from './chat';
import { valuesOf, type Doors, type Params } from './doors';
import type { Html } from './html';

export const openChat = ({ page, form }: Doors, sandbox: Sandbox): void => {
  page('/chat', () => chatsPage(sandbox));
  page('/chat/:id', ({ id }) => membersPage(sandbox, id!));
  page('/chat/:id/:userId', ({ id, userId }) => chatPage(sandbox, id!, userId!));
  const onChat = {
    input: (params: Params, typed: URLSearchParams) => ({ ...valuesOf(typed), ...params }),
    next: (_output: unknown, { id, userId }: Params) => `/chat/${id}/${encodeURIComponent(userId!)}`,
    refused: ({ id, userId }: Params, error: Html) => chatPage(sandbox, id!, userId!, error),
  };
  form({ ...onChat, path: '/chat/:id/:userId/text', operation: sendText });
  form({ ...onChat, path: '/chat/:id/:userId/enter', operation: enterApp });
  form({ ...onChat, path: '/chat/:id/:userId/menu', operation: clickMenu });
};
