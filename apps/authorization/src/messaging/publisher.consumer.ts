import { publisherTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import { KNOWN_PUBLISHERS, type KnownPublisher } from '../domain/known';

/** Kept for the provider's own corp id (get_provider_token) and its test corps (TEST or FORMAL). */
export const publisherConsumer = () =>
  defineConsumer(publisherTopic, {
    name: KNOWN_PUBLISHERS,
    project: ({ data }): KnownPublisher => ({
      id: data.id,
      corpId: data.corpId,
      status: data.status,
      testCorpIds: data.testCorps.map(({ corpId }) => corpId),
    }),
    effects: async () => undefined,
  });
