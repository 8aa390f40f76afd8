import type { KeyRing } from '@daikaifa/security';
import { Schema, type Connection, type mongo } from 'mongoose';
import type { AttemptRecord, NewDelivery } from '../application/delivery-ports';
import {
  ATTEMPTS_KEPT,
  type Attempt,
  type DeadReason,
  type Delivery,
  type DeliveryState,
} from '../domain/delivery';

/** As an attempt is stored: what the other side said is sealed, it may repeat what it was sent. */
interface AttemptDocument extends Omit<Attempt, 'snippet'> {
  readonly snippet: string | null;
}

export interface DeliveryDocument {
  readonly _id: string;
  readonly tenant: string;
  readonly destinationId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly eventTime: Date;
  readonly templateId: string | null;
  readonly corpAppId: string | null;
  readonly corpKey?: string;
  readonly epoch: number | null;
  readonly state: DeliveryState;
  readonly deadReason: DeadReason | null;
  readonly tries: number;
  readonly attempts: readonly AttemptDocument[];
  readonly payload?: string;
  readonly payloadBytes: number;
  readonly dropWhenEnded: boolean;
  /** Only while QUEUED, so that the index holds only those. */
  readonly nextAttemptAt?: Date;
  readonly expiresAt: Date;
  /** Idempotency key of the last retry by hand. */
  readonly retryKey?: string;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

export const DELIVERIES = 'deliveries';

export const defineDeliveryIndexes = (connection: Connection, keepMs: number): void => {
  const schema = new Schema({}, { collection: DELIVERIES, strict: false, autoIndex: false, autoCreate: false });
  // due(), dueLanes(): one seek per destination, however much waits
  schema.index({ destinationId: 1, nextAttemptAt: 1 }, { partialFilterExpression: { nextAttemptAt: { $exists: true } } });
  // expire()
  schema.index({ expiresAt: 1 }, { partialFilterExpression: { nextAttemptAt: { $exists: true } } });
  // pagesByParent() of each parent; retryable()
  schema.index({ destinationId: 1, createdAt: -1, _id: -1 });
  schema.index({ templateId: 1, createdAt: -1, _id: -1 });
  schema.index({ corpAppId: 1, createdAt: -1, _id: -1 });
  // counts()
  schema.index({ destinationId: 1, state: 1 });
  // erase()
  schema.index({ corpKey: 1 }, { sparse: true });
  schema.index({ createdAt: 1 }, { expireAfterSeconds: Math.floor(keepMs / 1_000) });
  connection.model(DELIVERIES, schema, DELIVERIES);
};

/** Content is bound to its delivery: moved elsewhere it does not open. */
const aadOf = (deliveryId: string, part: 'payload' | 'snippet'): string => `delivery:${deliveryId}:${part}`;

export const createDeliveryMapper = (keyRing: KeyRing) => {
  const seal = (id: string, part: 'payload' | 'snippet', text: string): string => keyRing.seal(text, aadOf(id, part));
  const open = (id: string, part: 'payload' | 'snippet', sealed: string): string =>
    keyRing.open(sealed, aadOf(id, part));

  return {
    openPayload: (id: string, payload: string): string => open(id, 'payload', payload),
    toDocument: (delivery: NewDelivery, now: Date): DeliveryDocument => {
      const { id, event, subject, body } = delivery;
      const standing =
        body === null
          ? { state: 'DEAD' as const, deadReason: 'TOO_LARGE' as const, endedAt: now }
          : {
              state: 'QUEUED' as const,
              deadReason: null,
              endedAt: null,
              nextAttemptAt: now,
              payload: seal(id, 'payload', body),
            };
      return {
        _id: id,
        tenant: delivery.publisherId,
        destinationId: delivery.destinationId,
        eventId: event.id,
        eventType: event.type,
        eventTime: event.time,
        templateId: subject.templateId,
        corpAppId: subject.corpAppId,
        ...(subject.corpKey !== null && { corpKey: subject.corpKey }),
        epoch: subject.epoch,
        tries: 0,
        attempts: [],
        payloadBytes: delivery.payloadBytes,
        dropWhenEnded: delivery.dropWhenEnded,
        expiresAt: delivery.expiresAt,
        createdAt: now,
        ...standing,
      };
    },
    toDomain: (document: DeliveryDocument): Delivery => ({
      id: document._id,
      publisherId: document.tenant,
      destinationId: document.destinationId,
      event: { id: document.eventId, type: document.eventType, time: document.eventTime },
      subject: {
        templateId: document.templateId,
        corpAppId: document.corpAppId,
        corpKey: document.corpKey ?? null,
        epoch: document.epoch,
      },
      state: document.state,
      deadReason: document.deadReason,
      tries: document.tries,
      attempts: document.attempts.map(({ snippet, ...attempt }) => ({
        ...attempt,
        snippet: snippet === null ? null : open(document._id, 'snippet', snippet),
      })),
      payloadBytes: document.payloadBytes,
      hasPayload: document.payload !== undefined,
      nextAttemptAt: document.nextAttemptAt ?? null,
      expiresAt: document.expiresAt,
      createdAt: document.createdAt,
      endedAt: document.endedAt,
    }),
    /** The write of one attempt. It finds nothing when the delivery was changed since it was read. */
    toWrite: ({ delivery, attempt, settlement }: AttemptRecord): mongo.AnyBulkWriteOperation<DeliveryDocument> => {
      const { id, tries, dropWhenEnded } = delivery;
      const sealed = { ...attempt, snippet: attempt.snippet === null ? null : seal(id, 'snippet', attempt.snippet) };
      const logged = { attempts: { $each: [sealed], $slice: -ATTEMPTS_KEPT } };
      const filter = { _id: id, state: 'QUEUED' as const, tries };
      if (settlement.state === 'QUEUED') {
        const next = { tries: tries + 1, nextAttemptAt: settlement.nextAttemptAt };
        return { updateOne: { filter, update: { $set: next, $push: logged } as mongo.UpdateFilter<DeliveryDocument> } };
      }
      const deadReason = settlement.state === 'DEAD' ? settlement.reason : null;
      const ended = { state: settlement.state, deadReason, tries: tries + 1, endedAt: attempt.at };
      const removed = { nextAttemptAt: '', ...(dropWhenEnded && { payload: '' }) };
      const update = { $set: ended, $push: logged, $unset: removed } as mongo.UpdateFilter<DeliveryDocument>;
      return { updateOne: { filter, update } };
    },
  };
};
