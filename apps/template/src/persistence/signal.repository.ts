import { isDuplicateKey, orUnavailable } from '@daikaifa/mongo';
import type { Connection } from 'mongoose';
import type { SignalStore } from '../application/ports';
import { NO_SIGNALS, type EndpointSignal, type SuiteSignal, type TemplateSignals } from '../domain/template-signals';

interface SignalDocument {
  readonly _id: string;
  readonly tenant: string;
  readonly endpoint?: EndpointSignal;
  readonly suite?: SuiteSignal;
  readonly everAuthorized?: boolean;
}

const toSignals = (document: SignalDocument): TemplateSignals => ({
  endpoint: document.endpoint ?? NO_SIGNALS.endpoint,
  suite: document.suite ?? NO_SIGNALS.suite,
  everAuthorized: document.everAuthorized ?? NO_SIGNALS.everAuthorized,
});

/** One document per template, found by its id; no other index is needed. */
export const createSignalRepository = (connection: Connection): SignalStore => {
  const documents = connection.collection<SignalDocument>('template_signals');

  const record = (tenant: string, templateId: string, part: Partial<SignalDocument>): Promise<void> => {
    const write = () => documents.updateOne({ _id: templateId }, { $set: { tenant, ...part } }, { upsert: true });
    return orUnavailable(async () => {
      // Two first signals at once: one of the upserts loses, and finds the document the second time.
      await write().catch((error: unknown) => {
        if (!isDuplicateKey(error)) {
          throw error;
        }
        return write();
      });
    });
  };

  return {
    byTemplates: (scope, templateIds) =>
      orUnavailable(async () => {
        const tenant = scope.kind === 'platform' ? {} : { tenant: { $in: [...scope.publisherIds] } };
        const found = await documents.find({ _id: { $in: [...templateIds] }, ...tenant }).toArray();
        return new Map(found.map((document) => [document._id, toSignals(document)]));
      }),
    recordEndpoint: (tenant, templateId, endpoint) => record(tenant, templateId, { endpoint }),
    recordSuite: (tenant, templateId, suite) => record(tenant, templateId, { suite }),
    recordAuthorized: (tenant, templateId) => record(tenant, templateId, { everAuthorized: true }),
  };
};
