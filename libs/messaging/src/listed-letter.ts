import { WECOM_RETENTION_MS } from '@daikaifa/contracts';
import { letterIdOf, type DeadLetter } from './dead-letters';
import { maskedText } from './masked-text';

/** What the envelope says about its event; null where it does not. */
export interface LetterEvent {
  readonly id: string | null;
  readonly type: string | null;
  readonly time: string | null;
  readonly tenant: string | null;
  readonly correlationId: string | null;
}

/** A dead letter for people: where it came from and what was wrong, never what it says. */
export interface ListedLetter {
  readonly id: string;
  /** Contract name, as are `partition` and `offset` those of the record as it first came. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly consumer: string;
  /** Null where the record is no JSON object. */
  readonly event: LetterEvent | null;
  /** All that is told of the content. */
  readonly sizeBytes: number;
  readonly reason: string;
  readonly error: string;
  readonly appError: DeadLetter['appError'];
  readonly firstFailedAt: Date;
  readonly failedAt: Date;
  readonly attempts: number;
  /** It may be gone from then on. */
  readonly keptUntil: Date;
}

const MAX_SHOWN_LENGTH = 200;

const shown = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, MAX_SHOWN_LENGTH) : null);

const eventOf = ({ record }: DeadLetter): LetterEvent | null => {
  let json: unknown;
  try {
    json = JSON.parse(record.value?.toString('utf8') ?? '');
  } catch {
    return null;
  }
  if (typeof json !== 'object' || json === null) {
    return null;
  }
  const { id, type, time, tenant, correlationid } = json as Record<string, unknown>;
  return {
    id: shown(id),
    type: shown(type),
    time: shown(time),
    tenant: shown(tenant),
    correlationId: shown(correlationid),
  };
};

export const listedLetter = (letter: DeadLetter): ListedLetter => ({
  id: letterIdOf(letter),
  topic: letter.record.topic,
  partition: letter.record.partition,
  offset: letter.record.offset,
  key: letter.record.key.slice(0, MAX_SHOWN_LENGTH),
  consumer: letter.consumer,
  event: eventOf(letter),
  sizeBytes: letter.record.value?.length ?? 0,
  reason: letter.reason,
  error: maskedText(letter.error),
  appError: letter.appError,
  firstFailedAt: letter.firstFailedAt,
  failedAt: letter.failedAt,
  attempts: letter.attempts,
  keptUntil: new Date(letter.firstFailedAt.getTime() + WECOM_RETENTION_MS),
});
