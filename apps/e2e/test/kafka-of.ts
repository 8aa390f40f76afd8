import type { Stack } from '@daikaifa/stack';
import { testServers } from '@daikaifa/testing';

/** The broker as the services of this stack have it. */
export const kafkaOf = (stack: Pick<Stack, 'envOf'>) => ({
  kafka: {
    brokers: testServers().kafkaBrokers,
    topicPrefix: stack.envOf('callback')['KAFKA_TOPIC_PREFIX'] ?? '',
    replicationFactor: 1,
  },
});
