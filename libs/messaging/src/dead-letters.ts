import type { TimedMessage } from './sender';
import { deadLetterTopic } from './topics';
import { EventFault } from './event-handling';

/** A record as it came from the broker. */
export interface ReceivedRecord {
  /** Contract name. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** A record that its group could not deal with. `record` is as it first came. */
export interface DeadLetter {
  readonly record: ReceivedRecord;
  /** Name of the consumer that failed. */
  readonly consumer: string;
  readonly reason: string;
  readonly error: string;
  readonly firstFailedAt: Date;
  readonly attempts: number;
}

const HEADER = {
  topic: 'dlq-topic',
  partition: 'dlq-partition',
  offset: 'dlq-offset',
  consumer: 'dlq-consumer',
  reason: 'dlq-reason',
  error: 'dlq-error',
  firstFailedAt: 'dlq-first-failed-at',
  attempts: 'dlq-attempts',
  encoding: 'dlq-encoding',
} as const;

const MAX_ERROR_LENGTH = 1_000;

const isUtf8 = (value: Buffer): boolean => Buffer.from(value.toString('utf8'), 'utf8').equals(value);

export const deadLetterOf = (options: {
  readonly record: ReceivedRecord;
  readonly consumer: string;
  readonly error: unknown;
  readonly now: Date;
  readonly earlier?: DeadLetter;
}): DeadLetter => {
  const { record, consumer, error, now, earlier } = options;
  return {
    record,
    consumer,
    reason: error instanceof EventFault ? error.reason : 'HANDLER_FAILED',
    error: (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, MAX_ERROR_LENGTH),
    firstFailedAt: earlier?.firstFailedAt ?? now,
    attempts: (earlier?.attempts ?? 0) + 1,
  };
};

export const toMessage = (group: string, letter: DeadLetter): TimedMessage => {
  const value = letter.record.value ?? Buffer.alloc(0);
  const plain = isUtf8(value);
  return {
    topic: deadLetterTopic(group),
    key: letter.record.key,
    value: value.toString(plain ? 'utf8' : 'base64'),
    // However often it is re-driven, it is kept no longer than 72 hours after it first failed.
    timestampMs: letter.firstFailedAt.getTime(),
    headers: {
      ...letter.record.headers,
      [HEADER.topic]: letter.record.topic,
      [HEADER.partition]: String(letter.record.partition),
      [HEADER.offset]: letter.record.offset,
      [HEADER.consumer]: letter.consumer,
      [HEADER.reason]: letter.reason,
      [HEADER.error]: letter.error,
      [HEADER.firstFailedAt]: letter.firstFailedAt.toISOString(),
      [HEADER.attempts]: String(letter.attempts),
      [HEADER.encoding]: plain ? 'utf8' : 'base64',
    },
  };
};

/** The dead letter that `toMessage` wrote. */
export const fromRecord = ({ key, value, headers }: ReceivedRecord): DeadLetter => {
  const own = new Set<string>(Object.values(HEADER));
  const header = (name: keyof typeof HEADER): string => headers[HEADER[name]] ?? '';
  const encoding = header('encoding') === 'base64' ? 'base64' : 'utf8';
  const failedAt = new Date(header('firstFailedAt'));
  return {
    record: {
      topic: header('topic'),
      partition: Number(header('partition')),
      offset: header('offset'),
      key,
      value: Buffer.from((value ?? Buffer.alloc(0)).toString('utf8'), encoding),
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name))),
    },
    consumer: header('consumer'),
    reason: header('reason'),
    error: header('error'),
    firstFailedAt: Number.isNaN(failedAt.getTime()) ? new Date() : failedAt,
    attempts: Number(header('attempts')) || 1,
  };
};
