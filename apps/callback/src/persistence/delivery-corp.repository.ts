import { isDuplicateKey, orUnavailable } from '@daikaifa/mongo';
import { Schema, type Connection } from 'mongoose';
import type { DeliveryCorps } from '../application/delivery-ports';
import type { DeliveryCorp } from '../domain/delivery-corp';

interface CorpDocument extends Omit<DeliveryCorp, 'key' | 'publisherId'> {
  readonly _id: string;
  readonly tenant: string;
}

const COLLECTION = 'delivery_corps';

const toDomain = ({ _id, tenant, ...rest }: CorpDocument): DeliveryCorp => ({ key: _id, publisherId: tenant, ...rest });

const defineIndexes = (connection: Connection): void => {
  const schema = new Schema({}, { collection: COLLECTION, strict: false, autoIndex: false, autoCreate: false });
  // byAuthorization()
  schema.index({ authorizationId: 1 });
  connection.model(COLLECTION, schema, COLLECTION);
  const suites = new Schema({}, { collection: 'suites', strict: false, autoIndex: false, autoCreate: false });
  // templateOf()
  suites.index({ tenant: 1, suiteId: 1 });
  connection.model('suites', suites, 'suites');
};

export const createDeliveryCorpRepository = (connection: Connection): DeliveryCorps => {
  defineIndexes(connection);
  const corps = connection.collection<CorpDocument>(COLLECTION);
  const suites = connection.collection<{ _id: string; tenant: string; suiteId: string | null }>('suites');
  return {
    byKey: (key) =>
      orUnavailable(async () => {
        const found = await corps.findOne({ _id: key });
        return found && toDomain(found as CorpDocument);
      }),
    byAuthorization: (authorizationId) =>
      orUnavailable(async () => {
        const found = await corps.findOne({ authorizationId });
        return found && toDomain(found as CorpDocument);
      }),
    record: ({ key, publisherId, ...rest }) =>
      orUnavailable(async () => {
        const ended = rest.cancelled?.epoch ?? 0;
        try {
          // An older state: the upsert meets the stored document's id and is refused.
          await corps.replaceOne(
            { _id: key, epoch: { $lte: rest.epoch }, $or: [{ cancelled: null }, { 'cancelled.epoch': { $lte: ended } }] },
            { tenant: publisherId, ...rest },
            { upsert: true },
          );
        } catch (error) {
          if (!isDuplicateKey(error)) {
            throw error;
          }
        }
      }),
    templateOf: (tenant, suiteId) =>
      orUnavailable(async () => (await suites.findOne({ tenant, suiteId }, { projection: { _id: 1 } }))?._id ?? null),
  };
};
