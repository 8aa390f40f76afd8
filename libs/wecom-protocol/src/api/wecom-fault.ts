import { AppError, text, type LocalizedText } from '@daikaifa/kernel';
import { classifyErrorCode, isRetryable, type ErrorClass } from '../error-codes';

export const WECOM_CALLS = [
  'getProviderToken',
  'getSuiteToken',
  'getCustomizedAuthUrl',
  'getPermanentCode',
  'getAuthInfo',
  'getToken',
  'getAgent',
  'getPermissions',
  'getCallbackIp',
  'corpidToOpencorpid',
] as const;
export type WecomCall = (typeof WECOM_CALLS)[number];

/** A body that may hold secrets: it prints as `[redacted]` wherever it is logged or serialised. */
export interface HiddenText {
  reveal(): string;
}

export const hideText = (value: string): HiddenText => {
  const hidden = { reveal: () => value, toString: () => '[redacted]', toJSON: () => '[redacted]' };
  return hidden;
};

/**
 * Why a call gave no answer.
 * TRANSPORT: no HTTP answer · TIMEOUT: none in time, or the caller stopped waiting · HTTP: a status other than 2xx ·
 * ERRCODE: WeCom refused · CONTRACT: the answer is not what the documentation says.
 */
export interface WecomFault {
  readonly kind: 'TRANSPORT' | 'TIMEOUT' | 'HTTP' | 'ERRCODE' | 'CONTRACT';
  readonly call: WecomCall;
  readonly classification: ErrorClass;
  readonly retryable: boolean;
  /** Whether WeCom may have acted on the request. Decides what a lost answer means for a single-use code. */
  readonly reached: 'NO' | 'MAYBE' | 'YES';
  /** English, without any secret, code or token of the call. */
  readonly message: string;
  readonly text: LocalizedText;
  readonly errcode?: number;
  readonly httpStatus?: number;
  /** The address that WeCom saw, from the hint of its errmsg. */
  readonly callerIp?: string;
  /** getPermanentCode only, kind CONTRACT only: the code is spent, so what came must be kept all the same. */
  readonly rawAnswer?: HiddenText;
}

type FaultDetails = Pick<WecomFault, 'errcode' | 'httpStatus' | 'callerIp' | 'rawAnswer'>;

export const makeFault = (
  fault: Pick<WecomFault, 'kind' | 'call' | 'classification' | 'reached' | 'text'> & FaultDetails,
): WecomFault => ({
  ...fault,
  retryable: isRetryable(fault.classification),
  message: `${fault.call}: ${fault.text.en}`,
});

const httpClass = (status: number): ErrorClass => {
  if (status === 429) {
    return 'RATE_LIMITED';
  }
  return status >= 500 || status === 408 ? 'RETRY' : 'REQUEST';
};

export const httpFault = (call: WecomCall, httpStatus: number): WecomFault =>
  makeFault({
    kind: 'HTTP',
    call,
    classification: httpClass(httpStatus),
    reached: 'YES',
    httpStatus,
    text: text(`企业微信接口返回 HTTP ${httpStatus}`, `WeCom answered with HTTP ${httpStatus}`),
  });

/** @param errmsg already without secrets */
export const errcodeFault = (call: WecomCall, errcode: number, errmsg: string): WecomFault => {
  const known = classifyErrorCode(errcode);
  const callerIp = /from ip:\s*([0-9a-fA-F.:]+)/.exec(errmsg)?.[1];
  return makeFault({
    kind: 'ERRCODE',
    call,
    classification: known.classification,
    reached: 'YES',
    errcode,
    ...(callerIp === undefined ? {} : { callerIp }),
    text: text(
      `企业微信错误 ${errcode}：${known.text.zh}（${errmsg}）`,
      `WeCom error ${errcode}: ${known.text.en} (${errmsg})`,
    ),
  });
};

export const contractFault = (call: WecomCall, what: string): WecomFault =>
  makeFault({
    kind: 'CONTRACT',
    call,
    classification: 'UNKNOWN',
    reached: 'YES',
    text: text(`企业微信的应答不符合文档：${what}`, `The answer of WeCom is not as documented: ${what}`),
  });

/** The fault as the product's error, for use cases and jobs that have no better decision. */
export const wecomFaultToAppError = (fault: WecomFault): AppError => {
  const { call, kind, classification, errcode, httpStatus, callerIp, reached } = fault;
  const refused = fault.retryable ? 'UNAVAILABLE' : 'INVALID_STATE';
  const code = classification === 'RATE_LIMITED' ? 'RATE_LIMITED' : refused;
  return new AppError(code, fault.text, {
    details: Object.fromEntries(
      Object.entries({ call, kind, classification, errcode, httpStatus, callerIp, reached }).filter(
        ([, value]) => value !== undefined,
      ),
    ),
  });
};
