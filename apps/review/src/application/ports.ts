import type { Clock, Decision, Fact, Page, PageRequest, Scope, Tombstones } from '@daikaifa/kernel';
import type { RuleSet } from '@daikaifa/rules';
import type { AuthorizationSignal } from '../domain/authorization-signal';
import type { PermissionSignal } from '../domain/corp-app-prechecks';
import type { WorkingCalendar } from '../domain/due-date';
import type { EndpointSignal, LogoInspection } from '../domain/prechecks';
import type { ReviewItem, ReviewItemState, SubjectKind } from '../domain/review-item';
import type { ReviewTicket } from '../domain/review-ticket';
import type { ReviewSettings, SubjectState } from '../domain/subject-state';

export interface ItemFilter {
  readonly publisherId?: string;
  /** Of the template itself and of the apps made from it; `kind` tells them apart. */
  readonly templateId?: string;
  readonly corpAppId?: string;
  /** What was submitted together. */
  readonly ticketId?: string;
  readonly kind?: SubjectKind;
  /** Empty: every state. */
  readonly states: readonly ReviewItemState[];
  readonly overdue?: boolean;
}

export interface AuthorizedEpoch {
  readonly authorizationId: string;
  readonly epoch: number;
}

/**
 * What every implementation guarantees:
 * - `create` and `save` store state, version and facts in one atomic write; the facts are published after it, at
 *   least once, in order.
 * - `create` of an item that is there already changes nothing and returns what is stored.
 * - A subject has at most one open item, also when several processes create at once: the later one gets CONFLICT.
 * - `save` stores only over `expectedVersion`, otherwise CONFLICT.
 * - `update` loads, decides and saves, again when another process was faster; null decision = nothing to do.
 * - Nothing outside the scope is read or written.
 */
export interface ReviewItems {
  byId(scope: Scope, id: string): Promise<ReviewItem | null>;
  byIds(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, ReviewItem>>;
  create(next: ReviewItem, facts: readonly Fact[]): Promise<ReviewItem>;
  save(next: ReviewItem, expectedVersion: number, facts: readonly Fact[]): Promise<ReviewItem>;
  update(
    scope: Scope,
    id: string,
    decide: (current: ReviewItem) => Decision<ReviewItem> | null,
  ): Promise<ReviewItem | null>;
  findOpenOfSubject(scope: Scope, subjectId: string): Promise<ReviewItem | null>;
  /** The one that the newest state of the subject opened. */
  findLastOfSubject(scope: Scope, subjectId: string): Promise<ReviewItem | null>;
  /** Ids, the longest due first, at most `limit`. */
  findPrecheckDue(scope: Scope, now: Date, limit: number): Promise<readonly string[]>;
  /** Ids of items that are being prechecked against this subject's callback endpoint, at most `limit`. */
  findPrecheckingAt(scope: Scope, endpointSubjectId: string, limit: number): Promise<readonly string[]>;
  /** Ids, the longest due first, at most `limit`. */
  findLaunchDue(scope: Scope, now: Date, limit: number): Promise<readonly string[]>;
  /** Ids of launches that this authorization's publish status confirms. */
  findLaunchingOfAuthorization(scope: Scope, authorizationId: string): Promise<readonly string[]>;
  /** Ids of items that still name the corp, at most `limit`. */
  findUnerasedOfEpoch(scope: Scope, epoch: AuthorizedEpoch, limit: number): Promise<readonly string[]>;
  /** All items of the epoch, erased or not. */
  countOfEpoch(scope: Scope, epoch: AuthorizedEpoch): Promise<number>;
  /** Ids, the longest due first, at most `limit`. */
  findNoticeDue(scope: Scope, now: Date, limit: number): Promise<readonly string[]>;
  page(scope: Scope, filter: ItemFilter, request: PageRequest): Promise<Page<ReviewItem>>;
  /** One page per template or corp app, read together for all. */
  pagesBySubject(
    scope: Scope,
    subjectIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<ReviewItem>>>;
  /** Every item of each ticket, oldest first, read together for all. */
  ofTickets(scope: Scope, ticketIds: readonly string[]): Promise<ReadonlyMap<string, readonly ReviewItem[]>>;
}

export interface ReviewTickets {
  byIds(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, ReviewTicket>>;
  /** Changes nothing when it is there already. */
  create(next: ReviewTicket): Promise<void>;
  /** One page per publisher, read together for all. */
  pagesByPublisher(
    scope: Scope,
    publisherIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<ReviewTicket>>>;
}

/** What other services said last. `record` keeps what has the highest sequence: safe to repeat, in any order. */
export interface Subjects {
  record(subject: SubjectState): Promise<void>;
  byId(scope: Scope, id: string): Promise<SubjectState | null>;
  inReviewOf(scope: Scope, publisherId: string): Promise<readonly SubjectState[]>;
  /** Takes the corp out of its app; from now on the app is gone. @returns how many apps of the epoch there are */
  eraseEpoch(authorizationId: string, epoch: number): Promise<number>;
}

export interface Endpoints {
  record(endpoint: EndpointSignal): Promise<void>;
  bySubject(scope: Scope, subjectId: string): Promise<EndpointSignal | null>;
}

export interface Authorizations {
  record(authorization: AuthorizationSignal): Promise<void>;
  byId(scope: Scope, id: string): Promise<AuthorizationSignal | null>;
}

export interface Permissions {
  record(permissions: PermissionSignal): Promise<void>;
  byCorpApp(scope: Scope, corpAppId: string): Promise<PermissionSignal | null>;
}

export interface Settings {
  record(publisherId: string, sequence: number, settings: ReviewSettings): Promise<void>;
  /** Null: the publisher is not known yet. */
  byPublisher(scope: Scope, publisherId: string): Promise<ReviewSettings | null>;
}

export interface Logos {
  /**
   * @param owner whose service keeps the file
   * @throws AppError UNAVAILABLE while that service does not answer: to be tried again
   */
  inspect(owner: SubjectKind, sha256: string): Promise<LogoInspection>;
}

export interface WakeUps {
  /** Only wake-ups: what is due is stored, a lost one is made up for by the sweep. They never throw. */
  wakePrecheck(itemId: string): Promise<void>;
  wakeLaunchTimeout(itemId: string, delayMs: number): Promise<void>;
}

/** Everything that use cases work with; each names the part it needs. */
export interface Dependencies {
  readonly items: ReviewItems;
  readonly tickets: ReviewTickets;
  readonly subjects: Subjects;
  readonly endpoints: Endpoints;
  readonly authorizations: Authorizations;
  readonly permissions: Permissions;
  readonly tombstones: Tombstones;
  readonly settings: Settings;
  readonly logos: Logos;
  readonly queue: WakeUps;
  readonly rules: Readonly<Record<SubjectKind, RuleSet>>;
  readonly calendar: WorkingCalendar;
  /** How long the publish status of a launched app is waited for before a person is asked. */
  readonly launchTimeoutMs: number;
  readonly clock: Clock;
}
