import { createLogger } from '@daikaifa/observability';
import {
  connectKafka,
  createConsumers,
  createSender,
  defineConsumer,
  type Consumers,
  type KafkaClient,
  type ProjectionStore,
  type Sender,
} from '../../src';
import { thingTopic } from '../things';

export const GROUP = 'crash';
/** The one that takes over waits for the end of the killed one's session. */
export const SESSION_MS = 4_000;

export const connectAs = (
  brokers: readonly string[],
  topicPrefix: string,
): { readonly client: KafkaClient; readonly sender: Sender } => {
  const client = connectKafka({
    brokers,
    clientId: 'crash',
    topicPrefix,
    replicationFactor: 1,
    sessionTimeoutMs: SESSION_MS,
    logger: createLogger({ service: 'crash', level: 'silent' }),
    environment: 'development',
  });
  return { client, sender: createSender(client) };
};

/** The same consumer in the process that is killed and in the one that takes over. */
export const createThingConsumers = (options: {
  readonly client: KafkaClient;
  readonly sender: Sender;
  readonly projections: ProjectionStore;
  readonly onEffect: (line: string) => void;
}): Consumers =>
  createConsumers({
    client: options.client,
    group: GROUP,
    projections: options.projections,
    sender: options.sender,
    logger: options.client.logger,
    consumers: [
      defineConsumer(thingTopic, {
        name: 'things',
        project: (event) => event.data.status,
        effects: async ({ aggregateId, sequence, value }) =>
          options.onEffect(`${aggregateId}/${sequence}/${value}`),
      }),
    ],
  });
