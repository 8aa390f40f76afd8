import type { StoreIndex } from '@daikaifa/mongo';
import { Schema, type SchemaDefinition } from 'mongoose';

/** Secrets are stored as the domain has them, sealed. */
export const destinationFields: SchemaDefinition = {
  name: { type: String, required: true },
  url: { type: String, required: true },
  eventTypes: { type: [String], required: true },
  filter: { type: Schema.Types.Mixed, required: true },
  concurrency: { type: Number, required: true },
  perSecond: { type: Number, required: true },
  state: { type: String, required: true },
  disabledReason: { type: String, default: null },
  secret: { type: Schema.Types.Mixed, required: true },
  previousSecret: { type: Schema.Types.Mixed, default: null },
  rotations: { type: [String], required: true },
  activatedAt: { type: Date, default: null },
  stoppedAt: { type: Date, default: null },
  verification: { type: Schema.Types.Mixed, default: null },
};

export const destinationIndexes: readonly StoreIndex[] = [
  // listening(), countOf(), pagesByPublisher()
  { keys: { tenant: 1, state: 1, createdAt: -1, _id: -1 } },
  // countStopped()
  { keys: { disabledReason: 1 } },
];
