import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WecomRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Instead of an answer: the connection breaks after WeCom has dealt with the request. */
export const CONNECTION_LOST = { connection: 'lost' } as const;

/** What WeCom answers; a function is asked for each request. */
export type WecomAnswer = object | ((request: WecomRequest) => object | Promise<object>);

export const PATHS = {
  providerToken: '/cgi-bin/service/get_provider_token',
  suiteToken: '/cgi-bin/service/get_suite_token',
  customizedAuthUrl: '/cgi-bin/service/get_customized_auth_url',
  permanentCode: '/cgi-bin/service/v2/get_permanent_code',
  authInfo: '/cgi-bin/service/v2/get_auth_info',
  token: '/cgi-bin/gettoken',
  agent: '/cgi-bin/agent/get',
  permissions: '/cgi-bin/agent/get_permissions',
  openCorpid: '/cgi-bin/service/corpid_to_opencorpid',
} as const;

/** A request that somebody else makes is left to the others. */
export type IsMeant = (request: WecomRequest) => boolean;

interface Ordered {
  readonly isMeant: IsMeant;
  readonly answer: WecomAnswer;
}

const NOTHING_SET = { errcode: 404, errmsg: 'no answer set' };

const readBody = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>);
};

/** Speaks WeCom's wire over HTTP: each path answers what the spec says, and every request is kept. */
export const startFakeWecom = async () => {
  const requests: WecomRequest[] = [];
  const always = new Map<string, WecomAnswer>();
  const next = new Map<string, Ordered[]>();

  const takeOrdered = (request: WecomRequest): WecomAnswer | undefined => {
    const ordered = next.get(request.path) ?? [];
    const index = ordered.findIndex(({ isMeant }) => isMeant(request));
    return index < 0 ? undefined : ordered.splice(index, 1)[0]?.answer;
  };

  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://fake');
      const received = {
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        body: await readBody(request),
      };
      requests.push(received);
      const answer = takeOrdered(received) ?? always.get(received.path) ?? NOTHING_SET;
      const json = typeof answer === 'function' ? await (answer as (one: WecomRequest) => object)(received) : answer;
      if (json === CONNECTION_LOST) {
        request.socket.destroy();
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(json));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** From now on, whenever nothing else was ordered. */
    answer: (path: string, answer: WecomAnswer): void => {
      always.set(path, answer);
    },
    /** For one request only: the next of this path that is meant. Jobs of earlier specs ask the same paths. */
    answerNext: (path: string, answer: WecomAnswer, isMeant: IsMeant): void => {
      next.set(path, [...(next.get(path) ?? []), { isMeant, answer }]);
    },
    calls: (path: string): readonly WecomRequest[] => requests.filter((one) => one.path === path),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

export type FakeWecom = Awaited<ReturnType<typeof startFakeWecom>>;

/** A refusal of WeCom. */
export const refusal = (errcode: number, errmsg = 'refused'): object => ({ errcode, errmsg });
