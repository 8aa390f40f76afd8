import { transition, type Aggregate, type TransitionTable } from '@daikaifa/kernel';
import {
  submissionOf as plainSubmissionOf,
  type ChecklistMark,
  type Image,
  type Revision,
  type Revisions,
  type Submission,
} from '@daikaifa/rules';
import type { PersonStep } from './checklist';
import type { DriftEntry, Observed, RangeSteps } from './observation';
import type { DomainProof, DomainRecord, OwnershipFile, TrustedDomainProof } from './trusted-domain';

export interface MiniProgram {
  readonly appId: string;
  readonly name: string;
  /** A person's word that it is published; no machine can tell. */
  readonly published: boolean;
}

export interface MenuTarget {
  readonly kind: 'URL' | 'CLICK' | 'MINI_PROGRAM';
  /** Address, event key or path of the page, by kind. */
  readonly target: string;
}

export type MenuChild = MenuTarget & { readonly name: string };

export interface MenuEntry {
  readonly name: string;
  /** Null for an entry that only opens its children. */
  readonly entry: MenuTarget | null;
  readonly children: readonly MenuChild[];
}

/** What the provider writes for one corp's app. A draft may lack any of it. */
export interface CorpAppContent {
  readonly logo: Image | null;
  readonly name: string | null;
  readonly introduction: string | null;
  readonly homePageUrl: string | null;
  readonly miniProgram: MiniProgram | null;
  readonly menu: readonly MenuEntry[];
  readonly trustedDomain: string | null;
  readonly ipWhitelist: readonly string[];
  /** TEMPLATE: shares the template's endpoint; OWN: has one of its own. */
  readonly callback: 'TEMPLATE' | 'OWN';
}

export const EMPTY_CONTENT: CorpAppContent = {
  logo: null,
  name: null,
  introduction: null,
  homePageUrl: null,
  miniProgram: null,
  menu: [],
  trustedDomain: null,
  ipWhitelist: [],
  callback: 'TEMPLATE',
};

/** One hand-over to review, with what the reviewer wants to know beside the content. */
export interface CorpAppSubmission extends Submission {
  readonly batchId: string;
  readonly trustedDomainProof: TrustedDomainProof;
  /** Whether the same template was tried in a test corp before. */
  readonly selfTested: boolean;
}

/** As the provider sees it. */
export type CorpAppStatus = 'TO_DEVELOP' | 'DEVELOPING' | 'IN_REVIEW' | 'APPROVED' | 'ONLINE' | 'CANCELLED';

/** What was removed when the corp had cancelled. */
export interface Erasure {
  readonly erasedAt: Date;
  /** By kind. Written with the removal, so that a repeat neither forgets nor counts twice. */
  readonly counts: Readonly<Record<string, number>>;
}

/** 代开发应用: the delegated app inside one corp, one per authorization and epoch. */
export interface CorpApp extends Aggregate, Revisions<CorpAppContent> {
  readonly templateId: string;
  readonly authorizationId: string;
  readonly suiteId: string;
  /** Encrypted, case-sensitive; empty once erased. */
  readonly corpId: string;
  readonly epoch: number;
  readonly environment: 'FORMAL' | 'TEST';
  readonly enabled: boolean;
  readonly observed: Observed;
  /** Of the newest state of the authorization that was looked at. */
  readonly sourceSequence: number;
  /** Oldest first. */
  readonly drift: readonly DriftEntry[];
  readonly rangeSteps: RangeSteps;
  /** Held by a batch that is being submitted. */
  readonly reservation: CorpAppSubmission | null;
  readonly ownershipFile: OwnershipFile | null;
  readonly domainProof: DomainProof | null;
  readonly domainRecord: DomainRecord;
  readonly marks: readonly ChecklistMark<PersonStep>[];
  readonly cancelledAt: Date | null;
  readonly erasure: Erasure | null;
}

export type CorpAppFact = {
  readonly type:
    | 'corp-app.created'
    | 'corp-app.started'
    | 'corp-app.edited'
    | 'corp-app.submitted'
    | 'corp-app.withdrawn'
    | 'corp-app.review-failed'
    | 'corp-app.approved'
    | 'corp-app.launching'
    | 'corp-app.launch-returned'
    | 'corp-app.launched'
    | 'corp-app.observed'
    | 'corp-app.drifted'
    | 'corp-app.cancelled'
    | 'corp-app.erased';
};

/** What may be done with the app at all; where its working revision stands is the revision machine's. */
export type Stage = 'NOT_STARTED' | 'STARTED' | 'RESERVED' | 'CANCELLED';
export type StageAction =
  | 'start'
  | 'copyInto'
  | 'edit'
  | 'rollBack'
  | 'reserve'
  | 'release'
  | 'submit'
  | 'withdraw'
  | 'follow'
  | 'observe'
  | 'annotate'
  | 'cancel';

/** `annotate`: marks, ownership file, proof and drift, which are no part of a revision. */
export const STAGE_TABLE = {
  NOT_STARTED: { start: 'STARTED', copyInto: 'STARTED', observe: 'NOT_STARTED', annotate: 'NOT_STARTED', cancel: 'CANCELLED' },
  STARTED: {
    copyInto: 'STARTED',
    edit: 'STARTED',
    rollBack: 'STARTED',
    reserve: 'RESERVED',
    withdraw: 'STARTED',
    follow: 'STARTED',
    observe: 'STARTED',
    annotate: 'STARTED',
    cancel: 'CANCELLED',
  },
  RESERVED: { release: 'STARTED', submit: 'STARTED', observe: 'RESERVED', cancel: 'CANCELLED' },
  CANCELLED: {},
} as const satisfies TransitionTable<Stage, StageAction>;

export const stageOf = ({ cancelledAt, reservation, lastNumber }: CorpApp): Stage => {
  if (cancelledAt !== null) {
    return 'CANCELLED';
  }
  if (reservation !== null) {
    return 'RESERVED';
  }
  return lastNumber === 0 ? 'NOT_STARTED' : 'STARTED';
};

export const allows = (app: CorpApp, action: StageAction): boolean =>
  transition<Stage, StageAction>(STAGE_TABLE, stageOf(app), action) !== undefined;

/** WeCom's customized_publish_status: 2 launched, 3 launched with an unpublished newer version. */
const LAUNCHED_FROM = 2;

const developing = (app: CorpApp, publishStatus: number): CorpAppStatus => {
  switch (app.workingRevision?.status) {
    case 'IN_REVIEW':
      return 'IN_REVIEW';
    // 上线中 is shown as 待上线: what is waited for is only the confirmation.
    case 'APPROVED':
    case 'LAUNCHING':
      return 'APPROVED';
    case 'DRAFT':
    case 'REJECTED':
      return 'DEVELOPING';
    case undefined:
      return publishStatus > 0 ? 'DEVELOPING' : 'TO_DEVELOP';
  }
};

export const statusOf = (app: CorpApp): CorpAppStatus => {
  if (app.cancelledAt !== null) {
    return 'CANCELLED';
  }
  const publishStatus = app.observed.publishStatus?.value ?? 0;
  return app.onlineRevision !== null || publishStatus >= LAUNCHED_FROM ? 'ONLINE' : developing(app, publishStatus);
};

/** As the corp sees it in its own console; null when it has cancelled and sees it no more. */
export type CorpLabel = 'DEVELOPING' | 'ENABLED';

export const corpLabelOf = (app: CorpApp): CorpLabel | null => {
  const status = statusOf(app);
  if (status === 'CANCELLED') {
    return null;
  }
  return status === 'ONLINE' ? 'ENABLED' : 'DEVELOPING';
};

export type UnusableReason = 'CANCELLED' | 'NOT_ONLINE' | 'DISABLED' | 'VISIBLE_RANGE_UNKNOWN' | 'VISIBLE_RANGE_EMPTY';

/** Why members cannot use it; empty when they can. */
export const unusableReasonsOf = (app: CorpApp): readonly UnusableReason[] => {
  const status = statusOf(app);
  if (status === 'CANCELLED') {
    return ['CANCELLED'];
  }
  const scope = app.observed.scope?.value;
  return [
    ...(status === 'ONLINE' ? [] : (['NOT_ONLINE'] as const)),
    ...(app.enabled ? [] : (['DISABLED'] as const)),
    // Not read is not empty: a disabled app cannot be read.
    ...(scope === undefined ? (['VISIBLE_RANGE_UNKNOWN'] as const) : []),
    ...(scope !== undefined && scope.users + scope.parties + scope.tags === 0 ? (['VISIBLE_RANGE_EMPTY'] as const) : []),
  ];
};

/** What is being worked on, else what is online; what is not started has none. */
export const currentRevisionOf = ({ workingRevision, onlineRevision }: CorpApp): Revision<CorpAppContent> | null =>
  workingRevision ?? onlineRevision;

/** Whose callback endpoint receives what is sent to the app. */
export const endpointSubjectOf = (app: CorpApp): string =>
  currentRevisionOf(app)?.content.callback === 'OWN' ? app.id : app.templateId;

/** Every submission is stored by `submitReserved`, which writes the whole of it. */
export const submissionOf = (revision: Revision<CorpAppContent>): CorpAppSubmission | null =>
  plainSubmissionOf(revision) as CorpAppSubmission | null;
