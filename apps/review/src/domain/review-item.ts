import type { Aggregate, LocalizedText } from '@daikaifa/kernel';
import type { Image, ReviewReason } from '@daikaifa/rules';

export type { ReviewReason } from '@daikaifa/rules';

export type SubjectKind = 'DELEGATED_TEMPLATE' | 'CORP_APP';

/** Where a corp app lives: whose publish status confirms its launch, and whose cancellation ends it. */
export interface CorpAppPlace {
  readonly authorizationId: string;
  readonly suiteId: string;
  /** Encrypted corp id, case-sensitive; empty once the corp was erased. */
  readonly corpId: string;
  readonly epoch: number;
  readonly environment: 'FORMAL' | 'TEST';
}

/** What is reviewed, named by the service that owns it. */
export interface ReviewSubject {
  readonly kind: SubjectKind;
  readonly id: string;
  /** The template itself, or the one that the app is made from. */
  readonly templateId: string;
  /** Null for a template. */
  readonly corpApp: CorpAppPlace | null;
  readonly revisionId: string;
  /** One hand-over to review; submitted again, the same revision has another one. */
  readonly submissionId: string;
  /** What was submitted together shares a ticket; a template is alone in its batch. */
  readonly batchId: string;
}

interface SnapshotBasics {
  readonly logo: Image | null;
  readonly name: string | null;
  readonly introduction: string | null;
  readonly callbackUrl: string;
}

/** A template as it was when it was submitted; never changes. */
export interface TemplateSnapshot extends SnapshotBasics {
  readonly kind: 'DELEGATED_TEMPLATE';
  readonly category: string | null;
  readonly targetIndustry: string | null;
}

export interface MenuEntry {
  readonly kind: 'URL' | 'CLICK' | 'MINI_PROGRAM';
  /** Address, event key or path of the page, by kind. */
  readonly target: string;
}

/** One corp's app as it was when it was submitted; only an erasure changes it. */
export interface CorpAppSnapshot extends SnapshotBasics {
  readonly kind: 'CORP_APP';
  readonly homePageUrl: string | null;
  readonly miniProgram: { readonly appId: string; readonly name: string; readonly published: boolean } | null;
  readonly menu: ReadonlyArray<{
    readonly name: string;
    readonly entry: MenuEntry | null;
    readonly children: ReadonlyArray<MenuEntry & { readonly name: string }>;
  }>;
  readonly trustedDomain: string | null;
  readonly ipWhitelist: readonly string[];
  /** TEMPLATE: it shares the endpoint of its template. */
  readonly callback: 'TEMPLATE' | 'OWN';
  readonly trustedDomainProof: 'PROVED' | 'FILE_MISSING' | 'NOT_CHECKED';
  /** Whether the same template was tried in a test corp before. */
  readonly selfTested: boolean;
}

/** What the publisher wrote; every field that a rule or a reviewer can refuse. */
export type ReviewSnapshot = TemplateSnapshot | CorpAppSnapshot;

/** Fields that a reason may name; empty: the whole. */
export const REASON_FIELDS: Readonly<Record<SubjectKind, readonly string[]>> = {
  DELEGATED_TEMPLATE: ['logo', 'name', 'introduction', 'category', 'targetIndustry', 'callbackUrl', ''],
  CORP_APP: [
    'logo',
    'name',
    'introduction',
    'homePageUrl',
    'miniProgram',
    'menu',
    'trustedDomain',
    'ipWhitelist',
    'callbackUrl',
    '',
  ],
} satisfies { [Kind in SubjectKind]: readonly (keyof Extract<ReviewSnapshot, { kind: Kind }> | '')[] };

/** Of every subject. */
export type CommonPrecheckCode = 'FIELD_RULES' | 'CALLBACK_VERIFIED' | 'CALLBACK_HEALTHY' | 'IMAGES' | 'LOGO_LIKENESS';
/** Of corp apps only. */
export type CorpAppPrecheckCode =
  | 'MENU_WORDS'
  | 'TRUSTED_DOMAIN'
  | 'ICP_FILING'
  | 'PERMISSIONS'
  | 'SELF_TEST'
  | 'PRICING_STRATEGY';
export type PrecheckCode = CommonPrecheckCode | CorpAppPrecheckCode;
export type PrecheckOutcome = 'PASSED' | 'WARNING' | 'FAILED' | 'NOT_CHECKED';

/** One finding of an automatic check; a check that finds several things leaves several. */
export interface Precheck {
  readonly code: PrecheckCode;
  readonly outcome: PrecheckOutcome;
  /** Stable code of what was found (`NAME_LENGTH`, `WRONG_KEY`); null when all is well. */
  readonly reason: string | null;
  readonly field: string | null;
  readonly text: LocalizedText;
  readonly checkedAt: Date;
}

export type VerdictSource = 'PLATFORM' | 'WECOM';
export type VerdictDecision = 'APPROVED' | 'REJECTED';

export interface Verdict {
  readonly decision: VerdictDecision;
  readonly source: VerdictSource;
  readonly decidedBy: string;
  readonly decidedAt: Date;
  readonly reasons: readonly ReviewReason[];
  readonly isCorrection: boolean;
  readonly note: string | null;
}

export interface Launch {
  readonly requestedBy: string;
  readonly requestedAt: Date;
  /** Until then WeCom's signal is waited for; null where there is none. */
  readonly signalDueAt: Date | null;
  /** Since when a person has to confirm or return it; null while the signal may still come. */
  readonly waitsForPersonSince: Date | null;
  readonly confirmedBy: 'SIGNAL' | 'PERSON' | null;
  /** Who confirmed it, when a person did. */
  readonly confirmer: string | null;
  readonly confirmedAt: Date | null;
}

/** A launch that was asked for and did not happen. */
export interface LaunchReturn {
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly returnedBy: string;
  readonly returnedAt: Date;
  readonly note: string;
}

export const REVIEW_ITEM_STATES = [
  'PRECHECKING',
  'PRECHECK_FAILED',
  'PENDING',
  'APPROVED',
  'LAUNCHING',
  'LAUNCHED',
  'REJECTED',
  'WITHDRAWN',
  'VOID',
] as const;
export type ReviewItemState = (typeof REVIEW_ITEM_STATES)[number];

/** One reviewed subject of a ticket (审核项). */
export interface ReviewItem extends Aggregate {
  readonly ticketId: string;
  readonly subject: ReviewSubject;
  /** Sequence of the subject's state that opened the item: an older state must not close it. */
  readonly subjectSequence: number;
  readonly snapshot: ReviewSnapshot;
  readonly state: ReviewItemState;
  readonly prechecks: readonly Precheck[];
  /** Of the refusal that stands, by precheck or verdict. */
  readonly reasons: readonly ReviewReason[];
  /** Oldest first; the last one stands. */
  readonly verdicts: readonly Verdict[];
  readonly launch: Launch | null;
  /** Oldest first. */
  readonly launchReturns: readonly LaunchReturn[];
  readonly submittedBy: string;
  readonly submittedAt: Date;
  readonly dueAt: Date;
  /** The last notice about the due date that was given; each is given once. */
  readonly notice: 'NONE' | 'DUE_SOON' | 'OVERDUE';
  /** The item of this subject before this one. */
  readonly previousItemId: string | null;
}

export type ReviewItemFact = {
  readonly type:
    | 'review.item.opened'
    | 'review.item.prechecked'
    | 'review.item.precheck-failed'
    | 'review.item.decided'
    | 'review.item.verdict-corrected'
    | 'review.item.launching'
    | 'review.item.launch-timed-out'
    | 'review.item.launch-returned'
    | 'review.item.launched'
    | 'review.item.withdrawn'
    | 'review.item.void'
    | 'review.item.due-soon'
    | 'review.item.overdue'
    | 'review.item.erased';
};
