import { isAppError, systemClock, type Clock, type Viewer } from '@daikaifa/kernel';
import { jwtVerify, SignJWT } from 'jose';
import { deriveKey } from './derived-key';
import { viewerOfClaims } from './token';
import { reasonOf, unauthenticated } from './unauthenticated';

/** The header in which the gateway hands the viewer to a subgraph. */
export const IDENTITY_HEADER = 'x-daikaifa-identity';

const ALGORITHM = 'HS256';
const ISSUER = 'daikaifa-gateway';
const AUDIENCE = 'daikaifa-subgraphs';
const PURPOSE = 'identity';
const DEFAULT_TTL_SEC = 30;
const CLOCK_TOLERANCE_SEC = 5;

/** The viewer as the gateway verified it, with the correlation id of the request it came with. */
export interface Identity extends Viewer {
  readonly correlationId?: string;
}

/**
 * The signed identity for one request to a subgraph.
 * @param secret the deployment's identity secret, at least 32 bytes, shared by gateway and subgraphs
 */
export const signIdentity = async (
  viewer: Viewer,
  secret: string,
  options: { readonly ttlSec?: number; readonly correlationId?: string | undefined; readonly clock?: Clock } = {},
): Promise<string> => {
  const nowSec = Math.floor((options.clock ?? systemClock).now().getTime() / 1000);
  return new SignJWT({
    roles: [...viewer.roles],
    publisher_id: [...viewer.publisherIds],
    ...(options.correlationId === undefined ? {} : { correlation_id: options.correlationId }),
  })
    .setProtectedHeader({ alg: ALGORITHM })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(viewer.subject)
    .setIssuedAt(nowSec)
    .setExpirationTime(nowSec + (options.ttlSec ?? DEFAULT_TTL_SEC))
    .sign(deriveKey(secret, PURPOSE));
};

/** @throws AppError UNAUTHENTICATED with `details.reason`, for whatever is wrong with the token */
export const verifyIdentity = async (
  token: string,
  secret: string,
  options: { readonly clock?: Clock } = {},
): Promise<Identity> => {
  const key = deriveKey(secret, PURPOSE);
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['sub', 'exp', 'iat'],
      clockTolerance: CLOCK_TOLERANCE_SEC,
      currentDate: (options.clock ?? systemClock).now(),
    });
    const correlationId = payload['correlation_id'];
    return { ...viewerOfClaims(payload), ...(typeof correlationId === 'string' ? { correlationId } : {}) };
  } catch (error) {
    throw isAppError(error) ? error : unauthenticated(reasonOf(error));
  }
};
