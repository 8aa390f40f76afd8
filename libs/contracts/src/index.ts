export {
  defineSignalTopic,
  defineStateTopic,
  signalEnvelopeSchema,
  STATE_COMPACTION_LAG_MS,
  stateEnvelopeSchema,
  WECOM_RETENTION_MS,
  type AnyTopic,
  type EventSender,
  type OutgoingMessage,
  type SignalEvent,
  type SignalTopic,
  type StateEvent,
  type StateTopic,
} from './envelope';
export { publisherTopic, type PublisherState } from './template/publisher.v1';
export {
  delegatedTemplateTopic,
  type DelegatedTemplateState,
  type ImageState,
  type TemplateContentState,
  type TemplateRevisionState,
} from './template/delegated-template.v1';
export { reviewItemTopic, type ReviewItemState } from './review/review-item.v1';
export {
  corpAppTopic,
  type CorpAppContentState,
  type CorpAppRevisionState,
  type CorpAppState,
} from './app-config/corp-app.v1';
export { permissionSetTopic, type PermissionSetState } from './permission/permission-set.v1';
export {
  appConfigErasureTopic,
  callbackErasureTopic,
  ERASURE_TOPICS,
  permissionErasureTopic,
  reviewErasureTopic,
  type ErasureState,
} from './erasure.v1';
export { destinationTopic, type DestinationState } from './callback/destination.v1';
export { endpointTopic, HEALTH_REASONS, type EndpointState } from './callback/endpoint.v1';
export { wecomAppTopic, type WecomAppSignal } from './callback/wecom-app.v1';
export { wecomSuiteTopic, type WecomSuiteSignal } from './callback/wecom-suite.v1';
export { erasureRecordTopic, type ErasureRecordState } from './authorization/erasure-record.v1';
export { suiteTopic, type SuiteState } from './authorization/suite.v1';
export {
  authorizationTopic,
  type AuthorizationState,
  type EpochState,
  type ObservationState,
} from './authorization/authorization.v1';
