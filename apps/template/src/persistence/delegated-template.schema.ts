import type { StoreIndex } from '@daikaifa/mongo';
import { Schema, type SchemaDefinition } from 'mongoose';

/** Revisions are stored as the domain has them: nothing inside of them is ever queried. */
export const delegatedTemplateFields: SchemaDefinition = {
  status: { type: String, required: true },
  availability: { type: String, required: true },
  onlineRevision: { type: Schema.Types.Mixed, default: null },
  workingRevision: { type: Schema.Types.Mixed, default: null },
  pastRevisions: { type: [Schema.Types.Mixed], required: true },
  lastNumber: { type: Number, required: true },
  marks: { type: [Schema.Types.Mixed], required: true },
};

export const delegatedTemplateIndexes: readonly StoreIndex[] = [
  // page(), pagesByPublisher(): the templates of a publisher in some statuses, newest first.
  { keys: { tenant: 1, status: 1, createdAt: -1, _id: -1 } },
];
