import type { StoreIndex } from '@daikaifa/mongo';
import { Schema, type SchemaDefinition } from 'mongoose';

/** Revisions, observations and the like are stored as the domain has them: nothing inside of them is ever queried. */
export const corpAppFields: SchemaDefinition = {
  status: { type: String, required: true },
  templateId: { type: String, required: true },
  authorizationId: { type: String, required: true },
  suiteId: { type: String, required: true },
  // Empty once erased, which `required` would take for absent.
  corpId: { type: String, default: '' },
  epoch: { type: Number, required: true },
  environment: { type: String, required: true },
  enabled: { type: Boolean, required: true },
  onlineRevision: { type: Schema.Types.Mixed, default: null },
  workingRevision: { type: Schema.Types.Mixed, default: null },
  pastRevisions: { type: [Schema.Types.Mixed], required: true },
  lastNumber: { type: Number, required: true },
  observed: { type: Schema.Types.Mixed, required: true },
  sourceSequence: { type: Number, required: true },
  drift: { type: [Schema.Types.Mixed], required: true },
  rangeSteps: { type: Schema.Types.Mixed, required: true },
  reservation: { type: Schema.Types.Mixed, default: null },
  ownershipFile: { type: Schema.Types.Mixed, default: null },
  domainProof: { type: Schema.Types.Mixed, default: null },
  domainRecord: { type: Schema.Types.Mixed, required: true },
  marks: { type: [Schema.Types.Mixed], required: true },
  cancelledAt: { type: Date, default: null },
  erasure: { type: Schema.Types.Mixed, default: null },
};

export const corpAppIndexes: readonly StoreIndex[] = [
  // page(): the apps of a publisher in some statuses, newest first.
  { keys: { tenant: 1, status: 1, createdAt: -1, _id: -1 } },
  // page(), pagesByTemplate(): of one template, all that are not cancelled or those in some statuses.
  { keys: { templateId: 1, createdAt: -1, _id: -1 } },
  { keys: { templateId: 1, status: 1, createdAt: -1, _id: -1 } },
  // isOnlineInTest(): the few of them that are tests.
  { keys: { templateId: 1, environment: 1, status: 1 } },
  // currentOf(): the newest epoch of an authorization.
  { keys: { authorizationId: 1, epoch: -1 } },
  // domainChangesOf(): every app in a corp.
  { keys: { tenant: 1, corpId: 1 } },
];
