import type { Clock, Decision, Fact, Page, PageRequest, Scope } from '@daikaifa/kernel';
import type { RuleSet } from '@daikaifa/rules';
import type { EndpointSignal, LogoInspection } from '../domain/prechecks';
import type { ReviewItem, ReviewItemState } from '../domain/review-item';
import type { ReviewTicket } from '../domain/review-ticket';
import type { ReviewSettings, TemplateSubject } from '../domain/template-subject';

export interface ItemFilter {
  readonly publisherId?: string;
  readonly templateId?: string;
  /** Empty: every state. */
  readonly states: readonly ReviewItemState[];
  readonly overdue?: boolean;
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
  /** Ids, the longest due first, at most `limit`. */
  findNoticeDue(scope: Scope, now: Date, limit: number): Promise<readonly string[]>;
  page(scope: Scope, filter: ItemFilter, request: PageRequest): Promise<Page<ReviewItem>>;
  /** One page per template, all in one query. */
  pagesByTemplate(
    scope: Scope,
    templateIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<ReviewItem>>>;
  /** Every item of each ticket, oldest first, all in one query. */
  ofTickets(scope: Scope, ticketIds: readonly string[]): Promise<ReadonlyMap<string, readonly ReviewItem[]>>;
}

export interface ReviewTickets {
  byIds(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, ReviewTicket>>;
  /** Changes nothing when it is there already. */
  create(next: ReviewTicket): Promise<void>;
  /** One page per publisher, all in one query. */
  pagesByPublisher(
    scope: Scope,
    publisherIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<ReviewTicket>>>;
}

/** What other services said last. `record` keeps what has the highest sequence: safe to repeat, in any order. */
export interface Subjects {
  record(subject: TemplateSubject): Promise<void>;
  byId(scope: Scope, templateId: string): Promise<TemplateSubject | null>;
  inReviewOf(scope: Scope, publisherId: string): Promise<readonly TemplateSubject[]>;
}

export interface Endpoints {
  record(endpoint: EndpointSignal): Promise<void>;
  byTemplate(scope: Scope, templateId: string): Promise<EndpointSignal | null>;
}

export interface Settings {
  record(publisherId: string, sequence: number, settings: ReviewSettings): Promise<void>;
  /** Null: the publisher is not known yet. */
  byPublisher(scope: Scope, publisherId: string): Promise<ReviewSettings | null>;
}

export interface Logos {
  /** @throws AppError UNAVAILABLE while its owner does not answer: to be tried again */
  inspect(sha256: string): Promise<LogoInspection>;
}

export interface PrecheckQueue {
  /** Only a wake-up: what is due is stored, a lost one is made up for by the sweep. Never throws. */
  wake(itemId: string): Promise<void>;
}

/** Everything that use cases work with; each names the part it needs. */
export interface Dependencies {
  readonly items: ReviewItems;
  readonly tickets: ReviewTickets;
  readonly subjects: Subjects;
  readonly endpoints: Endpoints;
  readonly settings: Settings;
  readonly logos: Logos;
  readonly queue: PrecheckQueue;
  readonly rules: RuleSet;
  readonly clock: Clock;
}
