import { err, ok, text, type Result } from '@daikaifa/kernel';
import { request, type Dispatcher } from 'undici';
import { LIMITS } from '../limits';
import {
  contractFault,
  errcodeFault,
  hideText,
  httpFault,
  makeFault,
  type WecomCall,
  type WecomFault,
} from './wecom-fault';

/** One HTTP exchange with WeCom. */
export interface Exchange {
  readonly call: WecomCall;
  readonly method: 'GET' | 'POST';
  /** Base URL and path, without a query. */
  readonly url: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Values of this call that no message may show: tokens, secrets, codes. */
  readonly secrets: readonly string[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly traceparent?: string;
  readonly dispatcher: Dispatcher;
  /** Whether a 2xx answer that breaks the contract must be handed back, hidden. */
  readonly keepRawAnswer: boolean;
}

export interface RawAnswer {
  readonly json: Readonly<Record<string, unknown>>;
  readonly rawText: string;
}

const REDACTED = '[redacted]';

/** Takes out the secrets in each form in which an answer or an error text could repeat them. */
export const redact = (message: string, secrets: readonly string[]): string =>
  secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams([['', secret]]).toString().slice(1),
      JSON.stringify(secret).slice(1, -1),
    ])
    .sort((one, other) => other.length - one.length)
    .reduce((shown, form) => shown.replaceAll(form, REDACTED), message);

/** Failures that happen before a byte of the request is sent. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'UNKNOWN';

const transportFault = (exchange: Exchange, error: unknown, deadline: AbortSignal): WecomFault => {
  const { call } = exchange;
  if (deadline.aborted || exchange.signal?.aborted === true) {
    const why = deadline.aborted
      ? text(`${exchange.timeoutMs} 毫秒内没有应答`, `no answer within ${exchange.timeoutMs} ms`)
      : text('调用方停止等待', 'the caller stopped waiting');
    return makeFault({ kind: 'TIMEOUT', call, classification: 'RETRY', reached: 'MAYBE', text: why });
  }
  // The code alone: the message of a network error may quote the request.
  const code = codeOf(error);
  return makeFault({
    kind: code.endsWith('_TIMEOUT') ? 'TIMEOUT' : 'TRANSPORT',
    call,
    classification: 'RETRY',
    reached: NEVER_SENT.has(code) ? 'NO' : 'MAYBE',
    text: text(`无法连接企业微信接口（${code}）`, `the connection to WeCom failed (${code})`),
  });
};

/** @returns null when the body is larger than the limit */
const readBody = async (body: Dispatcher.ResponseData['body']): Promise<string | null> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LIMITS.apiAnswerMaxBytes) {
      return null;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const parseObject = (rawText: string): RawAnswer['json'] | null => {
  try {
    const parsed: unknown = JSON.parse(rawText);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as RawAnswer['json'])
      : null;
  } catch {
    return null;
  }
};

const brokenAnswer = (exchange: Exchange, what: string, rawText: string): WecomFault => ({
  ...contractFault(exchange.call, redact(what, exchange.secrets)),
  ...(exchange.keepRawAnswer ? { rawAnswer: hideText(rawText) } : {}),
});

const interpret = (exchange: Exchange, rawText: string): Result<RawAnswer, WecomFault> => {
  const json = parseObject(rawText);
  if (json === null) {
    return err(brokenAnswer(exchange, 'not a JSON object', rawText));
  }
  // The token and authorization calls leave errcode out when they succeed.
  const errcode = Number(json.errcode ?? 0);
  if (!Number.isInteger(errcode)) {
    return err(brokenAnswer(exchange, 'errcode is not a number', rawText));
  }
  return errcode === 0
    ? ok({ json, rawText })
    : err(errcodeFault(exchange.call, errcode, redact(String(json.errmsg ?? ''), exchange.secrets)));
};

/** Sends one request: no redirect, no retry, one deadline for everything, a cap on the answer. Never throws. */
export const performExchange = async (exchange: Exchange): Promise<Result<RawAnswer, WecomFault>> => {
  const deadline = AbortSignal.timeout(exchange.timeoutMs);
  const query = new URLSearchParams(exchange.query).toString();
  try {
    const response = await request(query === '' ? exchange.url : `${exchange.url}?${query}`, {
      method: exchange.method,
      dispatcher: exchange.dispatcher,
      signal: exchange.signal === undefined ? deadline : AbortSignal.any([deadline, exchange.signal]),
      headers: {
        accept: 'application/json',
        ...(exchange.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(exchange.traceparent === undefined ? {} : { traceparent: exchange.traceparent }),
      },
      ...(exchange.body === undefined ? {} : { body: JSON.stringify(exchange.body) }),
    });
    if (response.statusCode < 200 || response.statusCode > 299) {
      // Not awaited: the status is the answer, whatever the body does.
      void response.body.dump().catch(() => undefined);
      return err(httpFault(exchange.call, response.statusCode));
    }
    const rawText = await readBody(response.body);
    return rawText === null
      ? err(contractFault(exchange.call, `longer than ${LIMITS.apiAnswerMaxBytes} bytes`))
      : interpret(exchange, rawText);
  } catch (error) {
    return err(transportFault(exchange, error, deadline));
  }
};

/** A 2xx answer that parsed, but not into what the call promises. `issues` name fields, not values. */
export const unexpectedShape = (exchange: Exchange, answer: RawAnswer, issues: string): WecomFault =>
  brokenAnswer(exchange, issues, answer.rawText);
