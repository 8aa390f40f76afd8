import { isDuplicateKey, orUnavailable } from '@daikaifa/mongo';
import { Schema, type Connection } from 'mongoose';
import type { LinkInstalls } from '../application/ports';

interface InstallDocument {
  /** The exchange's id. */
  readonly _id: string;
  readonly linkId: string;
  readonly at: Date;
}

const schema = new Schema<InstallDocument>(
  {
    _id: { type: String, required: true },
    linkId: { type: String, required: true },
    at: { type: Date, required: true },
  },
  { collection: 'link_installs', versionKey: false, autoIndex: false, autoCreate: false },
).index({ linkId: 1 });

/** One small document per installation: a counter could not tell a repetition from another installation. */
export const createLinkInstallRepository = (connection: Connection): LinkInstalls => {
  const model = connection.model<InstallDocument>('link_installs', schema);
  return {
    record: ({ exchangeId, linkId, at }) =>
      orUnavailable(async () => {
        await model.create({ _id: exchangeId, linkId, at }).catch((error: unknown) => {
          if (!isDuplicateKey(error)) {
            throw error;
          }
        });
      }),
    counts: (linkIds) =>
      orUnavailable(async () => {
        const found = await model.aggregate<{ _id: string; count: number }>([
          { $match: { linkId: { $in: [...linkIds] } } },
          { $group: { _id: '$linkId', count: { $sum: 1 } } },
        ]);
        return new Map(found.map(({ _id, count }) => [_id, count]));
      }),
  };
};
