import type { StateTopic } from '@daikaifa/contracts';
import { AppError, newId, text, type Aggregate, type Clock, type Fact } from '@daikaifa/kernel';
import { currentCorrelationId, currentTraceparent } from '@daikaifa/observability';
import { OUTBOX_FULL } from './mongo-fault';

/** Limits of what one document may hold unpublished. */
export const OUTBOX_MAX_EVENTS = 100;
export const OUTBOX_MAX_BYTES = 256 * 1024;

/** One unpublished event inside its aggregate's document. */
export interface OutboxEntry {
  /** Id of the event; an entry is removed by it. */
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly topic: string;
  readonly key: string;
  /** The whole CloudEvent as JSON: a repeat sends the same bytes. */
  readonly body: string;
  /** UTF-8 length of `body`. */
  readonly bytes: number;
  readonly since: Date;
}

/** Event attributes of everything about a corp. */
export interface SubjectAttributes {
  readonly suite?: string;
  readonly corp?: string;
  readonly epoch?: number;
}

export interface Publication<A, S> {
  readonly topic: StateTopic<S>;
  publicState(aggregate: A): S;
  subjectAttributes?(aggregate: A): SubjectAttributes;
}

/** What of the stored document decides about the next write. */
export interface WriteState {
  readonly version: number;
  readonly sequence: number;
  readonly outboxBytes: number;
  readonly pendingEvents: number;
}

export const NOTHING_STORED: WriteState = { version: 0, sequence: 0, outboxBytes: 0, pendingEvents: 0 };

/**
 * The events of one write, each with the state after it.
 * @throws Error when a fact or the state is outside the topic's contract: a bug, caught before anything is stored
 */
export const entriesOf = <A extends Aggregate, S>(input: {
  readonly aggregate: A;
  readonly facts: readonly Fact[];
  readonly publication: Publication<A, S>;
  readonly lastSequence: number;
  readonly source: string;
  readonly clock: Clock;
}): readonly OutboxEntry[] => {
  const { aggregate, facts, publication, lastSequence } = input;
  if (facts.length === 0) {
    return [];
  }
  const { topic } = publication;
  const unknown = facts.find((fact) => !topic.types.includes(fact.type));
  if (unknown !== undefined) {
    throw new Error(`${topic.topic} has no event type ${unknown.type}`);
  }
  // Parsed, so that only what the contract names leaves the service.
  const data = topic.state.parse(publication.publicState(aggregate));
  const since = input.clock.now();
  const traceparent = currentTraceparent();
  return facts.map((fact, index) => {
    const id = newId(since.getTime());
    const sequence = lastSequence + index + 1;
    const body = JSON.stringify({
      specversion: '1.0',
      id,
      type: fact.type,
      source: input.source,
      subject: aggregate.id,
      time: since.toISOString(),
      datacontenttype: 'application/json',
      ...(traceparent === undefined ? {} : { traceparent }),
      tenant: aggregate.publisherId,
      correlationid: currentCorrelationId() ?? id,
      ...publication.subjectAttributes?.(aggregate),
      sequence,
      data,
    });
    return {
      id,
      type: fact.type,
      sequence,
      topic: topic.topic,
      key: aggregate.id,
      body,
      bytes: Buffer.byteLength(body),
      since,
    };
  });
};

export const totalBytes = (entries: readonly OutboxEntry[]): number =>
  entries.reduce((sum, entry) => sum + entry.bytes, 0);

/**
 * @throws AppError UNAVAILABLE when the document would hold more than 100 events or 256 KB unpublished
 * @throws Error when the write alone is over the limit, because waiting would not help
 */
export const refuseBacklog = (state: WriteState, added: readonly OutboxEntry[]): void => {
  if (added.length === 0) {
    return;
  }
  const addedBytes = totalBytes(added);
  if (added.length > OUTBOX_MAX_EVENTS || addedBytes > OUTBOX_MAX_BYTES) {
    throw new Error(`one write made ${added.length} events of ${addedBytes} bytes, more than a document may hold`);
  }
  if (
    state.pendingEvents + added.length > OUTBOX_MAX_EVENTS ||
    state.outboxBytes + addedBytes > OUTBOX_MAX_BYTES
  ) {
    throw new AppError(
      'UNAVAILABLE',
      text('待发布的事件过多，请稍后重试', 'Too many events wait to be published; try again later'),
      {
        details: {
          reason: OUTBOX_FULL,
          pendingEvents: state.pendingEvents,
          pendingBytes: state.outboxBytes,
        },
      },
    );
  }
};
