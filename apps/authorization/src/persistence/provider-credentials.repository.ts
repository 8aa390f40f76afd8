import { defineAggregateStore, frameOf, type Outbox, type Stored } from '@daikaifa/mongo';
import { Schema, type Connection, type SchemaDefinition } from 'mongoose';
import type { ProviderCredentialsStore } from '../application/ports';
import type { ProviderCredentials } from '../domain/provider-credentials';
import { aggregatesOf } from './aggregates-of';

type Fields = Pick<
  ProviderCredentials,
  'generation' | 'sealedSecret' | 'recordedAt' | 'recordedBy' | 'confirmedAt' | 'lastError'
>;

const fields: SchemaDefinition = {
  generation: { type: Number, required: true },
  sealedSecret: { type: String, required: true },
  recordedAt: { type: Date, required: true },
  recordedBy: { type: String, required: true },
  confirmedAt: { type: Date, default: null },
  lastError: { type: Schema.Types.Mixed, default: null },
};

const toDocument = (credentials: ProviderCredentials): Fields => ({
  generation: credentials.generation,
  sealedSecret: credentials.sealedSecret,
  recordedAt: credentials.recordedAt,
  recordedBy: credentials.recordedBy,
  confirmedAt: credentials.confirmedAt,
  lastError: credentials.lastError,
});

const toDomain = (document: Stored<Fields>): ProviderCredentials => ({
  ...frameOf(document),
  generation: document.generation,
  sealedSecret: document.sealedSecret,
  recordedAt: document.recordedAt,
  recordedBy: document.recordedBy,
  confirmedAt: document.confirmedAt,
  lastError: document.lastError,
});

/** Found by the publisher's id alone; nothing is announced. */
export const createProviderCredentialsRepository = (options: {
  readonly connection: Connection;
  readonly outbox: Outbox;
}): ProviderCredentialsStore => {
  const store = defineAggregateStore<ProviderCredentials, never, Fields>({
    ...options,
    collection: 'provider_credentials',
    fields,
    indexes: [],
    toDocument,
    toDomain,
  });
  return aggregatesOf(store);
};
