import type { Clock, Decision, Page, PageRequest, Scope } from '@daikaifa/kernel';
import type { Delivery, DeliveryState, DeliverySubject, DeadReason, Attempt, AttemptError, Settlement } from '../domain/delivery';
import type { DeliveryCorp } from '../domain/delivery-corp';
import type { Destination, DestinationState, SealedSecret } from '../domain/destination';
import type { BreakerLimits, LaneHealth } from '../domain/lane';

export interface CreateKey {
  readonly key: string;
  readonly fingerprint: string;
}

/** Destinations, with the guarantees of `Endpoints`. */
export interface Destinations {
  byId(scope: Scope, id: string): Promise<Destination | null>;
  byIds(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, Destination>>;
  /** `created` false: an earlier call with this key had made it. */
  create(next: Destination, facts: Decision<Destination>['facts'], key: CreateKey): Promise<{ readonly aggregate: Destination; readonly created: boolean }>;
  /** What an earlier `create` with this key made. @throws AppError CONFLICT when the key was used with another input */
  findCreated(publisherId: string, key: CreateKey): Promise<Destination | null>;
  save(next: Destination, expectedVersion: number, facts: Decision<Destination>['facts']): Promise<Destination>;
  update(
    scope: Scope,
    id: string,
    decide: (current: Destination) => Decision<Destination> | null,
  ): Promise<Destination | null>;
  /** Those that are not deleted. */
  countOf(publisherId: string): Promise<number>;
  /** Those that were disabled by what they answered, of every publisher. */
  countStopped(): Promise<number>;
  /** Those of the publisher that were ever active and are not deleted. */
  listening(publisherId: string): Promise<readonly Destination[]>;
  /** One page per publisher, newest first, read together for all; without deleted ones unless they are asked for. */
  pagesByPublisher(
    scope: Scope,
    publisherIds: readonly string[],
    states: readonly DestinationState[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<Destination>>>;
}

export interface NewDelivery {
  readonly id: string;
  readonly publisherId: string;
  readonly destinationId: string;
  readonly event: Delivery['event'];
  readonly subject: DeliverySubject;
  /** Null when it is too large to be kept. */
  readonly body: string | null;
  readonly payloadBytes: number;
  readonly expiresAt: Date;
  /** Its content goes as soon as it has ended. */
  readonly dropWhenEnded: boolean;
}

/** One that may be sent now. */
export interface DueDelivery {
  readonly id: string;
  readonly event: Delivery['event'];
  readonly tries: number;
  readonly expiresAt: Date;
  readonly body: string;
  readonly dropWhenEnded: boolean;
}

export interface AttemptRecord {
  readonly delivery: DueDelivery;
  readonly attempt: Attempt;
  readonly settlement: Settlement;
}

export interface DeliveryParent {
  readonly field: 'destinationId' | 'templateId' | 'corpAppId';
  readonly ids: readonly string[];
}

export interface RetryRange {
  readonly destinationId: string;
  readonly states: readonly DeliveryState[];
  /** By creation. */
  readonly from: Date;
  readonly to: Date;
  readonly eventTypes: readonly string[];
}

/**
 * Deliveries; the record of what is due. Content is sealed at rest.
 * Durable when a call resolves (majority, journal); nothing outside a scope is read or written.
 */
export interface Deliveries {
  /** One that is there already stays as it is. */
  add(deliveries: readonly NewDelivery[], now: Date): Promise<void>;
  /** The longest due first, opened. */
  due(destinationId: string, now: Date, limit: number): Promise<readonly DueDelivery[]>;
  /** When the first of those that were not due at that time is to be sent. */
  nextAttempt(destinationId: string, after: Date): Promise<Date | null>;
  /** Destinations with something due, and since when. */
  dueLanes(now: Date, limit: number): Promise<ReadonlyArray<{ readonly destinationId: string; readonly since: Date }>>;
  /** Writes what attempts made of deliveries, unless somebody else has written meanwhile or the delivery is no longer queued. */
  record(records: readonly AttemptRecord[]): Promise<void>;
  byIds(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, Delivery>>;
  /** One page per parent, newest first, read together for all. Every parent asked for is in the map. */
  pagesByParent(
    scope: Scope,
    parent: DeliveryParent,
    states: readonly DeliveryState[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<Delivery>>>;
  counts(
    scope: Scope,
    destinationIds: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<DeliveryState, number>>>>;
  /** Queues those that have content and were not queued by this key before. @returns how many */
  queueAgain(ids: readonly string[], again: { readonly key: string; readonly now: Date; readonly expiresAt: Date }): Promise<number>;
  /** Ids that `queueAgain` would take, oldest first. */
  retryable(scope: Scope, range: RetryRange, key: string, limit: number): Promise<readonly string[]>;
  /** Queued ones that have outlived their time. @returns how many are DEAD now */
  expire(now: Date): Promise<number>;
  endOf(destinationId: string, reason: DeadReason, now: Date): Promise<number>;
  /** Removes the content of a corp's deliveries up to an epoch, and stops those that wait, but for the last words. @returns how many */
  erase(corpKey: string, until: { readonly epoch: number; readonly at: Date }, now: Date): Promise<number>;
  countQueued(): Promise<number>;
}

export interface Lease {
  readonly destinationId: string;
  /** Rises with each holder: what an earlier one writes late is refused. */
  readonly fence: number;
}

/** One lane per destination: who works on it, and how the destination answers. */
export interface Lanes {
  /** Null while somebody else holds it. */
  acquire(destinationId: string, now: Date, ttlMs: number): Promise<(Lease & { readonly health: LaneHealth }) | null>;
  /** @returns false when it was lost */
  renew(lease: Lease, now: Date, ttlMs: number): Promise<boolean>;
  release(lease: Lease): Promise<void>;
  /** @returns false when the lease was lost, or a person has changed the lane meanwhile */
  saveHealth(lease: Lease, health: LaneHealth): Promise<boolean>;
  healthOf(destinationIds: readonly string[]): Promise<ReadonlyMap<string, LaneHealth>>;
  /** A person says that it works again. */
  reset(destinationId: string): Promise<void>;
}

export interface DeliveryCorps {
  byKey(key: string): Promise<DeliveryCorp | null>;
  byAuthorization(authorizationId: string): Promise<DeliveryCorp | null>;
  /** An older epoch replaces no newer one. */
  record(corp: DeliveryCorp): Promise<void>;
  templateOf(publisherId: string, suiteId: string): Promise<string | null>;
}

export interface IssuedSecret {
  readonly sealed: SealedSecret;
  /** `whsec_…`: shown once. */
  readonly secret: string;
}

export interface SecretVault {
  issue(destinationId: string, secretId: string, now: Date): IssuedSecret;
}

export interface SendAnswer {
  readonly status: number | null;
  readonly error: AttemptError | null;
  readonly durationMs: number;
  readonly retryAfterMs: number | null;
  readonly snippet: string | null;
}

/** One signed request. Never throws for what the other side does. */
export interface WebhookSender {
  send(request: {
    readonly destinationId: string;
    readonly url: string;
    readonly secrets: readonly SealedSecret[];
    readonly eventId: string;
    readonly body: string;
    readonly now: Date;
  }): Promise<SendAnswer>;
}

/** How many pings a publisher may send, counted over all processes: each calls an address that nobody has verified. */
export interface PingBudget {
  /** @returns null when one may be sent, else for how long not. @throws AppError UNAVAILABLE while it cannot be counted */
  take(publisherId: string): Promise<number | null>;
}

export interface DeliveryLimits {
  readonly scheduleMs: readonly number[];
  readonly lifeMs: number;
  readonly maxPayloadBytes: number;
  readonly keepMs: number;
  readonly breaker: BreakerLimits;
  readonly leaseMs: number;
  /** How long one run works on a lane before others get their turn. */
  readonly runMs: number;
  readonly secretOverlapMs: number;
  readonly destinationsPerPublisher: number;
  readonly pingsPerMinute: number;
  readonly concurrency: number;
  readonly perSecond: number;
}

/** What the use cases of destinations and deliveries work with. */
export interface DeliveryDependencies {
  readonly destinations: Destinations;
  readonly deliveries: Deliveries;
  readonly lanes: Lanes;
  readonly deliveryCorps: DeliveryCorps;
  readonly secretVault: SecretVault;
  readonly webhooks: WebhookSender;
  readonly pings: PingBudget;
  readonly deliveryWakes: { deliver(destinationId: string): Promise<void> };
  readonly deliveryCounters: { attempted(outcome: string, durationMs: number): void };
  readonly deliveryLimits: DeliveryLimits;
  readonly eventTypes: readonly string[];
  readonly requireHttps: boolean;
  readonly fingerprint: (input: unknown) => string;
  readonly random: () => number;
}

export type DeliveryDeps = DeliveryDependencies & {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly logger: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
};
