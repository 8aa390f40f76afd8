import { request } from 'undici';

/** How a call to somebody's callback URL ended. Never throws for what the other side does. */
export interface CallOutcome {
  readonly status?: number;
  readonly body: Buffer;
  readonly ms: number;
  readonly problem?: 'TIMEOUT' | 'UNREACHABLE' | 'STOPPED';
  readonly reason: string;
}

const MAX_ANSWER_BYTES = 64 * 1024;

const readLimited = async (body: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      break;
    }
  }
  return Buffer.concat(chunks);
};

/** Adds signature parameters to a URL that may already hold a query of its own. */
export const withParameters = (url: string, parameters: Readonly<Record<string, string>>): string => {
  const target = new URL(url);
  const own = target.search.replace(/^\?/, '');
  const added = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  target.search = [...(own === '' ? [] : [own]), ...added].join('&');
  return target.href;
};

/** @param options.limitMs the whole time from connecting to the end of the answer */
export const callWithin = async (
  url: string,
  options: {
    readonly method: 'GET' | 'POST';
    readonly body?: string;
    readonly limitMs: number;
    readonly stop: AbortSignal;
  },
): Promise<CallOutcome> => {
  const beganAt = performance.now();
  const elapsed = (): number => Math.round(performance.now() - beganAt);
  const limit = AbortSignal.timeout(options.limitMs);
  try {
    const answer = await request(url, {
      method: options.method,
      headers: {
        'user-agent': 'Mozilla/4.0',
        accept: '*/*',
        ...(options.body === undefined ? {} : { 'content-type': 'text/xml' }),
      },
      body: options.body ?? null,
      signal: AbortSignal.any([limit, options.stop]),
    });
    const body = await readLimited(answer.body);
    return { status: answer.statusCode, body, ms: elapsed(), reason: '' };
  } catch (error) {
    const empty = { body: Buffer.alloc(0), ms: elapsed() };
    if (options.stop.aborted) {
      return { ...empty, problem: 'STOPPED', reason: 'sandbox stopped' };
    }
    if (limit.aborted) {
      return { ...empty, problem: 'TIMEOUT', reason: `no answer within ${options.limitMs} ms` };
    }
    const code = (error as { code?: string }).code ?? (error as Error).name;
    return { ...empty, problem: 'UNREACHABLE', reason: `connection failed: ${code}` };
  }
};
