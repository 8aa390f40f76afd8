/** What this service keeps of a publisher, as the template service told it. */
export interface KnownPublisher {
  readonly id: string;
  /** The provider's own plaintext corp id. */
  readonly corpId: string;
  readonly status: 'APPLIED' | 'ACTIVE' | 'REFUSED' | 'SUSPENDED';
  /** Plaintext corp ids of the publisher's test corps. */
  readonly testCorpIds: readonly string[];
}

/** What this service keeps of a delegated template. */
export interface KnownTemplate {
  readonly id: string;
  readonly publisherId: string;
  readonly availability: 'NEVER_LAUNCHED' | 'ONLINE' | 'RETIRED' | 'DELETED';
  /** Of the online revision's logo. */
  readonly logoSha256: string | null;
}

/** What this service keeps of a corp's app. */
export interface KnownCorpApp {
  /** Whether somebody has pressed 开始代开发应用, or WeCom was seen to have gone further. */
  readonly hasBegun: boolean;
}

/** Names of the consumers that keep them, and so of their projections. */
export const KNOWN_PUBLISHERS = 'publisher';
export const KNOWN_TEMPLATES = 'delegated-template';
export const KNOWN_CORP_APPS = 'corp-app';
