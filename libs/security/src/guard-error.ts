import { AppError, text, type ErrorCode, type LocalizedText } from '@daikaifa/kernel';

/** What the URL itself has wrong is the caller's to mend; what the other side does may be different next time. */
const REASONS = {
  BAD_REQUEST: ['BAD_USER_INPUT', text('地址或请求头无法使用', 'The URL or a header cannot be used')],
  NOT_HTTPS: ['BAD_USER_INPUT', text('地址必须使用 https', 'The URL must be https')],
  ADDRESS_REFUSED: [
    'BAD_USER_INPUT',
    text('地址指向内部或保留网络，不允许访问', 'The URL leads to an internal or reserved network address'),
  ],
  NAME_NOT_RESOLVED: ['UNAVAILABLE', text('域名无法解析', 'The host name cannot be resolved')],
  UNREACHABLE: [
    'UNAVAILABLE',
    text('无法连接对方服务器，或连接中断', 'The server cannot be reached, or broke the connection'),
  ],
  TLS: [
    'UNAVAILABLE',
    text('TLS 握手失败或证书不受信任', 'The TLS handshake failed, or the certificate is not trusted'),
  ],
  TOO_SLOW: ['UNAVAILABLE', text('对方未在时限内答复', 'The server did not answer within the time limit')],
  TOO_LARGE: ['UNAVAILABLE', text('对方的答复超过大小上限', 'The answer is larger than allowed')],
  REDIRECT: ['UNAVAILABLE', text('对方要求重定向，不予跟随', 'The server redirects, which is not followed')],
} as const satisfies Record<string, readonly [ErrorCode, LocalizedText]>;

/** `details.reason` of every error of the guarded client. */
export type GuardReason = keyof typeof REASONS;

export const guardError = (
  reason: GuardReason,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): AppError => {
  const [code, message] = REASONS[reason];
  return new AppError(code, message, { details: { reason, ...details }, cause });
};
