import type { Clock, Decision, Fact, Page, PageRequest, Scope } from '@daikaifa/kernel';
import type { Image, RuleSet } from '@daikaifa/rules';
import type { DelegatedTemplate, TemplateStatus } from '../domain/delegated-template';
import type { Publisher } from '../domain/publisher';
import type { EndpointSignal, SuiteSignal, TemplateSignals } from '../domain/template-signals';

/** Chosen by the caller; the same key with the same input answers what the first call made. */
export interface Idempotency {
  readonly key: string;
  readonly fingerprint: string;
}

/**
 * Aggregates of one kind. What every implementation guarantees:
 * - `create` and `save` store state, version and facts in one atomic write; the facts are published after it, at
 *   least once, in order.
 * - `create` with a known key and the same fingerprint returns what is stored; with another one it is CONFLICT.
 * - `save` stores only over `expectedVersion`, otherwise CONFLICT.
 * - `update` loads, decides and saves, again when another process was faster; null decision = nothing to do.
 * - Nothing outside the scope is read or written.
 */
interface Aggregates<A> {
  byId(scope: Scope, id: string): Promise<A | null>;
  byIds(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, A>>;
  create(next: A, facts: readonly Fact[], idempotency: Idempotency): Promise<A>;
  save(next: A, expectedVersion: number, facts: readonly Fact[]): Promise<A>;
  update(scope: Scope, id: string, decide: (current: A) => Decision<A> | null): Promise<A | null>;
}

export interface TemplateFilter {
  /** Empty: every status but DELETED. */
  readonly statuses: readonly TemplateStatus[];
}

export interface DelegatedTemplates extends Aggregates<DelegatedTemplate> {
  page(
    scope: Scope,
    filter: TemplateFilter & { readonly publisherId?: string },
    request: PageRequest,
  ): Promise<Page<DelegatedTemplate>>;
  /** One page per publisher, read together for all. */
  pagesByPublisher(
    scope: Scope,
    publisherIds: readonly string[],
    filter: TemplateFilter,
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<DelegatedTemplate>>>;
}

/** The corp id is unique among publishers: `create` answers CONFLICT for a second one. */
export interface Publishers extends Aggregates<Publisher> {
  page(scope: Scope, request: PageRequest): Promise<Page<Publisher>>;
}

/** What other services said about templates. Each `record…` replaces its part, whatever came before: safe to repeat. */
export interface SignalStore {
  /** Templates of which nothing is known are missing from the map. */
  byTemplates(scope: Scope, templateIds: readonly string[]): Promise<ReadonlyMap<string, TemplateSignals>>;
  recordEndpoint(publisherId: string, templateId: string, signal: EndpointSignal): Promise<void>;
  recordSuite(publisherId: string, templateId: string, signal: SuiteSignal): Promise<void>;
  recordAuthorized(publisherId: string, templateId: string): Promise<void>;
}

/** A signed address to which one file may be sent with PUT. */
export interface ImageUpload {
  readonly url: string;
  readonly expiresAt: Date;
  readonly maxBytes: number;
  readonly contentTypes: readonly string[];
}

/** Pictures by content. A publisher finds only what was uploaded with an address made for it. */
export interface Images {
  createUpload(publisherId: string): ImageUpload;
  find(publisherId: string, sha256: string): Promise<Image | null>;
  /** For a picture that the viewer may see: the address itself asks nobody. */
  downloadUrl(sha256: string): string;
}

/** Everything that use cases work with; each names the part it needs. */
export interface Dependencies {
  readonly templates: DelegatedTemplates;
  readonly publishers: Publishers;
  readonly signals: SignalStore;
  readonly images: Images;
  readonly rules: RuleSet;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Stable for equal input. */
  readonly fingerprint: (input: unknown) => string;
}
