export {
  createTokenVerifier,
  issueDevelopmentToken,
  type Environment,
  type TokenVerifier,
  type TokenVerifierOptions,
} from './token';
export { rememberVerified, type RememberVerifiedOptions } from './remember-verified';
export { IDENTITY_HEADER, signIdentity, verifyIdentity, type Identity } from './identity';
export { type AuthenticationFault } from './unauthenticated';
export { createKeyRing, keyRingFaults, type KeyRing } from './key-ring';
export { signUrl, verifySignedUrl, type SignedUrlParts, type VerifiedUrl } from './signed-url';
export {
  createGuardedClient,
  type GuardedClient,
  type GuardedClientOptions,
  type GuardedRequest,
  type GuardedResponse,
  type Resolve,
} from './guarded-client';
export { type GuardReason } from './guard-error';
export {
  checkAddress,
  parseAllowedRanges,
  type AddressFamily,
  type AddressVerdict,
  type AllowedRanges,
} from './address-rules';
