import type { Page, PageRequest, Scope } from '@daikaifa/kernel';
import type { Authorization, AuthorizationStatus } from '../domain/authorization';
import type { BatchScan } from '../domain/batch-scan';
import type { Cancellation } from '../domain/cancellation';
import type { ErasureRecord } from '../domain/erasure-record';
import type { ErasureTerms } from '../domain/erasure-record.decide';
import type { Exchange } from '../domain/exchange';
import type { Reconciliation } from '../domain/reconciliation';
import type { Aggregates } from './ports';

/** Something whose due date has come. */
export interface Due {
  readonly id: string;
  readonly dueAt: Date;
}

/** The id is made of suite and code: a second one for the same code is CONFLICT. */
export interface Exchanges extends Aggregates<Exchange> {
  /** One page per template, newest first, read together for all. */
  pagesByTemplate(
    scope: Scope,
    templateIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<Exchange>>>;
  /** Whose `nextAttemptAt` has come, the longest due first. */
  findDue(scope: Scope, now: Date, limit: number): Promise<readonly Due[]>;
  /** Destroys what these still hold of a corp that was erased. @returns how many there are */
  forgetContent(scope: Scope, ids: readonly string[]): Promise<number>;
  /** Whether a code of this suite is being exchanged, or its answer not yet taken in. */
  hasOpen(scope: Scope, suiteId: string): Promise<boolean>;
}

export interface AuthorizationFilter {
  readonly status?: AuthorizationStatus;
}

/** How far the authorizations of a template have been read since a time. */
export interface ReadCounts {
  readonly active: number;
  /** ACTIVE, and not read completely since then. */
  readonly waiting: number;
  /** Something new was seen of them since then; cancelled ones among them. */
  readonly changed: number;
}

/** One document per corp and template; the id is made of both. */
export interface Authorizations extends Aggregates<Authorization> {
  page(
    scope: Scope,
    filter: AuthorizationFilter & { readonly templateId?: string },
    request: PageRequest,
  ): Promise<Page<Authorization>>;
  /** One page per template, newest first, read together for all. */
  pagesByTemplate(
    scope: Scope,
    templateIds: readonly string[],
    filter: AuthorizationFilter,
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<Authorization>>>;
  /** Every authorization of these corps: as many per corp as the provider has templates. */
  byCorps(scope: Scope, corpIds: readonly string[]): Promise<readonly Authorization[]>;
  /** Ids of the ACTIVE ones of a template beyond `afterId`, by id. */
  findActive(
    scope: Scope,
    templateId: string,
    page: { readonly afterId: string; readonly limit: number },
  ): Promise<readonly string[]>;
  countReads(scope: Scope, templateId: string, since: Date): Promise<ReadCounts>;
  /** Which are due to be read again, the longest due first. */
  findDue(scope: Scope, now: Date, limit: number): Promise<readonly Due[]>;
}

/** The id is that of the event. */
export interface Cancellations extends Aggregates<Cancellation> {
  findDue(scope: Scope, now: Date, limit: number): Promise<readonly Due[]>;
  /** Takes the corp's id out of those that have ended. @returns out of how many */
  forgetCorp(scope: Scope, corp: { readonly suiteId: string; readonly corpId: string }): Promise<number>;
  /** Ids of those that wait for a grant of this corp or for WeCom. */
  findWaiting(scope: Scope, corp: { readonly suiteId: string; readonly corpId: string }): Promise<readonly string[]>;
}

export interface Reconciliations extends Aggregates<Reconciliation> {
  /** One page per template, newest first, read together for all. */
  pagesByTemplate(
    scope: Scope,
    templateIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<Reconciliation>>>;
  findDue(scope: Scope, now: Date, limit: number): Promise<readonly Due[]>;
}

/** The id is made of authorization and epoch: a second one is CONFLICT. */
export interface ErasureRecords extends Aggregates<ErasureRecord> {
  /** One page per authorization, newest first, read together for all. */
  pagesByAuthorization(
    scope: Scope,
    authorizationIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<ErasureRecord>>>;
  findDue(scope: Scope, now: Date, limit: number): Promise<readonly Due[]>;
}

/** The id is made of link and corp. */
export interface BatchScans extends Aggregates<BatchScan> {
  /** One page per link, newest first, read together for all. */
  pagesByLink(
    scope: Scope,
    linkIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<BatchScan>>>;
  findDue(scope: Scope, now: Date, limit: number): Promise<readonly Due[]>;
}

/** Timers of the parts around exchange, grant, re-read and cancellation. */
export interface AuthorizationWakeUps {
  exchange(due: Due): Promise<void>;
  reread(due: Due): Promise<void>;
  cancellation(due: Due): Promise<void>;
  reconciliation(due: Due): Promise<void>;
  erasure(due: Due): Promise<void>;
  scan(due: Due): Promise<void>;
}

/** What the use cases around exchange, grant, re-read and cancellation work with. */
export interface AuthorizationDependencies {
  readonly exchanges: Exchanges;
  readonly authorizations: Authorizations;
  readonly cancellations: Cancellations;
  readonly reconciliations: Reconciliations;
  readonly batchScans: BatchScans;
  readonly erasureRecords: ErasureRecords;
  readonly erasureTerms: ErasureTerms;
  /**
   * Runs the work while no other process of the cluster runs work of this name.
   * @throws AppError UNAVAILABLE when another one did not end in time
   */
  readonly exclusively: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /**
   * When an authorization is read again although no event asks for it. Jittered, so that those which were read together
   * do not meet again.
   */
  readonly routineAfter: (readAt: Date) => Date;
  /** Milliseconds, for the pauses between tries inside one piece of work. */
  readonly pause: (ms: number) => Promise<void>;
}
