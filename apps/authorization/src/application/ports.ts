import type { Clock, Decision, Fact, LocalizedText, Page, PageRequest, Result, Scope } from '@daikaifa/kernel';
import type { WecomClient, WecomFault } from '@daikaifa/wecom-protocol';
import type { Epoch } from '../domain/authorization';
import type { AuthorizationLink, LinkKind } from '../domain/authorization-link';
import type { KnownCorpApp, KnownPublisher, KnownTemplate } from '../domain/known';
import type { ProviderCredentials } from '../domain/provider-credentials';
import type { SuiteCredentials } from '../domain/suite-credentials';
import type { TokenDoorEntry } from '../domain/token-door-entry';
import type { AuthorizationDependencies, AuthorizationWakeUps, Due } from './authorization-ports';
import type { Sealing } from './sealing';

/** A key ring: what is sealed for one place cannot be opened at another. */
export interface Sealer {
  seal(plaintext: string, aad: string): string;
  open(sealed: string, aad: string): string;
}

export interface Idempotency {
  /** Chosen by the caller, unique per tenant. */
  readonly key: string;
  /** Of the input: the same key with another input is CONFLICT. */
  readonly fingerprint: string;
}

/**
 * Aggregates of one kind. What every implementation guarantees:
 * - `create` and `save` store state, version and facts in one atomic write; the facts are published after it, at
 *   least once, in order.
 * - `create` is CONFLICT when the id or something else unique is taken, and gives what an earlier call with the same
 *   idempotency key made; `save` stores only over `expectedVersion`.
 * - `update` loads, decides and saves, again when another process was faster; null decision = nothing to do.
 * - Nothing outside the scope is read or written.
 */
export interface Aggregates<A> {
  byId(scope: Scope, id: string): Promise<A | null>;
  byIds(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, A>>;
  create(next: A, facts: readonly Fact[], idempotency?: Idempotency): Promise<A>;
  save(next: A, expectedVersion: number, facts: readonly Fact[]): Promise<A>;
  update(scope: Scope, id: string, decide: (current: A) => Decision<A> | null): Promise<A | null>;
}

export type ProviderCredentialsStore = Aggregates<ProviderCredentials>;

/** A suite id is unique among templates: a second one is CONFLICT. */
export interface SuiteCredentialsStore extends Aggregates<SuiteCredentials> {
  bySuiteId(scope: Scope, suiteId: string): Promise<SuiteCredentials | null>;
  /** Ids of suites that are FRESH although their ticket arrived before `receivedBefore`. */
  findStale(scope: Scope, receivedBefore: Date, limit: number): Promise<readonly string[]>;
}

export interface LinkFilter {
  readonly kind?: LinkKind;
}

/** A state parameter is unique within a publisher: a second one is CONFLICT. */
export interface AuthorizationLinks extends Aggregates<AuthorizationLink> {
  byStateParameter(scope: Scope, stateParameter: string): Promise<AuthorizationLink | null>;
  /** One page per template, read together for all; a link of several templates is on the page of each. */
  pagesByTemplate(
    scope: Scope,
    templateIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<AuthorizationLink>>>;
  /** Whose `nextAttemptAt` has come, the longest due first. */
  findDue(scope: Scope, now: Date, limit: number): Promise<readonly Due[]>;
  /** Links of the scope, newest first. */
  page(scope: Scope, filter: LinkFilter, request: PageRequest): Promise<Page<AuthorizationLink>>;
  /** Ids of the links that show this template and are not REVOKED. */
  findOpenOfTemplate(scope: Scope, templateId: string): Promise<readonly string[]>;
  /** Ids of the links that wait for WeCom or for credentials. */
  findWaiting(scope: Scope, limit: number): Promise<readonly string[]>;
}

/** Installations by link. Each exchange counts once, however often it is recorded. */
export interface LinkInstalls {
  record(install: { readonly exchangeId: string; readonly linkId: string; readonly at: Date }): Promise<void>;
  /** Links without an installation are missing from the map. */
  counts(linkIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** Answers of the token door. An entry is forgotten by itself when its date has come. */
export interface TokenDoorJournal {
  write(entry: TokenDoorEntry): Promise<void>;
  /** Newest first. */
  page(
    scope: Scope,
    filter: { readonly authorizationId?: string },
    request: PageRequest,
  ): Promise<Page<TokenDoorEntry>>;
}

/** What the consumers keep of other services' aggregates. Null: nothing was heard of it yet. */
export interface KnownPublishers {
  find(publisherId: string): Promise<KnownPublisher | null>;
}
export interface KnownTemplates {
  find(templateId: string): Promise<KnownTemplate | null>;
}
/** By the app's id, which is made of authorization and epoch. */
export interface KnownCorpApps {
  find(corpAppId: string): Promise<KnownCorpApp | null>;
}

export interface AccessToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Permanent codes of an epoch, sealed. */
export type StoredCodes = Pick<Epoch, 'sealedPermanentCode' | 'replacedPermanentCode'>;

/** A call of WeCom with a token: it gives back what the client answered. */
export type TokenCall<T> = (token: string) => Promise<Result<T, WecomFault>>;

/**
 * The tokens of WeCom, the only way to get one.
 * - One fetch per token in the whole cluster, kept sealed until shortly before it expires.
 * - A refused secret is not tried again until other credentials are recorded; a frequency limit is waited out.
 *   Until then every method here throws without asking WeCom, `details.reason` CALLS_STOPPED.
 * - `with…` fetches the token once more, and repeats the call once, when WeCom says that it is no longer valid. What
 *   WeCom answers is the result. It throws only when the call was not made, for want of a token.
 * @throws AppError NOT_FOUND, INVALID_STATE (`details.reason` CREDENTIALS_MISSING, CANCELLED, CALLS_STOPPED, REFUSED),
 * RATE_LIMITED, UNAVAILABLE (`details.reason` TICKET_MISSING, CALLS_STOPPED, or WeCom or Redis is away)
 */
export interface TokenSource {
  providerToken(publisherId: string): Promise<AccessToken>;
  suiteToken(templateId: string): Promise<AccessToken>;
  /** gettoken with the permanent code of the live epoch; while WeCom refuses a new one, with the one it replaced. */
  appToken(authorizationId: string): Promise<AccessToken>;
  withProviderToken<T>(publisherId: string, call: TokenCall<T>): Promise<Result<T, WecomFault>>;
  withSuiteToken<T>(templateId: string, call: TokenCall<T>): Promise<Result<T, WecomFault>>;
  withAppToken<T>(authorizationId: string, call: TokenCall<T>): Promise<Result<T, WecomFault>>;
  /**
   * An app that was stopped or disabled may be back: ends a stop after a refusal, not one after a frequency limit.
   * Only when WeCom has just accepted the same secret elsewhere, which tells a stopped app from a wrong secret.
   */
  allowAppTokenAgain(authorizationId: string): Promise<void>;
  /** Destroys what is kept of the tokens that these permanent codes brought, after they were replaced or destroyed. */
  forgetAppTokens(authorizationId: string, codes: StoredCodes): Promise<void>;
}

/** Timers. What is due is stored; these only make it happen at once. They never throw. */
export interface WakeUps extends AuthorizationWakeUps {
  linkRenewal(linkId: string): Promise<void>;
}

/** What a use case has to say to the operator, beside its result. */
export interface Alarm {
  readonly name: string;
  readonly text: LocalizedText;
  /** Ids and counts, never a secret. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Alarms {
  raise(alarm: Alarm): void;
}

/** Everything that use cases work with; each names the part it needs. */
export interface Dependencies extends AuthorizationDependencies {
  readonly providerCredentials: ProviderCredentialsStore;
  readonly suites: SuiteCredentialsStore;
  readonly links: AuthorizationLinks;
  readonly installs: LinkInstalls;
  readonly knownPublishers: KnownPublishers;
  readonly knownTemplates: KnownTemplates;
  readonly knownCorpApps: KnownCorpApps;
  readonly tokenDoorJournal: TokenDoorJournal;
  readonly tokenDoorKeepsMs: number;
  readonly tokens: TokenSource;
  readonly wecom: WecomClient;
  readonly sealing: Sealing;
  readonly wakeUps: WakeUps;
  readonly alarms: Alarms;
  /** Production takes https links only. */
  readonly requireHttps: boolean;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Of the input of a creating mutation, for its idempotency key. */
  readonly fingerprint: (input: unknown) => string;
  /** For get_customized_auth_url: letters and digits, at most 32, never the same twice. */
  readonly newState: () => string;
}
