import { transition, type TransitionTable } from '@daikaifa/kernel';
import type { PublishStatus } from '../store/types';

export const APP_STEPS = ['start', 'edit', 'submit', 'withdraw', 'approve', 'reject', 'launch'] as const;
export type AppStep = (typeof APP_STEPS)[number];

export const REVIEW_STATES = ['NONE', 'IN_REVIEW', 'APPROVED', 'REJECTED'] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

/** Where an app stands: customized_publish_status, and the review of what is not yet online. */
export interface AppStage {
  readonly publishStatus: PublishStatus;
  readonly review: ReviewState;
}

const PUBLISH_STATUS = {
  0: { start: '1' },
  1: { edit: '1', submit: '1', withdraw: '1', approve: '1', reject: '1', launch: '2' },
  2: { edit: '3' },
  3: { edit: '3', submit: '3', withdraw: '3', approve: '3', reject: '3', launch: '2' },
} as const satisfies TransitionTable<`${PublishStatus}`, AppStep>;

/** An edit takes back an approval: what goes online is what was reviewed. */
const REVIEW = {
  NONE: { start: 'NONE', edit: 'NONE', submit: 'IN_REVIEW' },
  IN_REVIEW: { withdraw: 'NONE', approve: 'APPROVED', reject: 'REJECTED' },
  APPROVED: { edit: 'NONE', withdraw: 'NONE', launch: 'NONE' },
  REJECTED: { edit: 'NONE', submit: 'IN_REVIEW' },
} as const satisfies TransitionTable<ReviewState, AppStep>;

/** @returns undefined where the console offers no such step */
export const nextStage = ({ publishStatus, review }: AppStage, step: AppStep): AppStage | undefined => {
  const nextStatus = transition<`${PublishStatus}`, AppStep>(PUBLISH_STATUS, `${publishStatus}`, step);
  const nextReview = transition<ReviewState, AppStep>(REVIEW, review, step);
  return nextStatus === undefined || nextReview === undefined
    ? undefined
    : { publishStatus: Number(nextStatus) as PublishStatus, review: nextReview };
};

export const PUBLISH_STATUS_TEXT: Record<PublishStatus, { readonly zh: string; readonly en: string }> = {
  0: { zh: '待开发', en: 'to be developed' },
  1: { zh: '开发中', en: 'in development' },
  2: { zh: '已上线', en: 'online' },
  3: { zh: '已上线（有未上线的修改）', en: 'online, newer version unpublished' },
};

export const REVIEW_TEXT: Record<ReviewState, { readonly zh: string; readonly en: string }> = {
  NONE: { zh: '未提交', en: 'not submitted' },
  IN_REVIEW: { zh: '审核中', en: 'in review' },
  APPROVED: { zh: '待上线', en: 'approved, to be launched' },
  REJECTED: { zh: '已驳回', en: 'rejected' },
};
