export {
  endpointKeyViolations,
  generateEncodingAesKey,
  generateToken,
  type EndpointKeys,
} from './callback/endpoint-keys';
export {
  createEndpointCrypto,
  type DecryptedMessage,
  type DecryptRefusal,
  type EndpointCrypto,
  type SignedParts,
} from './callback/endpoint-crypto';
export { contentEventId } from './callback/content-event-id';
export {
  buildEnvelope,
  buildReplyEnvelope,
  parseEnvelope,
  parseReplyEnvelope,
  type CallbackEnvelope,
  type EnvelopeRefusal,
  type Reply,
  type ReplyEnvelope,
} from './callback/envelope';
export { readXmlDocument, type XmlFault, type XmlFields, type XmlValue } from './callback/xml-document';
export {
  readInnerDocument,
  type AppDocument,
  type InnerDocument,
  type SuiteDocument,
  type SystemDocument,
  type UnknownDocument,
} from './callback/inner-document';
export {
  isSuiteEventName,
  SUITE_EVENT_NAMES,
  type CancelAuthEvent,
  type ChangeAuthEvent,
  type CreateAuthEvent,
  type ResetPermanentCodeEvent,
  type SuiteEvent,
  type SuiteTicketEvent,
} from './callback/suite-events';
export {
  APP_EVENT_NAMES,
  APP_MESSAGE_NAMES,
  type AppContent,
  type AppEvent,
  type AppMessage,
} from './callback/app-events';
export { CUSTOMIZED_AUTH_STATE, LIMIT_TABLE, LIMITS, type LimitName } from './limits';
export {
  classifyErrorCode,
  ERROR_CLASSES,
  errorCodeHelpUrl,
  isRetryable,
  WECOM_ERROR_CODES,
  type ErrorClass,
  type WecomErrorCode,
} from './error-codes';
export {
  createWecomClient,
  readPermanentCodeAnswer,
  type Answer,
  type AroundCall,
  type CallOptions,
  type CallRecord,
  type WecomClient,
  type WecomClientOptions,
} from './api/wecom-client';
export {
  WECOM_CALLS,
  wecomFaultToAppError,
  type HiddenText,
  type WecomCall,
  type WecomFault,
} from './api/wecom-fault';
export type {
  Agent,
  AuthInfo,
  AuthorizedAgent,
  CallbackIps,
  CustomizedAuthUrl,
  OpenCorpid,
  PermanentCode,
  Permissions,
  TokenAnswer,
} from './api/answers';
