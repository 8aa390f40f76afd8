import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../sandbox';
import { openAdmin, openAuthorization } from './admin-doors';
import { openChat } from './chat-doors';
import { openConsole } from './console-doors';
import { createDoors } from './doors';
import { apiPage, homePage, pushesPage } from './home';
import { STYLESHEET } from './style';

/** Server-rendered pages without scripts; every form runs an operation of the sandbox API. */
export const registerPages = (server: FastifyInstance, sandbox: Sandbox): void => {
  void server.register(async (scope) => {
    const doors = createDoors(scope, sandbox);
    scope.get('/assets/sandbox.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(STYLESHEET));
    doors.page('/', () => homePage(sandbox));
    doors.page('/pushes', () => pushesPage(sandbox));
    doors.page('/sandbox/api', () => apiPage());
    openConsole(doors, sandbox);
    openAuthorization(doors, sandbox);
    openAdmin(doors, sandbox);
    openChat(doors, sandbox);
  });
};
