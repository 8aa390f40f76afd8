import type { Clock, Decision, Fact, Page, PageRequest, Scope, Tombstones } from '@daikaifa/kernel';
import type { Image, RuleSet } from '@daikaifa/rules';
import type { BatchState, SubmissionBatch } from '../domain/batch';
import type { CorpApp, CorpAppStatus } from '../domain/corp-app';
import type { EndpointSignal, TemplateSource } from '../domain/sources';
import type { FetchedFile } from '../domain/trusted-domain';

/** Chosen by the caller; the same key with the same input answers what the first call made. */
export interface Idempotency {
  readonly key: string;
  readonly fingerprint: string;
}

/**
 * Aggregates of one kind. What every implementation guarantees:
 * - `create` and `save` store state, version and facts in one atomic write; the facts are published after it, at
 *   least once, in order.
 * - `save` stores only over `expectedVersion`, otherwise CONFLICT.
 * - `update` loads, decides and saves, again when another process was faster; null decision = nothing to do.
 * - Nothing outside the scope is read or written.
 */
interface Aggregates<A> {
  byId(scope: Scope, id: string): Promise<A | null>;
  save(next: A, expectedVersion: number, facts: readonly Fact[]): Promise<A>;
  update(scope: Scope, id: string, decide: (current: A) => Decision<A> | null): Promise<A | null>;
}

export interface CorpAppFilter {
  /** Empty: every status but CANCELLED. */
  readonly statuses: readonly CorpAppStatus[];
}

export interface CorpApps extends Aggregates<CorpApp> {
  /** Its id is derived: making it twice makes one, and answers that one. */
  createOnce(next: CorpApp, facts: readonly Fact[]): Promise<CorpApp>;
  byIds(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, CorpApp>>;
  page(
    scope: Scope,
    filter: CorpAppFilter & { readonly publisherId?: string; readonly templateId?: string },
    request: PageRequest,
  ): Promise<Page<CorpApp>>;
  /** One page per template, read together for all. */
  pagesByTemplate(
    scope: Scope,
    templateIds: readonly string[],
    filter: CorpAppFilter,
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<CorpApp>>>;
  /** The app of the newest epoch of each authorization, all in one query. */
  currentOf(scope: Scope, authorizationIds: readonly string[]): Promise<ReadonlyMap<string, CorpApp>>;
  /** Whether an app of this template is online in a test corp. */
  isOnlineInTest(scope: Scope, templateId: string): Promise<boolean>;
  /** When trusted domains were set in this corp lately, in whichever of the publisher's apps. */
  domainChangesOf(scope: Scope, corpIds: readonly string[]): Promise<ReadonlyMap<string, readonly Date[]>>;
}

export interface SubmissionBatches extends Pick<Aggregates<SubmissionBatch>, 'update'> {
  create(next: SubmissionBatch, idempotency: Idempotency): Promise<{ readonly batch: SubmissionBatch; readonly created: boolean }>;
  /** @throws AppError CONFLICT when the key was used with another input */
  findCreated(publisherId: string, idempotency: Idempotency): Promise<SubmissionBatch | null>;
  /** Not moved since `before`, oldest first. */
  findStuck(scope: Scope, states: readonly BatchState[], before: Date, limit: number): Promise<readonly SubmissionBatch[]>;
}

/** What other services said last. `record` keeps what has the highest sequence: safe to repeat, in any order. */
export interface TemplateSources {
  record(source: TemplateSource, sequence: number): Promise<void>;
  byId(scope: Scope, templateId: string): Promise<TemplateSource | null>;
}

/** Callback endpoints by what they belong to: a template or an app. */
export interface EndpointSignals {
  record(subject: { readonly id: string; readonly publisherId: string }, sequence: number, signal: EndpointSignal): Promise<void>;
  bySubjects(scope: Scope, subjectIds: readonly string[]): Promise<ReadonlyMap<string, EndpointSignal>>;
}

/** A signed address to which one file may be sent with PUT. */
export interface ImageUpload {
  readonly url: string;
  readonly expiresAt: Date;
  readonly maxBytes: number;
  readonly contentTypes: readonly string[];
}

/** Pictures by content. A publisher finds only what was uploaded with an address made for it, or adopted for it. */
export interface Images {
  createUpload(publisherId: string): ImageUpload;
  find(publisherId: string, sha256: string): Promise<Image | null>;
  /**
   * Keeps a copy of a template's logo, so that it can be read here as long as the app.
   * @throws AppError UNAVAILABLE while the template service does not answer
   */
  adopt(publisherId: string, sha256: string): Promise<void>;
  /** For a picture that the viewer may see: the address itself asks nobody. */
  downloadUrl(sha256: string): string;
}

/** Looks into the web root of a domain that a user gave, and nowhere else. It never throws for what it finds there. */
export interface OwnershipFiles {
  fetch(domain: string, fileName: string): Promise<FetchedFile>;
}

/** Everything that use cases work with; each names the part it needs. */
export interface Dependencies {
  readonly corpApps: CorpApps;
  readonly batches: SubmissionBatches;
  readonly tombstones: Tombstones;
  readonly templates: TemplateSources;
  readonly endpoints: EndpointSignals;
  readonly images: Images;
  readonly ownershipFiles: OwnershipFiles;
  readonly rules: RuleSet;
  readonly limits: {
    /** WeCom's, per corp. */
    readonly trustedDomainChangesPerMonth: number;
    /** A batch that has not moved for so long was left behind by a crash. */
    readonly batchStuckAfterMs: number;
  };
  readonly clock: Clock;
  readonly newId: () => string;
  /** Stable for equal input. */
  readonly fingerprint: (input: unknown) => string;
}
