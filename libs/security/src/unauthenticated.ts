import { AppError, text, type LocalizedText } from '@daikaifa/kernel';
import { errors } from 'jose';

const REASONS = {
  TOKEN_MISSING: text('缺少访问令牌', 'No bearer token was sent'),
  TOKEN_MALFORMED: text('访问令牌格式不正确', 'The token is malformed'),
  TOKEN_EXPIRED: text('访问令牌已过期', 'The token has expired'),
  TOKEN_NOT_YET_VALID: text('访问令牌尚未生效', 'The token is not valid yet'),
  SIGNATURE: text('访问令牌签名不正确', 'The signature of the token is wrong'),
  ALGORITHM: text('不接受访问令牌的签名算法', 'The signing algorithm of the token is not accepted'),
  ISSUER: text('访问令牌的签发方不受信任', 'The issuer of the token is not trusted'),
  AUDIENCE: text('访问令牌不是签发给本系统的', 'The token was issued for another audience'),
  CLAIMS: text('访问令牌的声明不完整或类型不正确', 'Claims of the token are missing or of the wrong type'),
  KEY_UNKNOWN: text('找不到访问令牌的签名密钥', 'The key that signed the token is unknown'),
  KEYS_UNREACHABLE: text('暂时无法取得签名密钥', 'The signing keys cannot be fetched at the moment'),
} as const satisfies Record<string, LocalizedText>;

/** Why a token was refused; the `reason` in the details of the AppError. */
export type AuthenticationFault = keyof typeof REASONS;

/**
 * The error of a refused token.
 * What jose threw is never attached: its errors carry the payload, which would then stand in a log.
 */
export const unauthenticated = (
  reason: AuthenticationFault,
  details: Readonly<Record<string, string>> = {},
): AppError => new AppError('UNAUTHENTICATED', REASONS[reason], { details: { reason, ...details } });

const CLAIM_REASONS: Readonly<Record<string, AuthenticationFault>> = {
  iss: 'ISSUER',
  aud: 'AUDIENCE',
  nbf: 'TOKEN_NOT_YET_VALID',
};

export const reasonOf = (error: unknown): AuthenticationFault => {
  if (error instanceof errors.JWTExpired) {
    return 'TOKEN_EXPIRED';
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return CLAIM_REASONS[error.claim] ?? 'CLAIMS';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return 'SIGNATURE';
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return 'ALGORITHM';
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return 'KEY_UNKNOWN';
  }
  return 'TOKEN_MALFORMED';
};
