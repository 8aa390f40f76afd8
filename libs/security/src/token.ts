import { createSecretKey, type KeyObject } from 'node:crypto';
import { isAppError, ROLES, systemClock, type Clock, type Role, type Viewer } from '@daikaifa/kernel';
import { decodeProtectedHeader, jwtVerify, SignJWT, type JWTPayload, type JWTVerifyOptions } from 'jose';
import { createRemoteKeys } from './remote-keys';
import { reasonOf, unauthenticated } from './unauthenticated';

/** Asymmetric only: a key set must never be usable as the secret of an HMAC. */
const ISSUER_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const DEVELOPMENT_ALGORITHM = 'HS256';
const SECRET_MIN_BYTES = 32;
const TOKEN_MAX_CHARACTERS = 16_384;
const SUBJECT_MAX_CHARACTERS = 256;

export type Environment = 'development' | 'production';

export interface TokenVerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  /** The identity provider's key set. */
  readonly jwksUrl?: string | undefined;
  /** HS256 secret of the development issuer, at least 32 bytes; refused in production. */
  readonly developmentSecret?: string | undefined;
  readonly environment: Environment;
  /** Allowed difference of the clocks; default 30. */
  readonly clockToleranceSec?: number;
  /** Total time of one fetch of the key set; default 3000. */
  readonly keysTimeoutMs?: number;
  readonly clock?: Clock;
}

/** Takes the whole `authorization` header. Every failure is an AppError UNAUTHENTICATED with `details.reason`. */
export type TokenVerifier = (authorizationHeader: string | undefined) => Promise<Viewer>;

const developmentKey = (secret: string): KeyObject => {
  const bytes = Buffer.from(secret, 'utf8');
  if (bytes.length < SECRET_MIN_BYTES) {
    throw new Error(`the development secret needs at least ${SECRET_MIN_BYTES} bytes`);
  }
  return createSecretKey(bytes);
};

const readBearer = (header: string | undefined): string => {
  if (header === undefined || header.trim() === '') {
    throw unauthenticated('TOKEN_MISSING');
  }
  const token = /^bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header.trim())?.[1];
  if (token === undefined || token.length > TOKEN_MAX_CHARACTERS) {
    throw unauthenticated('TOKEN_MALFORMED');
  }
  return token;
};

const strings = (value: unknown, claim: string): readonly string[] => {
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string' && entry !== '')) {
    throw unauthenticated('CLAIMS', { claim });
  }
  return [...new Set(value as string[])];
};

const isRole = (value: string): value is Role => (ROLES as readonly string[]).includes(value);

/** Claims → viewer. Absent roles or tenants are an empty list: such a caller is known, but may do nothing. */
export const viewerOfClaims = (payload: JWTPayload): Viewer => {
  const { sub, roles = [], publisher_id: publisherId = [] } = payload;
  if (typeof sub !== 'string' || sub === '' || sub.length > SUBJECT_MAX_CHARACTERS) {
    throw unauthenticated('CLAIMS', { claim: 'sub' });
  }
  return {
    subject: sub,
    roles: strings(roles, 'roles').filter(isRole),
    publisherIds: strings(typeof publisherId === 'string' ? [publisherId] : publisherId, 'publisher_id'),
  };
};

const algorithmOf = (token: string): string | undefined => {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    throw unauthenticated('TOKEN_MALFORMED');
  }
};

/**
 * Verifies JWTs of an identity provider (`jwksUrl`), of the development issuer, or of both.
 * Claims: `sub`; `roles`, unknown ones are ignored; `publisher_id`, one or several.
 * @throws Error at creation when neither source is given, or the development secret is short or meets production
 */
export const createTokenVerifier = (options: TokenVerifierOptions): TokenVerifier => {
  const { issuer, audience, jwksUrl, developmentSecret, environment } = options;
  const clock = options.clock ?? systemClock;
  if (developmentSecret !== undefined && environment === 'production') {
    throw new Error('the development issuer is refused in production: configure the key set of an identity provider');
  }
  if (jwksUrl === undefined && developmentSecret === undefined) {
    throw new Error('token verification needs a key set URL, or in development a development secret');
  }
  const remoteKeys =
    jwksUrl === undefined
      ? undefined
      : createRemoteKeys({ url: jwksUrl, timeoutMs: options.keysTimeoutMs ?? 3_000, clock });
  const localKey = developmentSecret === undefined ? undefined : developmentKey(developmentSecret);

  const verify = async (token: string): Promise<JWTPayload> => {
    const shared: JWTVerifyOptions = {
      issuer,
      audience,
      requiredClaims: ['sub', 'exp'],
      clockTolerance: options.clockToleranceSec ?? 30,
      currentDate: clock.now(),
    };
    const isLocal =
      localKey !== undefined && (remoteKeys === undefined || algorithmOf(token) === DEVELOPMENT_ALGORITHM);
    if (isLocal) {
      return (await jwtVerify(token, localKey, { ...shared, algorithms: [DEVELOPMENT_ALGORITHM] })).payload;
    }
    return (await jwtVerify(token, remoteKeys!, { ...shared, algorithms: ISSUER_ALGORITHMS })).payload;
  };

  return async (authorizationHeader) => {
    const token = readBearer(authorizationHeader);
    try {
      return viewerOfClaims(await verify(token));
    } catch (error) {
      throw isAppError(error) ? error : unauthenticated(reasonOf(error));
    }
  };
};

/** A token of the development issuer, as `createTokenVerifier` with the same secret accepts it. */
export const issueDevelopmentToken = async (options: {
  readonly secret: string;
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  readonly roles: readonly Role[];
  readonly publisherIds: readonly string[];
  readonly ttlSec: number;
  readonly clock?: Clock;
}): Promise<string> => {
  const nowSec = Math.floor((options.clock ?? systemClock).now().getTime() / 1000);
  return new SignJWT({ roles: [...options.roles], publisher_id: [...options.publisherIds] })
    .setProtectedHeader({ alg: DEVELOPMENT_ALGORITHM, typ: 'JWT' })
    .setIssuer(options.issuer)
    .setAudience(options.audience)
    .setSubject(options.subject)
    .setIssuedAt(nowSec)
    .setExpirationTime(nowSec + options.ttlSec)
    .sign(developmentKey(options.secret));
};
