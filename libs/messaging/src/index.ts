export { connectKafka, type KafkaClient, type KafkaOptions } from './kafka-client';
export { deadLetterTopic, ensureTopics, journalTopic, redriveTopic, SIGNAL_SEGMENT_MS } from './topics';
export { createSender, type Sender, type SenderOptions } from './sender';
export {
  defineConsumer,
  defineFeedConsumer,
  defineSignalConsumer,
  type AnyConsumer,
  type FeedConsumer,
  type SignalConsumer,
  type StateConsumer,
} from './consumer-definition';
export { createConsumers, type Consumers, type ConsumersOptions } from './consumers';
export { type PartitionFault } from './partition-pauses';
export { createDeadLetterDesk, type DeadLetterDesk, type RedriveRequest } from './dead-letter-desk';
export { type BookedEntry, type BookedLetter, type DeadLetterBook, type DeadLetterStatus } from './dead-letter-book';
export { type JournalEntry } from './dead-letter-journal';
export { anyFault, isDependencyFault, type FaultPredicate } from './dependency-fault';
export { createMemoryProjectionStore, type Projection, type ProjectionStore } from './projection-store';
export { describeProjectionStore } from './projection-store.contract';
