import type { PublishStatus } from '../store/types';

export const PUBLISH_ACTIONS = ['startDevelopment', 'launch', 'edit'] as const;
export type PublishAction = (typeof PUBLISH_ACTIONS)[number];

/** customized_publish_status: what each step in the provider console leads to. */
const STEPS: Record<PublishStatus, Partial<Record<PublishAction, PublishStatus>>> = {
  0: { startDevelopment: 1 },
  1: { edit: 1, launch: 2 },
  2: { edit: 3 },
  3: { edit: 3, launch: 2 },
};

export const nextPublishStatus = (current: PublishStatus, action: PublishAction): PublishStatus | undefined =>
  STEPS[current][action];

export const PUBLISH_STATUS_TEXT: Record<PublishStatus, { readonly zh: string; readonly en: string }> = {
  0: { zh: '待开发', en: 'to be developed' },
  1: { zh: '开发中', en: 'in development' },
  2: { zh: '已上线', en: 'online' },
  3: { zh: '已上线（有未上线的修改）', en: 'online, newer version unpublished' },
};
