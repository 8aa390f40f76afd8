import { isDuplicateKey, orUnavailable } from '@daikaifa/mongo';
import { Schema, type Connection } from 'mongoose';
import type { AppEndpointChoice, Directory } from '../application/ports';
import type { CorpStanding } from '../domain/corp';

const CORPS = 'corps';

interface ProviderDocument {
  readonly _id: string;
  readonly corpId: string;
}

interface SuiteDocument {
  readonly _id: string;
  readonly tenant: string;
  readonly suiteId: string | null;
}

type CorpDocument = Omit<CorpStanding, 'corpKey' | 'publisherId'> & {
  readonly _id: string;
  readonly tenant: string;
  readonly recordedAt: Date;
};

interface AppDocument {
  readonly _id: string;
  readonly tenant: string;
  readonly templateId: string;
  readonly own: boolean;
}

const toStanding = (document: CorpDocument): CorpStanding => ({
  corpKey: document._id,
  publisherId: document.tenant,
  templateId: document.templateId,
  authorizationId: document.authorizationId,
  epoch: document.epoch,
  active: document.active,
  cancelledAt: document.cancelledAt,
});

const toChoice = ({ _id, tenant, templateId, own }: AppDocument): AppEndpointChoice => ({
  corpAppId: _id,
  publisherId: tenant,
  templateId,
  own,
});

const defineIndexes = (connection: Connection): void => {
  const schema = new Schema({}, { collection: CORPS, strict: false, autoIndex: false, autoCreate: false });
  // activeCorps()
  schema.index({ active: 1, recordedAt: -1 });
  connection.model(CORPS, schema, CORPS);
};

/** Two first writes at once: one of the upserts loses, and finds the document the second time. */
const upsert = (write: () => Promise<unknown>): Promise<void> =>
  orUnavailable(async () => {
    await write().catch((error: unknown) => {
      if (!isDuplicateKey(error)) {
        throw error;
      }
      return write();
    });
  });

/** One document per publisher, template, corp and app, found by id. None holds the id of a customer's corp. */
export const createDirectoryRepository = (connection: Connection): Directory => {
  const providers = connection.collection<ProviderDocument>('providers');
  defineIndexes(connection);
  const corps = connection.collection<CorpDocument>(CORPS);
  const apps = connection.collection<AppDocument>('apps');
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
    recordCorp: ({ corpKey, publisherId: tenant, ...rest }) =>
      upsert(() =>
        corps.updateOne({ _id: corpKey }, { $set: { tenant, ...rest, recordedAt: new Date() } }, { upsert: true }),
      ),
    findCorp: (corpKey) =>
      orUnavailable(async () => {
        const found = await corps.findOne({ _id: corpKey });
        return found && toStanding(found);
      }),
    activeCorps: (limit) =>
      orUnavailable(async () =>
        (await corps.find({ active: true }).sort({ recordedAt: -1 }).limit(limit).toArray()).map(toStanding),
      ),
    recordApp: ({ corpAppId, publisherId: tenant, templateId, own }) =>
      upsert(() => apps.updateOne({ _id: corpAppId }, { $set: { tenant, templateId, own } }, { upsert: true })),
    appsByIds: (scope, ids) =>
      orUnavailable(async () => {
        const tenants = scope.kind === 'platform' ? {} : { tenant: { $in: [...scope.publisherIds] } };
        const found = await apps.find({ _id: { $in: [...ids] }, ...tenants }).toArray();
        return new Map(found.map((app) => [app._id, toChoice(app)]));
      }),
  };
};
