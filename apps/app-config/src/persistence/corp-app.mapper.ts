import type { Aggregate } from '@daikaifa/kernel';
import { frameOf, type Stored } from '@daikaifa/mongo';
import { statusOf, type CorpApp, type CorpAppStatus } from '../domain/corp-app';

/** The state fields of a document. `status` is derived; it is stored for the list filter alone. */
export type CorpAppFields = Omit<CorpApp, keyof Aggregate> & { readonly status: CorpAppStatus };

const stateOf = (app: Omit<CorpApp, keyof Aggregate>): Omit<CorpApp, keyof Aggregate> => ({
  templateId: app.templateId,
  authorizationId: app.authorizationId,
  suiteId: app.suiteId,
  corpId: app.corpId,
  epoch: app.epoch,
  environment: app.environment,
  enabled: app.enabled,
  onlineRevision: app.onlineRevision,
  workingRevision: app.workingRevision,
  pastRevisions: app.pastRevisions,
  lastNumber: app.lastNumber,
  observed: app.observed,
  sourceSequence: app.sourceSequence,
  drift: app.drift,
  rangeSteps: app.rangeSteps,
  reservation: app.reservation,
  ownershipFile: app.ownershipFile,
  domainProof: app.domainProof,
  domainRecord: app.domainRecord,
  marks: app.marks,
  cancelledAt: app.cancelledAt,
  erasure: app.erasure,
});

export const toDocument = (app: CorpApp): CorpAppFields => ({ status: statusOf(app), ...stateOf(app) });

export const toDomain = (document: Stored<CorpAppFields>): CorpApp => ({
  ...frameOf(document),
  ...stateOf(document),
});
