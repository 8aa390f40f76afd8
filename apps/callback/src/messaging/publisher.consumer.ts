import { publisherTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

/** The publisher's own corp id is the receiveid of every URL verification. */
export const publisherConsumer = ({ followPublisher }: Pick<UseCases, 'followPublisher'>) =>
  defineConsumer(publisherTopic, {
    name: 'publisher',
    project: ({ data }) => ({ corpId: data.corpId }),
    effects: ({ aggregateId: publisherId, value: { corpId } }) => followPublisher({ publisherId, corpId }),
  });
