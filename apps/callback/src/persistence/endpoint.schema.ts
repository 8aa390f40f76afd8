import type { StoreIndex } from '@daikaifa/mongo';
import { Schema, type SchemaDefinition } from 'mongoose';

/** Key pairs are stored as the domain has them, sealed; nothing inside of them is ever queried. */
export const endpointFields: SchemaDefinition = {
  kind: { type: String, required: true },
  subject: { type: Schema.Types.Mixed, required: true },
  templateId: { type: String },
  corpKey: { type: String, default: null },
  url: { type: String, required: true },
  current: { type: Schema.Types.Mixed, default: null },
  next: { type: Schema.Types.Mixed, default: null },
  previous: { type: Schema.Types.Mixed, default: null },
  issues: { type: [String], required: true },
  verifiedAt: { type: Date, default: null },
  health: { type: Schema.Types.Mixed, required: true },
  watched: { type: Boolean, required: true },
  // Absent while no probe is due, so that the index holds only those that wait for one.
  nextProbeAt: { type: Date },
  closedAt: { type: Date, default: null },
};

export const endpointIndexes: readonly StoreIndex[] = [
  // probeDue()
  { keys: { nextProbeAt: 1 }, options: { sparse: true } },
  // openIds()
  { keys: { closedAt: 1, createdAt: -1 } },
];
