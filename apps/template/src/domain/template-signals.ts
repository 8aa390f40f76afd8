/** What other services have said about a template. Kept beside the aggregate, so that a probe is no new version. */
export interface TemplateSignals {
  readonly endpoint: EndpointSignal | null;
  readonly suite: SuiteSignal | null;
  /** Some corp has authorized it once; stays true for ever. */
  readonly everAuthorized: boolean;
}

export interface EndpointSignal {
  readonly url: string;
  readonly keysIssued: boolean;
  /** When WeCom's GET verification was last answered with the current keys. */
  readonly verifiedAt: Date | null;
  readonly closed: boolean;
}

export interface SuiteSignal {
  readonly suiteId: string | null;
  readonly ticket: 'NONE' | 'FRESH' | 'STALE';
  readonly ticketAt: Date | null;
}

export const NO_SIGNALS: TemplateSignals = { endpoint: null, suite: null, everAuthorized: false };
