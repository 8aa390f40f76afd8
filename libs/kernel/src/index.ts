export { err, ok, type Result } from './result';
export { text, type LocalizedText } from './text';
export { type Severity, type Violation } from './violation';
export {
  AppError,
  badUserInput,
  conflict,
  ERROR_CODES,
  invalidState,
  isAppError,
  notFound,
  type AppErrorOptions,
  type ErrorCode,
} from './app-error';
export { acceptedOrThrow, inputRejection, type Rejection } from './rejection';
export { systemClock, type Clock } from './clock';
export {
  corpAppIdOf,
  derivedId,
  idOfDigest,
  newId,
  type AuthorizationId,
  type Brand,
  type EndpointId,
  type PublisherId,
  type ReviewItemId,
  type ReviewTicketId,
  type TemplateId,
} from './ids';
export { assertNever, transition, type TransitionTable } from './transition';
export {
  authorize,
  authorizeTenant,
  platformScope,
  READERS,
  ROLES,
  tenantScope,
  type Role,
  type Scope,
  type Viewer,
} from './viewer';
export { changeAggregate, type ChangeCall } from './change-aggregate';
export { workThrough } from './work-through';
export {
  defineErasure,
  tombstoneIdOf,
  type AuthorizationEpoch,
  type Erasure,
  type ErasureCounting,
  type ErasureCounts,
  type ErasureOptions,
  type Tombstone,
  type Tombstones,
} from './erasure';
export { type Aggregate, type Decision, type Fact, type Page, type PageRequest } from './aggregate';
