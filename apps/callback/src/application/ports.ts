import type { Clock, Decision, ErasureCounts, Fact, Page, PageRequest, Result, Scope, Tombstones, Violation } from '@daikaifa/kernel';
import type { AppVerdict } from '../domain/app-receive-id';
import type { CorpStanding } from '../domain/corp';
import type { DeliveryDependencies } from './delivery-ports';
import type { Endpoint, SealedKeyPair } from '../domain/endpoint';
import type { CancelledCorp } from '../domain/erasure';
import type { HealthReason } from '../domain/health';
import type { Receipt, ReceiptState } from '../domain/receipt';
import type { Refusal } from '../domain/refusal';

/**
 * Endpoints. What every implementation guarantees:
 * - `create` stores state and facts in one atomic write; an id that is there already is CONFLICT.
 * - `update` loads, decides and saves, again when another process was faster; null decision = nothing to do.
 * - The facts are published after the write, at least once, in order.
 * - Nothing outside the scope is read or written.
 */
export interface Endpoints {
  byId(scope: Scope, id: string): Promise<Endpoint | null>;
  byIds(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, Endpoint>>;
  create(next: Endpoint, facts: readonly Fact[]): Promise<Endpoint>;
  update(scope: Scope, id: string, decide: (current: Endpoint) => Decision<Endpoint> | null): Promise<Endpoint | null>;
  /** Ids of endpoints whose probe is due, the longest due first. */
  probeDue(scope: Scope, now: Date, limit: number): Promise<readonly string[]>;
  /** Ids of endpoints that are open, the latest made first. */
  openIds(scope: Scope, limit: number): Promise<readonly string[]>;
}

/** What other services said about whom endpoints receive for. Each `record…` replaces what was there: safe to repeat. */
export interface Directory {
  recordProvider(publisherId: string, corpId: string): Promise<void>;
  recordSuite(publisherId: string, templateId: string, suiteId: string | null): Promise<void>;
  /** The publisher's own corp id and the template's suite id, as far as they are known. */
  find(
    publisherId: string,
    templateId: string,
  ): Promise<{ readonly providerCorpId: string | null; readonly suiteId: string | null }>;
  recordCorp(corp: CorpStanding): Promise<void>;
  findCorp(corpKey: string): Promise<CorpStanding | null>;
  /** Corps with a live authorization, the latest recorded first. */
  activeCorps(limit: number): Promise<readonly CorpStanding[]>;
  recordApp(app: AppEndpointChoice): Promise<void>;
  /** What is missing from the map is not known, or not in scope. */
  appsByIds(scope: Scope, corpAppIds: readonly string[]): Promise<ReadonlyMap<string, AppEndpointChoice>>;
}

/** Which endpoint the app of a corp has by its latest revision. */
export interface AppEndpointChoice {
  readonly corpAppId: string;
  readonly publisherId: string;
  readonly templateId: string;
  readonly own: boolean;
}

/** Removes what one part of the service keeps of a cancelled corp. Safe to repeat. */
export interface CorpEraser {
  /** @returns how many were removed, by kind; also the kinds of which there was nothing */
  erase(corp: CancelledCorp): Promise<ErasureCounts>;
}

export interface SignedParts {
  readonly timestamp: string;
  readonly nonce: string;
  readonly encrypt: string;
}

/** Signature and cipher of one key pair. Long-lived: making it costs more than a message. */
export interface PairCipher {
  /** Constant time in the signature. */
  verifySignature(parts: SignedParts & { readonly msgSignature: string }): boolean;
  decrypt(encrypt: string): Result<{ readonly message: Buffer; readonly receiveId: string }, unknown>;
  sign(parts: SignedParts): string;
  encrypt(message: string, receiveId: string): string;
}

/** Makes, seals and opens key pairs. Nothing else sees a Token or an EncodingAESKey. */
export interface KeyVault {
  issue(endpointId: string, pairId: string, now: Date): IssuedKeys;
  /** Seals a pair that somebody has in use already. */
  seal(endpointId: string, pair: { readonly id: string; readonly keys: OpenKeys }, now: Date): SealedKeyPair;
  /** All broken rules of a pair; the values are secrets, so that only their lengths are named. */
  violations(keys: OpenKeys): readonly Violation[];
  /** Whether the sealed pair holds these keys. */
  holds(endpointId: string, pair: SealedKeyPair, keys: OpenKeys): boolean;
  /** Kept as long as the pair is in use. */
  cipher(endpointId: string, pair: SealedKeyPair): PairCipher;
}

export interface OpenKeys {
  readonly token: string;
  readonly encodingAesKey: string;
}

export interface IssuedKeys extends OpenKeys {
  readonly pair: SealedKeyPair;
}

/** The decrypted document, as far as this service looks into it. */
export interface ReadDocument {
  /** By its content: one URL may serve a template and the apps that were pre-filled from it. */
  readonly class: 'SUITE' | 'APP' | 'SYSTEM' | 'UNKNOWN';
  /** SuiteId; null in a document that is not about a suite. */
  readonly suiteId: string | null;
  /** ToUserName of an app's document: the corp. */
  readonly toUserName: string | null;
  /** ServiceCorpId of a system document: the provider. */
  readonly serviceCorpId: string | null;
  /** InfoType; MsgType, or `event.<Event>`, of an app's document; `unknown` where there is none that can be read. */
  readonly infoType: string;
  /** Of an app's document; `unknown` where there is none that can be read. */
  readonly msgType: string;
  /** Of MsgType `event`. */
  readonly event: string | null;
  readonly agentId: number | null;
  /** TimeStamp, or CreateTime of an app's document. */
  readonly timestampSec: number | null;
  readonly authCorpId: string | null;
  readonly state: string | null;
  readonly authCode: string | null;
  readonly suiteTicket: string | null;
  readonly raw: string;
  /** Why it could not be normalised; counted, never refused. */
  readonly fault: string | null;
}

/** WeCom's formats. Pure, never throws. */
export interface MessageReader {
  /** The encrypted part of a POST body; null: not an envelope. */
  encryptedOf(body: Buffer): string | null;
  document(message: Buffer): ReadDocument;
  /** The same for every re-send, however it is encrypted. */
  contentId(endpointId: string, message: Buffer): string;
}

/** One record for the broker. */
export interface OutgoingEvent {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface SuiteEvent {
  readonly id: string;
  readonly publisherId: string;
  readonly endpointId: string;
  readonly suiteId: string;
  readonly matched: 'SUITE_ID' | 'PROVIDER_CORP_ID' | 'PARKED';
  readonly document: ReadDocument;
  readonly receivedAt: Date;
}

export interface AppEvent {
  readonly id: string;
  readonly publisherId: string;
  readonly endpointId: string;
  readonly suiteId: string;
  readonly corpId: string;
  readonly matched: Extract<AppVerdict, { verdict: 'ACCEPTED' | 'PARKED' }>['matched'];
  readonly document: ReadDocument;
  readonly receivedAt: Date;
}

/** Writes the event that other services read. What is secret in it is sealed; the rest carries no content. */
export interface EventWriter {
  /** Keyed by suite id. */
  suiteEvent(event: SuiteEvent): OutgoingEvent;
  /** Keyed by `<suite id>:<corp id>`. */
  appEvent(event: AppEvent): OutgoingEvent;
}

/** The broker. */
export interface EventLog {
  /** Resolves when all are acknowledged by every in-sync replica, in this order per key; rejects within its time limit. */
  send(events: readonly OutgoingEvent[]): Promise<void>;
  /** False while it does not take writes: then nobody waits for it. */
  healthy(): boolean;
}

export type BacklogState = 'PARKED' | 'STORED';

/** An event that is durable in MongoDB and still has to go to the broker. */
export interface BacklogEntry extends Lane {
  /** The event's id. */
  readonly id: string;
  readonly publisherId: string;
  readonly endpointId: string;
  readonly suiteId: string;
  readonly corpKey: string | null;
  readonly infoType: string;
  readonly state: BacklogState;
  /** Rises with acceptance in one process. */
  readonly order: number;
  readonly receivedAt: Date;
  readonly occurredAt: Date;
  /** Of a parked one. */
  readonly expiresAt: Date;
  readonly message: OutgoingEvent;
}

/**
 * A lane: the events with one key of the broker that come through the endpoints of one template. Their order is kept.
 * The key stands for the broker's: the suite id, or the `corpKeyOf` an app's corp.
 */
export interface Lane {
  readonly templateId: string;
  readonly key: string;
}

/** A lane in which something is parked, with what tells whether it may go on. */
export interface ParkedLane extends Lane {
  readonly publisherId: string;
  readonly suiteId: string;
  readonly corpKey: string | null;
}

/**
 * Where events wait in MongoDB. `add` is durable when it resolves (majority, journal).
 * PARKED: the suite or the corp is not known; STORED: to be moved to the broker, in `order`.
 */
export interface Backlog {
  /** Whether an event of the lane waits here that has not expired. */
  has(lane: Lane, now: Date): Promise<boolean>;
  /** In the order given; an id that is there already stays as it is. */
  add(entries: readonly BacklogEntry[]): Promise<void>;
  /** Turns what is parked and not expired into STORED. @returns how many */
  release(lane: Lane, now: Date): Promise<number>;
  /** STORED ones in their order. */
  oldestStored(limit: number): Promise<readonly BacklogEntry[]>;
  remove(ids: readonly string[]): Promise<void>;
  parkedLanes(): Promise<readonly ParkedLane[]>;
  count(state: BacklogState): Promise<number>;
  countParked(endpointId: string): Promise<number>;
  expired(now: Date, limit: number): Promise<readonly BacklogEntry[]>;
  /** Removes those of the ids that are still parked and expired. */
  removeExpired(ids: readonly string[], now: Date): Promise<void>;
  /** Removes what came about in a corp until then, parked or stored. @returns how many */
  eraseCorp(corpKey: string, until: Date): Promise<number>;
  /** Runs `work` unless another process holds the lease; then null. */
  withLease<T>(name: string, ttlMs: number, work: () => Promise<T>): Promise<T | null>;
}

/** One send of an event, or a new state of it (`sends` 0). */
export type ReceiptNote = Receipt;

/** The journal of accepted events. Written behind, in batches, best effort: an answer never waits for it. */
export interface Receipts {
  note(note: ReceiptNote): void;
  /** Removes what came about in a corp until then. @returns how many */
  eraseCorp(corpKey: string, until: Date): Promise<number>;
  /** One page per endpoint, newest first, read together for all. */
  pagesByEndpoint(
    scope: Scope,
    endpointIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<Receipt>>>;
}

/** The journal of refused requests: limited in rate and in number, so that a flood cannot fill the database. */
export interface Refusals {
  note(refusal: Refusal): void;
  /** One page per endpoint, newest first, read together for all. */
  pagesByEndpoint(
    scope: Scope,
    endpointIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<Refusal>>>;
  /** Leaves the newest of each endpoint. @returns how many were removed */
  trim(keepPerEndpoint: number): Promise<number>;
  /** Removes what the endpoint refused until then. @returns how many */
  eraseEndpoint(endpointId: string, until: Date): Promise<number>;
}

/** Which events any process of the cluster accepted a short time ago. Best effort: when in doubt, nothing is known. */
export interface RecentEvents {
  find(id: string): Promise<ReceiptState | null>;
  remember(id: string, state: ReceiptState): void;
}

/** Asks a public address as WeCom would. */
export interface Probe {
  /** @returns null when it answered as it must */
  ask(url: string, cipher: PairCipher, receiveId: string): Promise<HealthReason | null>;
}

export interface Wakes {
  /** Soon; the due date is stored, so a lost wake-up only costs time. */
  probe(endpointId: string): Promise<void>;
  /** What was stored goes to the broker now, not at the next sweep. */
  moveStored(): Promise<void>;
}

/** What happens on the hot path, counted. */
export interface Counters {
  /** DROPPED: of a corp that has left. TOLERATED: a system event, which nothing reads yet. */
  accepted(
    outcome: 'PUBLISHED' | 'STORED' | 'PARKED' | 'DUPLICATE' | 'DROPPED' | 'TOLERATED' | 'UNAVAILABLE',
    infoType: string,
  ): void;
  refused(reason: Refusal['reason']): void;
  verified(outcome: 'ANSWERED' | 'PROBE'): void;
  /** A document that could not be normalised, or came with a clock far from ours. */
  odd(kind: 'FAULT' | 'CLOCK_SKEW'): void;
}

/** Settings that decisions depend on. Durations in milliseconds. */
export interface Limits {
  readonly maxBodyBytes: number;
  /** From the arrival of a request to its answer; WeCom waits one second. */
  readonly answerMs: number;
  /** How long a request waits for the broker before its event is stored in MongoDB. */
  readonly brokerMs: number;
  /** How long MongoDB may take to store an event. */
  readonly storeMs: number;
  /** To answer a look-up that something known can stand in for. */
  readonly lookUpMs: number;
  /** To read an endpoint when a request would be turned away otherwise. */
  readonly rereadMs: number;
  readonly dedupeWindowMs: number;
  readonly parkedMs: number;
  readonly parkedPerEndpoint: number;
  readonly keyGraceMs: number;
  /** How long the removal of what a cancelled corp left is repeated: late writers have finished by then. */
  readonly eraseAgainMs: number;
  /** Within which a health probe must be answered; what WeCom allows for the answer to a URL verification. */
  readonly probeMs: number;
  readonly probeEveryMs: number;
  readonly refusalsPerEndpoint: number;
}

export interface FailureLog {
  /** Constant message, dotted fields. */
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

/** Everything that use cases work with; each names the part it needs. */
export interface Dependencies extends DeliveryDependencies {
  readonly endpoints: Endpoints;
  readonly directory: Directory;
  readonly tombstones: Tombstones;
  readonly vault: KeyVault;
  readonly reader: MessageReader;
  readonly writer: EventWriter;
  /** Gives up early: for requests that wait for an answer. */
  readonly hotLog: EventLog;
  /** Patient: for moving what was stored. */
  readonly log: EventLog;
  readonly backlog: Backlog;
  readonly receipts: Receipts;
  readonly refusals: Refusals;
  readonly recent: RecentEvents;
  readonly probe: Probe;
  readonly wakes: Wakes;
  readonly counters: Counters;
  readonly limits: Limits;
  readonly baseUrl: string;
  readonly logger: FailureLog;
  readonly clock: Clock;
  readonly newId: () => string;
}
