import { signalEnvelopeSchema, stateEnvelopeSchema, type SignalEvent, type StateEvent } from '@daikaifa/contracts';
import { startSpan, withCorrelation } from '@daikaifa/observability';
import type { z } from 'zod';
import type { AnyConsumer, FeedConsumer, SignalConsumer, StateConsumer } from './consumer-definition';
import type { Projection, ProjectionStore } from './projection-store';

export type Outcome = 'handled' | 'skipped';

/** Reasons of a dead letter. */
export type EventFaultReason = 'UNPARSEABLE' | 'CONTRACT_BROKEN' | 'HANDLER_FAILED' | 'NO_CONSUMER';

/** This record can never be dealt with as it is, whatever the state of our dependencies. */
export class EventFault extends Error {
  readonly reason: EventFaultReason;

  constructor(reason: EventFaultReason, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'EventFault';
    this.reason = reason;
  }
}

const parseJson = (value: string): unknown => {
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new EventFault('UNPARSEABLE', 'the record is not JSON', { cause: error });
  }
};

/** Names paths and rules, never values: they may be what a publisher wrote. */
const parseContract = <T>(schema: z.ZodType<T>, value: unknown, what: string): T => {
  const parsed = schema.safeParse(value);
  if (parsed.success) {
    return parsed.data;
  }
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(whole)'}: ${issue.code}`);
  throw new EventFault('CONTRACT_BROKEN', `${what}: ${issues.join(', ')}`);
};

/**
 * Runs the effects, and runs them again as long as a newer projection was stored meanwhile: an older state that was
 * worked on at the same time (a re-drive, a repeated decision, a member that left the group late) never has the
 * last word.
 */
export const settleEffects = async (
  consumer: StateConsumer,
  projections: ProjectionStore,
  projection: Projection<unknown>,
): Promise<void> => {
  let current = projection;
  for (;;) {
    const { correlationId } = current;
    const settled = current;
    await withCorrelation(correlationId, () => consumer.effects(settled));
    const stored = await projections.load(consumer.name, current.aggregateId);
    if (stored === null || stored.sequence <= current.sequence) {
      return;
    }
    current = stored;
  }
};

const handleState = async (
  consumer: StateConsumer,
  projections: ProjectionStore,
  event: StateEvent<unknown>,
): Promise<Outcome> => {
  // Before the contract of the state: a broken event that a newer one has overtaken is no loss.
  if (event.sequence <= (await projections.sequenceOf(consumer.name, event.subject))) {
    return 'skipped';
  }
  const data = parseContract(consumer.topic.state, event.data, 'state');
  const projection: Projection<unknown> = {
    aggregateId: event.subject,
    tenant: event.tenant,
    sequence: event.sequence,
    type: event.type,
    correlationId: event.correlationid,
    value: consumer.project({ ...event, data }),
  };
  await consumer.effects(projection);
  if (!(await projections.save(consumer.name, projection))) {
    const newer = await projections.load(consumer.name, projection.aggregateId);
    if (newer !== null && newer.sequence > projection.sequence) {
      await settleEffects(consumer, projections, newer);
    }
  }
  return 'handled';
};

const handleSignal = async (consumer: SignalConsumer, event: SignalEvent<unknown>): Promise<Outcome> => {
  await consumer.handle({ ...event, data: parseContract(consumer.topic.payload, event.data, 'payload') });
  return 'handled';
};

const handleFeed = async (consumer: FeedConsumer, event: StateEvent<unknown>): Promise<Outcome> => {
  await consumer.handle({ ...event, data: parseContract(consumer.topic.state, event.data, 'state') });
  return 'handled';
};

/**
 * Deals with one record for one consumer: in the trace and under the correlation id of the event.
 * @param value null is a tombstone of the broker: nothing to do
 * @throws EventFault for a record that breaks its contract; otherwise what the consumer or the store threw
 */
export const handleRecord = async (
  consumer: AnyConsumer,
  projections: ProjectionStore,
  value: string | null,
): Promise<Outcome> => {
  if (value === null) {
    return 'skipped';
  }
  const json = parseJson(value);
  const run = <E extends SignalEvent<unknown>>(event: E, handle: () => Promise<Outcome>): Promise<Outcome> =>
    withCorrelation(event.correlationid, () =>
      startSpan(
        `consume ${consumer.name}`,
        {
          kind: 'consumer',
          parentTraceparent: event.traceparent,
          attributes: {
            'messaging.system': 'kafka',
            'messaging.destination.name': consumer.topic.topic,
            'event.id': event.id,
            'event.type': event.type,
            'event.subject': event.subject,
          },
        },
        handle,
      ),
    );
  if (consumer.kind !== 'signal') {
    const event = parseContract(stateEnvelopeSchema, json, 'envelope');
    return run(event, () =>
      consumer.kind === 'feed' ? handleFeed(consumer, event) : handleState(consumer, projections, event),
    );
  }
  const event = parseContract(signalEnvelopeSchema, json, 'envelope');
  return run(event, () => handleSignal(consumer, event));
};
