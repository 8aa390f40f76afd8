import type { AnyTopic } from '@daikaifa/contracts';
import type { KillStage } from './kill-stage';
import type { Service } from './progress';
import type { Hold } from './wire';

/** Orders what a service that is about to be killed can no longer say. */
export const holdsOf = ({ wires, topicName }: Pick<KillStage, 'wires' | 'topicName'>) => {
  const write = (service: Service, command: string, ...parts: readonly string[]): Hold =>
    wires[service].mongo.hold('REQUEST', {
      words: `${service}: ${command} with ${parts.join(' and ')}`,
      is: ({ name, bytes }) => name === command && parts.every((part) => bytes.includes(part)),
    });

  const kafka = (service: Service, request: string, topic: AnyTopic, ...parts: readonly string[]): Hold =>
    wires[service].kafka.hold('REQUEST', {
      words: `${service}: ${request} on ${topic.topic} ${parts.join(' and ')}`,
      is: ({ name, bytes }) =>
        name === request && [topicName(topic.topic), ...parts].every((part) => bytes.includes(part)),
    });

  return {
    /** Never reaches MongoDB. */
    write,
    /** The broker has acknowledged the events of a document; that they may be forgotten never reaches MongoDB. */
    removal: (service: Service, documentId: string): Hold => write(service, 'update', '$filter', documentId),
    /** Never reaches the broker. */
    publication: (service: Service, topic: AnyTopic, aggregateId: string): Hold =>
      kafka(service, 'Produce', topic, aggregateId),
    /** That the events were dealt with never reaches the broker. */
    commit: (service: Service, topic: AnyTopic): Hold => kafka(service, 'OffsetCommit', topic),
  };
};

export type Holds = ReturnType<typeof holdsOf>;
