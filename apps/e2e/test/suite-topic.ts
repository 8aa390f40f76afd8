import { wecomSuiteTopic } from '@daikaifa/contracts';
import { clientOf } from '@daikaifa/harness';
import type { Stack } from '@daikaifa/stack';
import { kafkaOf } from './kafka-of';

/** How many events of WeCom were ever published for the suites of this stack. */
export const countSuiteEvents = (stack: Stack): Promise<number> => {
  const client = clientOf(kafkaOf(stack));
  return client.withAdmin(async (admin) => {
    const offsets = await admin.fetchTopicOffsets(client.topicName(wecomSuiteTopic.topic));
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  });
};
