import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Sandbox } from '../sandbox';
import { errorAnswer, fail, WecomError } from '../rules/wecom-error';
import { randomText } from '../store/generate';
import type { Fault } from '../store/types';
import { appApis } from './app-apis';
import type { ApiCall, ApiDefinition } from './call';
import { createFrequencyGuard } from './frequency';
import { providerApis } from './provider-apis';
import { suiteApis } from './suite-apis';

export const SERVER_APIS: readonly ApiDefinition[] = [...providerApis, ...suiteApis, ...appApis];

/** Either an answer or, where a fault took it, a connection that breaks without one. */
type Outcome = { readonly json: Record<string, unknown> } | { readonly broken: true };

const readBody = (request: FastifyRequest): Record<string, unknown> => {
  const raw = typeof request.body === 'string' ? request.body.trim() : '';
  if (raw === '') {
    return {};
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(raw);
  } catch {
    return fail(40058);
  }
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    ? (parsed as Record<string, unknown>)
    : fail(40058);
};

const readQuery = (request: FastifyRequest): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(request.url.split('?')[1] ?? ''));

const createRunner = (sandbox: Sandbox) => {
  const frequency = createFrequencyGuard();

  const strike = async (faults: readonly Fault[], mode: Fault['mode']): Promise<Outcome | undefined> => {
    for (const fault of faults.filter((one) => one.mode === mode)) {
      if (fault.kind === 'delay') {
        await sandbox.faults.delay(fault);
      } else if (fault.kind === 'hold') {
        await sandbox.faults.hold(fault);
      } else if (fault.kind === 'drop') {
        return { broken: true };
      } else if (fault.kind === 'error') {
        return { json: { errcode: fault.errcode } };
      }
    }
    return undefined;
  };

  const decide = (api: ApiDefinition, call: ApiCall, subject: string): Record<string, unknown> => {
    const { tokenCallsPerMinute, callsPerMinute } = sandbox.limits();
    const limit = api.issuesToken === true ? tokenCallsPerMinute : callsPerMinute;
    if (frequency.isOver(`${api.path} ${subject || call.ip}`, limit, sandbox.nowMs())) {
      fail(45009);
    }
    // A refusal keeps what it wrote (the count of wrong secrets), so it leaves the transaction as a value.
    const result = sandbox.store.transaction(() => {
      try {
        return api.answer(sandbox, call);
      } catch (error) {
        if (error instanceof WecomError) {
          return error;
        }
        throw error;
      }
    });
    if (result instanceof WecomError) {
      throw result;
    }
    return api.bareSuccess === true ? result : { errcode: 0, errmsg: 'ok', ...result };
  };

  const answer = (api: ApiDefinition, call: ApiCall, subject: string): Record<string, unknown> => {
    try {
      return decide(api, call, subject);
    } catch (error) {
      if (error instanceof WecomError) {
        return { errcode: error.errcode };
      }
      sandbox.logger.error({ err: error, 'api.path': api.path }, 'server API failed');
      return { errcode: -1 };
    }
  };

  return async (api: ApiDefinition, request: FastifyRequest): Promise<Outcome> => {
    const beganAt = performance.now();
    let outcome: Outcome;
    let subject = '';
    try {
      const call: ApiCall = { query: readQuery(request), body: readBody(request), ip: request.ip };
      subject = api.subject(sandbox, call);
      if (request.method !== api.method) {
        fail(40058);
      }
      const faults = sandbox.faults.take('api', api.path, [subject]);
      const early = await strike(faults, 'before');
      const result = early ?? { json: answer(api, call, subject) };
      outcome = (early === undefined ? await strike(faults, 'after') : undefined) ?? result;
    } catch (error) {
      outcome = { json: { errcode: error instanceof WecomError ? error.errcode : -1 } };
    }
    const errcode = 'broken' in outcome ? -1 : ((outcome.json['errcode'] as number | undefined) ?? 0);
    const ms = performance.now() - beganAt;
    sandbox.store.calls.add({ at: sandbox.nowMs(), path: api.path, subject, ip: request.ip, errcode, ms });
    return outcome;
  };
};

const withText = (sandbox: Sandbox, json: Record<string, unknown>, ip: string): Record<string, unknown> => {
  const errcode = json['errcode'];
  return typeof errcode === 'number' && errcode !== 0
    ? errorAnswer(errcode, { atMs: sandbox.nowMs(), ip, hint: randomText(32, '0123456789abcdef') })
    : json;
};

/** The server API of WeCom: HTTP 200 with JSON, whatever the outcome. */
export const registerServerApi = (server: FastifyInstance, sandbox: Sandbox): void => {
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // WeCom reads the body as JSON whatever its content type says.
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    const run = createRunner(sandbox);
    for (const api of SERVER_APIS) {
      scope.route({
        method: ['GET', 'POST'],
        url: api.path,
        handler: async (request: FastifyRequest, reply: FastifyReply) => {
          const outcome = await run(api, request);
          if (!('broken' in outcome)) {
            return reply.send(withText(sandbox, outcome.json, request.ip));
          }
          reply.hijack();
          request.raw.socket.destroy();
          return reply;
        },
      });
    }
  });
};
