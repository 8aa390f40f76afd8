import { derivedId, isAppError, type LocalizedText } from '@daikaifa/kernel';
import type { TimedMessage } from './sender';
import { deadLetterTopic, redriveTopic } from './topics';
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
  /** Code and texts of an error of ours; null for any other. */
  readonly appError: { readonly code: string; readonly text: LocalizedText } | null;
  readonly firstFailedAt: Date;
  readonly failedAt: Date;
  readonly attempts: number;
}

/** Who wants a dead letter to be dealt with again. All letters of one command have the same id. */
export interface RedriveAsk {
  readonly id: string;
  readonly by: string;
  readonly at: Date;
}

/** The same however often a record fails for a consumer: its copies are one letter. */
export const letterIdOf = ({ consumer, record }: DeadLetter): string =>
  derivedId('dead-letter', consumer, record.topic, String(record.partition), record.offset).slice(0, LETTER_ID_LENGTH);

const HEADER = {
  topic: 'dlq-topic',
  partition: 'dlq-partition',
  offset: 'dlq-offset',
  consumer: 'dlq-consumer',
  reason: 'dlq-reason',
  error: 'dlq-error',
  errorCode: 'dlq-error-code',
  errorZh: 'dlq-error-zh',
  errorEn: 'dlq-error-en',
  firstFailedAt: 'dlq-first-failed-at',
  failedAt: 'dlq-failed-at',
  attempts: 'dlq-attempts',
  encoding: 'dlq-encoding',
  ask: 'dlq-ask',
  askedBy: 'dlq-asked-by',
  askedAt: 'dlq-asked-at',
} as const;

const MAX_ERROR_LENGTH = 1_000;
/** Of a UUID the first twelve digits: short enough to be typed, and enough for what 72 hours bring. */
const LETTER_ID_LENGTH = 13;

const isUtf8 = (value: Buffer): boolean => Buffer.from(value.toString('utf8'), 'utf8').equals(value);

const shortened = ({ zh, en }: LocalizedText): LocalizedText => ({
  zh: zh.slice(0, MAX_ERROR_LENGTH),
  en: en.slice(0, MAX_ERROR_LENGTH),
});

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
    appError: isAppError(error) ? { code: error.code, text: shortened(error.text) } : null,
    firstFailedAt: earlier?.firstFailedAt ?? now,
    failedAt: now,
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
      ...(letter.appError !== null && {
        [HEADER.errorCode]: letter.appError.code,
        [HEADER.errorZh]: letter.appError.text.zh,
        [HEADER.errorEn]: letter.appError.text.en,
      }),
      [HEADER.firstFailedAt]: letter.firstFailedAt.toISOString(),
      [HEADER.failedAt]: letter.failedAt.toISOString(),
      [HEADER.attempts]: String(letter.attempts),
      [HEADER.encoding]: plain ? 'utf8' : 'base64',
    },
  };
};

/** The same letter for the topic of those that are to be dealt with again. */
export const toRedriveMessage = (group: string, letter: DeadLetter, ask: RedriveAsk): TimedMessage => {
  const message = toMessage(group, letter);
  return {
    ...message,
    topic: redriveTopic(group),
    headers: {
      ...message.headers,
      [HEADER.ask]: ask.id,
      [HEADER.askedBy]: ask.by,
      [HEADER.askedAt]: ask.at.toISOString(),
    },
  };
};

const dateOr = (value: string | undefined, fallback: Date): Date => {
  const date = new Date(value ?? '');
  return Number.isNaN(date.getTime()) ? fallback : date;
};

/** What `toRedriveMessage` wrote beside the letter; null for a record that nobody asked for. */
export const askFromRecord = ({ headers }: ReceivedRecord): RedriveAsk | null => {
  const id = headers[HEADER.ask];
  return id === undefined
    ? null
    : { id, by: headers[HEADER.askedBy] ?? '', at: dateOr(headers[HEADER.askedAt], new Date(0)) };
};

/** The dead letter that `toMessage` wrote. */
export const fromRecord = ({ key, value, headers }: ReceivedRecord): DeadLetter => {
  const own = new Set<string>(Object.values(HEADER));
  const header = (name: keyof typeof HEADER): string => headers[HEADER[name]] ?? '';
  const encoding = header('encoding') === 'base64' ? 'base64' : 'utf8';
  const firstFailedAt = dateOr(header('firstFailedAt'), new Date());
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
    appError:
      header('errorCode') === ''
        ? null
        : { code: header('errorCode'), text: { zh: header('errorZh'), en: header('errorEn') } },
    firstFailedAt,
    failedAt: dateOr(header('failedAt'), firstFailedAt),
    attempts: Number(header('attempts')) || 1,
  };
};
