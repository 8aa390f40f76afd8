import { orUnavailable } from '@daikaifa/mongo';
import type { Connection } from 'mongoose';
import type { Directory } from '../application/ports';

interface ProviderDocument {
  readonly _id: string;
  readonly corpId: string;
}

interface SuiteDocument {
  readonly _id: string;
  readonly tenant: string;
  readonly suiteId: string | null;
}

const DUPLICATE_KEY = 11_000;
const isDuplicate = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === DUPLICATE_KEY;

/** Two first writes at once: one of the upserts loses, and finds the document the second time. */
const upsert = (write: () => Promise<unknown>): Promise<void> =>
  orUnavailable(async () => {
    await write().catch((error: unknown) => {
      if (!isDuplicate(error)) {
        throw error;
      }
      return write();
    });
  });

/** One document per publisher, one per template, found by id; no other index is needed. */
export const createDirectoryRepository = (connection: Connection): Directory => {
  const providers = connection.collection<ProviderDocument>('providers');
  const suites = connection.collection<SuiteDocument>('suites');
  return {
    recordProvider: (publisherId, corpId) =>
      upsert(() => providers.updateOne({ _id: publisherId }, { $set: { corpId } }, { upsert: true })),
    recordSuite: (tenant, templateId, suiteId) =>
      upsert(() => suites.updateOne({ _id: templateId }, { $set: { tenant, suiteId } }, { upsert: true })),
    find: (publisherId, templateId) =>
      orUnavailable(async () => {
        const [provider, suite] = await Promise.all([
          providers.findOne({ _id: publisherId }),
          suites.findOne({ _id: templateId, tenant: publisherId }),
        ]);
        return { providerCorpId: provider?.corpId ?? null, suiteId: suite?.suiteId ?? null };
      }),
  };
};
