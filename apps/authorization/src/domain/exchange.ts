import type { Aggregate, LocalizedText } from '@daikaifa/kernel';

/** Where the auth code came from. Neither event carries a corp id. */
export type ExchangeSource = 'create_auth' | 'reset_permanent_code';

export type ExchangeStatus = 'RECEIVED' | 'EXCHANGED' | 'FAILED';

export type ExchangeFailure = 'CODE_EXPIRED' | 'CODE_CONSUMED' | 'REFUSED';

/** One auth code and what became of it. Unique by (suite, SHA-256 of the code). */
export interface Exchange extends Aggregate {
  readonly templateId: string;
  readonly suiteId: string;
  readonly source: ExchangeSource;
  /** `State` of the event: which link was scanned. */
  readonly linkState: string | null;
  /** WeCom's TimeStamp of the event: credentials are ordered by what caused them. */
  readonly causedAt: Date;
  readonly expiresAt: Date;
  readonly status: ExchangeStatus;
  readonly failure: ExchangeFailure | null;
  readonly attempts: number;
  /**
   * Written before a call whose answer may be lost; null again when WeCom certainly did not spend the code in it.
   * WeCom answers 40078 both for an expired and for a used code; this alone tells one from the other.
   */
  readonly attemptStartedAt: Date | null;
  /** An attempt before the current one had begun and its end is not known. */
  readonly earlierAttemptOpen: boolean;
  /** Sealed; destroyed when the exchange has ended. */
  readonly sealedCode: string | null;
  /** WeCom's whole answer, sealed: the first write after it. Destroyed when it has been applied. */
  readonly sealedAnswer: string | null;
  readonly errcode: number | null;
  /** What went wrong last, for people. */
  readonly errorText: LocalizedText | null;
  /** When the next step is due; null when nothing is. */
  readonly nextAttemptAt: Date | null;
  /** The authorization that the answer was applied to. */
  readonly authorizationId: string | null;
  readonly endedAt: Date | null;
}

interface Fault {
  readonly errcode: number | null;
  readonly text: LocalizedText;
}

/** What one call of get_permanent_code came to. */
export type ExchangeOutcome =
  | { readonly kind: 'ANSWERED'; readonly sealedAnswer: string }
  /** 40078, 84075: WeCom does not take this code (any more). */
  | ({ readonly kind: 'CODE_INVALID' } & Fault)
  | ({ readonly kind: 'REFUSED' } & Fault)
  /** WeCom certainly did not spend the code: never reached, or turned away at the door. */
  | ({ readonly kind: 'NOT_SPENT' } & Fault)
  /** Nothing is known: no answer, a system error. */
  | ({ readonly kind: 'UNKNOWN' } & Fault);
