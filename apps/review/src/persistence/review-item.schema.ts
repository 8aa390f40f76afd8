import type { StoreIndex } from '@daikaifa/mongo';
import { Schema, type SchemaDefinition } from 'mongoose';

/** Flat where something is queried; the rest is stored as the domain has it. */
export const reviewItemFields: SchemaDefinition = {
  ticketId: { type: String, required: true },
  subjectId: { type: String, required: true },
  subjectKind: { type: String, required: true },
  templateId: { type: String, required: true },
  authorizationId: { type: String },
  epoch: { type: Number },
  unerasedAuthorization: { type: String },
  launchingAuthorization: { type: String },
  precheckingEndpoint: { type: String },
  launchDueAt: { type: Date },
  subject: { type: Schema.Types.Mixed, required: true },
  subjectSequence: { type: Number, required: true },
  snapshot: { type: Schema.Types.Mixed, required: true },
  state: { type: String, required: true },
  prechecks: { type: [Schema.Types.Mixed], required: true },
  reasons: { type: [Schema.Types.Mixed], required: true },
  verdicts: { type: [Schema.Types.Mixed], required: true },
  launch: { type: Schema.Types.Mixed, default: null },
  launchReturns: { type: [Schema.Types.Mixed], required: true },
  submittedBy: { type: String, required: true },
  submittedAt: { type: Date, required: true },
  dueAt: { type: Date, required: true },
  notice: { type: String, required: true },
  previousItemId: { type: String, default: null },
  overdue: { type: Boolean, required: true },
  openSubject: { type: String },
  precheckDueAt: { type: Date },
  noticeDueAt: { type: Date },
};

export const reviewItemIndexes: readonly StoreIndex[] = [
  // create(), save(): at most one open item per subject; findOpenOfSubject().
  {
    keys: { openSubject: 1 },
    options: { unique: true, partialFilterExpression: { openSubject: { $exists: true } } },
  },
  // findLastOfSubject().
  { keys: { subjectId: 1, subjectSequence: -1 } },
  // pagesBySubject(), page() of one corp app.
  { keys: { subjectId: 1, createdAt: -1, _id: -1 } },
  // page() of one template and the apps made from it.
  { keys: { templateId: 1, createdAt: -1, _id: -1 } },
  // ofTickets().
  { keys: { ticketId: 1, createdAt: 1, _id: 1 } },
  // page(): the queue of some tenants in some states, newest first.
  { keys: { tenant: 1, state: 1, createdAt: -1, _id: -1 } },
  // countOfEpoch().
  { keys: { authorizationId: 1, epoch: 1 }, options: { sparse: true } },
  // findUnerasedOfEpoch().
  { keys: { unerasedAuthorization: 1, epoch: 1 }, options: { partialFilterExpression: { unerasedAuthorization: { $exists: true } } } },
  // findLaunchingOfAuthorization().
  { keys: { launchingAuthorization: 1 }, options: { sparse: true } },
  // findPrecheckingAt().
  { keys: { precheckingEndpoint: 1 }, options: { sparse: true } },
  // The sweeps; fields that only items with something due have.
  { keys: { launchDueAt: 1 }, options: { sparse: true } },
  { keys: { precheckDueAt: 1 }, options: { sparse: true } },
  { keys: { noticeDueAt: 1 }, options: { sparse: true } },
];
