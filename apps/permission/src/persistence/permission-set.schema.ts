import type { StoreIndex } from '@daikaifa/mongo';
import { Schema, type SchemaDefinition } from 'mongoose';

/** Requests and log are stored as the domain has them: nothing inside of them is ever queried. */
export const permissionSetFields: SchemaDefinition = {
  templateId: { type: String, required: true },
  authorizationId: { type: String, required: true },
  suiteId: { type: String, required: true },
  // Empty once the corp was erased, which mongoose would take for absent.
  corpId: { type: String, default: '' },
  epoch: { type: Number, required: true },
  status: { type: String, required: true },
  effective: { type: Schema.Types.Mixed, default: null },
  requests: { type: [Schema.Types.Mixed], required: true },
  changes: { type: [Schema.Types.Mixed], required: true },
  erased: { type: Schema.Types.Mixed, default: null },
  remindAt: { type: Date },
  expireAt: { type: Date },
};

export const permissionSetIndexes: readonly StoreIndex[] = [
  // findReminderDue(): a field that only sets with an open request have.
  { keys: { remindAt: 1 }, options: { sparse: true } },
  // findExpiryDue(): a field that only sets with something that ends by itself have.
  { keys: { expireAt: 1 }, options: { sparse: true } },
];
