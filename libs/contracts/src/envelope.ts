import { z } from 'zod';

const HOUR_MS = 3_600_000;

/** How long WeCom content and dead letters stay in Kafka. The erasure date of a corp is counted from it. */
export const WECOM_RETENTION_MS = 72 * HOUR_MS;

/** A compacted topic keeps every state at least this long, so that a slow reader sees each step. */
export const STATE_COMPACTION_LAG_MS = 72 * HOUR_MS;

const envelopeFields = {
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  type: z.string().min(1),
  source: z.string().min(1),
  subject: z.string().min(1),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  /** W3C trace context of the span that caused the event. */
  traceparent: z.string().optional(),
  /** The publisher that owns the aggregate. */
  tenant: z.string(),
  correlationid: z.string(),
  causationid: z.string().optional(),
  suite: z.string().optional(),
  corp: z.string().optional(),
  epoch: z.number().int().optional(),
};

/** CloudEvents 1.0 with the platform's extension attributes. `sequence` rises by one per event of an aggregate. */
export const stateEnvelopeSchema = z.looseObject({
  ...envelopeFields,
  sequence: z.number().int().positive(),
  data: z.unknown(),
});

export const signalEnvelopeSchema = z.looseObject({ ...envelopeFields, data: z.unknown() });

/** Without the index signature of a loose object: `Omit` on it would forget every named field. */
type Named<T> = { readonly [Key in keyof T as string extends Key ? never : Key]: T[Key] };

export type StateEvent<State> = Omit<Named<z.infer<typeof stateEnvelopeSchema>>, 'data'> & { readonly data: State };
export type SignalEvent<Payload> = Omit<Named<z.infer<typeof signalEnvelopeSchema>>, 'data'> & {
  readonly data: Payload;
};

/**
 * A topic of one aggregate kind: each event carries the whole public state after it.
 * Compacted, keyed by aggregate id, read from the beginning by every new consumer.
 */
export interface StateTopic<State> {
  readonly kind: 'state';
  readonly topic: string;
  readonly producer: string;
  readonly aggregate: string;
  /** Fixed for life: the key decides the partition. */
  readonly partitions: number;
  /** Every `type` that this topic may carry. */
  readonly types: readonly string[];
  readonly state: z.ZodType<State>;
}

/** A topic of signals: what WeCom sent. Kept 72 hours. */
export interface SignalTopic<Payload> {
  readonly kind: 'signal';
  readonly topic: string;
  readonly producer: string;
  readonly partitions: number;
  readonly retentionMs: number;
  readonly payload: z.ZodType<Payload>;
}

export type AnyTopic = StateTopic<unknown> | SignalTopic<unknown>;

export const defineStateTopic = <State>(definition: {
  producer: string;
  aggregate: string;
  types: readonly string[];
  state: z.ZodType<State>;
  partitions?: number;
}): StateTopic<State> => ({
  kind: 'state',
  topic: `daikaifa.${definition.producer}.${definition.aggregate}.v1`,
  producer: definition.producer,
  aggregate: definition.aggregate,
  partitions: definition.partitions ?? 3,
  types: definition.types,
  state: definition.state,
});

export const defineSignalTopic = <Payload>(definition: {
  producer: string;
  name: string;
  payload: z.ZodType<Payload>;
  partitions?: number;
}): SignalTopic<Payload> => ({
  kind: 'signal',
  topic: `daikaifa.${definition.name}.v1`,
  producer: definition.producer,
  partitions: definition.partitions ?? 3,
  retentionMs: WECOM_RETENTION_MS,
  payload: definition.payload,
});

/** One record for the broker. `topic` is the contract's name, without a deployment's prefix. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Sends records. Resolves when every in-sync replica has acknowledged all of them, in the order given per key;
 * rejects when that is not certain (the records may still have arrived: receivers tolerate repeats).
 */
export interface EventSender {
  send(messages: readonly OutgoingMessage[]): Promise<void>;
}
