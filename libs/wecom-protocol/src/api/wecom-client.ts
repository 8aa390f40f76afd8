import { err, ok, type Result } from '@daikaifa/kernel';
import { Agent as HttpAgent, type Dispatcher } from 'undici';
import type { z } from 'zod';
import {
  accessTokenAnswer,
  agentAnswer,
  authInfoAnswer,
  callbackIpAnswer,
  customizedAuthUrlAnswer,
  openCorpidAnswer,
  permanentCodeAnswer,
  permissionsAnswer,
  providerTokenAnswer,
  suiteTokenAnswer,
  type Agent,
  type AuthInfo,
  type CallbackIps,
  type CustomizedAuthUrl,
  type OpenCorpid,
  type PermanentCode,
  type Permissions,
  type TokenAnswer,
} from './answers';
import { performExchange, unexpectedShape, type Exchange, type RawAnswer } from './exchange';
import type { WecomCall, WecomFault } from './wecom-fault';

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Overrides the time limit of this call. */
  readonly timeoutMs?: number;
}

/** What happened in one call, for logs and metrics. It holds no secret, token or URL. */
export interface CallRecord {
  readonly call: WecomCall;
  readonly durationMs: number;
  readonly outcome: 'OK' | WecomFault['kind'];
  readonly errcode?: number;
  readonly httpStatus?: number;
}

export type AroundCall = <T>(
  call: WecomCall,
  perform: () => Promise<Result<T, WecomFault>>,
) => Promise<Result<T, WecomFault>>;

export interface WecomClientOptions {
  /** `https://qyapi.weixin.qq.com`, or a stand-in. */
  readonly baseUrl: string;
  /** Whole call, connection and body included. Default 10 000. */
  readonly timeoutMs?: number;
  /** Time limits of single calls. Default: getPermanentCode 30 000, because its answer must not be lost. */
  readonly timeoutsMs?: Partial<Readonly<Record<WecomCall, number>>>;
  readonly dispatcher?: Dispatcher;
  readonly onCall?: (record: CallRecord) => void;
  /** Runs each call, once; for a span around it. */
  readonly aroundCall?: AroundCall;
  /** The W3C trace context of the moment, sent along; asked inside `aroundCall`. */
  readonly traceparent?: () => string | undefined;
}

export type Answer<T> = Promise<Result<T, WecomFault>>;

/**
 * WeCom's API as far as delegated development needs it. No call throws, none is repeated here: who holds the token or
 * the single-use code decides about that (`fault.classification`).
 */
export interface WecomClient {
  getProviderToken(
    input: { readonly corpId: string; readonly providerSecret: string },
    options?: CallOptions,
  ): Answer<TokenAnswer>;
  getSuiteToken(
    input: { readonly suiteId: string; readonly suiteSecret: string; readonly suiteTicket: string },
    options?: CallOptions,
  ): Answer<TokenAnswer>;
  /** @param input.state letters and digits, at most 32 @param input.templateIds 1 to 9 suite ids */
  getCustomizedAuthUrl(
    input: { readonly providerAccessToken: string; readonly state: string; readonly templateIds: readonly string[] },
    options?: CallOptions,
  ): Answer<CustomizedAuthUrl>;
  /**
   * Spends the auth code. `rawText` is the whole answer: store it, sealed, before anything else is done with it.
   * With kind CONTRACT the fault holds it as `rawAnswer`.
   */
  getPermanentCode(
    input: { readonly suiteAccessToken: string; readonly authCode: string },
    options?: CallOptions,
  ): Answer<{ readonly answer: PermanentCode; readonly rawText: string }>;
  getAuthInfo(
    input: { readonly suiteAccessToken: string; readonly corpId: string; readonly permanentCode: string },
    options?: CallOptions,
  ): Answer<AuthInfo>;
  /** @param input.corpSecret the permanent code of a delegated app */
  getToken(input: { readonly corpId: string; readonly corpSecret: string }, options?: CallOptions): Answer<TokenAnswer>;
  getAgent(input: { readonly accessToken: string; readonly agentId: number }, options?: CallOptions): Answer<Agent>;
  getPermissions(input: { readonly accessToken: string }, options?: CallOptions): Answer<Permissions>;
  getCallbackIp(input: { readonly accessToken: string }, options?: CallOptions): Answer<CallbackIps>;
  /** @param input.corpId plain corp id */
  corpidToOpencorpid(
    input: { readonly providerAccessToken: string; readonly corpId: string },
    options?: CallOptions,
  ): Answer<OpenCorpid>;
  /** Closes the connections, unless the dispatcher was given. */
  close(): Promise<void>;
}

interface Call<T> {
  readonly call: WecomCall;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Absent: a GET. */
  readonly body?: unknown;
  readonly secrets: readonly string[];
  readonly answer: z.ZodType<T>;
  readonly keepRawAnswer?: boolean;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_TIMEOUTS_MS: NonNullable<WecomClientOptions['timeoutsMs']> = { getPermanentCode: 30_000 };

const shapeIssues = (error: z.ZodError): string =>
  error.issues.map((issue) => `${issue.path.join('.') || 'answer'}: ${issue.code}`).join('; ');

/** Reads an answer of getPermanentCode that was stored before it was understood; null when it is not one. */
export const readPermanentCodeAnswer = (rawText: string): PermanentCode | null => {
  try {
    return permanentCodeAnswer.safeParse(JSON.parse(rawText)).data ?? null;
  } catch {
    return null;
  }
};

type Perform = <T>(call: Call<T>, options?: CallOptions) => Answer<{ readonly answer: T; readonly rawText: string }>;

const createPerform = (settings: WecomClientOptions, dispatcher: Dispatcher): Perform => {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, onCall, aroundCall = (_call, perform) => perform() } = settings;
  const baseUrl = settings.baseUrl.replace(/\/+$/, '');
  const timeouts = { ...DEFAULT_TIMEOUTS_MS, ...settings.timeoutsMs };

  const toExchange = <T>(call: Call<T>, options: CallOptions): Exchange => {
    const traceparent = settings.traceparent?.();
    return {
      call: call.call,
      method: call.body === undefined ? 'GET' : 'POST',
      url: `${baseUrl}${call.path}`,
      query: call.query ?? {},
      ...(call.body === undefined ? {} : { body: call.body }),
      secrets: call.secrets,
      timeoutMs: options.timeoutMs ?? timeouts[call.call] ?? timeoutMs,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(traceparent === undefined ? {} : { traceparent }),
      dispatcher,
      keepRawAnswer: call.keepRawAnswer ?? false,
    };
  };

  const check = <T>(exchange: Exchange, schema: z.ZodType<T>, raw: Result<RawAnswer, WecomFault>) => {
    if (!raw.ok) {
      return raw;
    }
    const parsed = schema.safeParse(raw.value.json);
    return parsed.success
      ? ok({ answer: parsed.data, rawText: raw.value.rawText })
      : err(unexpectedShape(exchange, raw.value, shapeIssues(parsed.error)));
  };

  return async (call, options = {}) => {
    const startedAt = performance.now();
    const result = await aroundCall(call.call, async () => {
      const exchange = toExchange(call, options);
      return check(exchange, call.answer, await performExchange(exchange));
    });
    const fault = result.ok ? undefined : result.error;
    onCall?.({
      call: call.call,
      durationMs: performance.now() - startedAt,
      outcome: fault?.kind ?? 'OK',
      ...(fault?.errcode === undefined ? {} : { errcode: fault.errcode }),
      ...(fault?.httpStatus === undefined ? {} : { httpStatus: fault.httpStatus }),
    });
    return result;
  };
};

/** Which WeCom it talks to is the base URL alone. */
export const createWecomClient = (settings: WecomClientOptions): WecomClient => {
  const own = settings.dispatcher === undefined ? new HttpAgent() : null;
  const perform = createPerform(settings, settings.dispatcher ?? own!);
  const answerOf = async <T>(call: Call<T>, options: CallOptions | undefined): Answer<T> => {
    const result = await perform(call, options);
    return result.ok ? ok(result.value.answer) : result;
  };

  return {
    getProviderToken: ({ corpId, providerSecret }, options) =>
      answerOf(
        {
          call: 'getProviderToken',
          path: '/cgi-bin/service/get_provider_token',
          body: { corpid: corpId, provider_secret: providerSecret },
          secrets: [providerSecret],
          answer: providerTokenAnswer,
        },
        options,
      ),

    getSuiteToken: ({ suiteId, suiteSecret, suiteTicket }, options) =>
      answerOf(
        {
          call: 'getSuiteToken',
          path: '/cgi-bin/service/get_suite_token',
          body: { suite_id: suiteId, suite_secret: suiteSecret, suite_ticket: suiteTicket },
          secrets: [suiteSecret, suiteTicket],
          answer: suiteTokenAnswer,
        },
        options,
      ),

    getCustomizedAuthUrl: ({ providerAccessToken, state, templateIds }, options) =>
      answerOf(
        {
          call: 'getCustomizedAuthUrl',
          path: '/cgi-bin/service/get_customized_auth_url',
          query: { provider_access_token: providerAccessToken },
          body: { state, templateid_list: templateIds },
          secrets: [providerAccessToken],
          answer: customizedAuthUrlAnswer,
        },
        options,
      ),

    getPermanentCode: ({ suiteAccessToken, authCode }, options) =>
      perform(
        {
          call: 'getPermanentCode',
          path: '/cgi-bin/service/v2/get_permanent_code',
          query: { suite_access_token: suiteAccessToken },
          body: { auth_code: authCode },
          secrets: [suiteAccessToken, authCode],
          answer: permanentCodeAnswer,
          keepRawAnswer: true,
        },
        options,
      ),

    getAuthInfo: ({ suiteAccessToken, corpId, permanentCode }, options) =>
      answerOf(
        {
          call: 'getAuthInfo',
          path: '/cgi-bin/service/v2/get_auth_info',
          query: { suite_access_token: suiteAccessToken },
          body: { auth_corpid: corpId, permanent_code: permanentCode },
          secrets: [suiteAccessToken, permanentCode],
          answer: authInfoAnswer,
        },
        options,
      ),

    getToken: ({ corpId, corpSecret }, options) =>
      answerOf(
        {
          call: 'getToken',
          path: '/cgi-bin/gettoken',
          query: { corpid: corpId, corpsecret: corpSecret },
          secrets: [corpSecret],
          answer: accessTokenAnswer,
        },
        options,
      ),

    getAgent: ({ accessToken, agentId }, options) =>
      answerOf(
        {
          call: 'getAgent',
          path: '/cgi-bin/agent/get',
          query: { access_token: accessToken, agentid: String(agentId) },
          secrets: [accessToken],
          answer: agentAnswer,
        },
        options,
      ),

    getPermissions: ({ accessToken }, options) =>
      answerOf(
        {
          call: 'getPermissions',
          path: '/cgi-bin/agent/get_permissions',
          query: { access_token: accessToken },
          body: {},
          secrets: [accessToken],
          answer: permissionsAnswer,
        },
        options,
      ),

    getCallbackIp: ({ accessToken }, options) =>
      answerOf(
        {
          call: 'getCallbackIp',
          path: '/cgi-bin/getcallbackip',
          query: { access_token: accessToken },
          secrets: [accessToken],
          answer: callbackIpAnswer,
        },
        options,
      ),

    corpidToOpencorpid: ({ providerAccessToken, corpId }, options) =>
      answerOf(
        {
          call: 'corpidToOpencorpid',
          path: '/cgi-bin/service/corpid_to_opencorpid',
          query: { provider_access_token: providerAccessToken },
          body: { corpid: corpId },
          secrets: [providerAccessToken],
          answer: openCorpidAnswer,
        },
        options,
      ),

    close: async () => {
      await own?.close();
    },
  };
};
