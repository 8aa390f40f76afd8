import type { Aggregate } from '@daikaifa/kernel';
import type { ChecklistMark, Image, Revisions } from '@daikaifa/rules';
import type { PersonStep } from './checklist';

/** What the publisher writes. A draft may lack any of it. */
export interface TemplateContent {
  readonly logo: Image | null;
  readonly name: string | null;
  readonly introduction: string | null;
  /** Code of the category catalogue. */
  readonly category: string | null;
  /** Code of the industry catalogue. */
  readonly targetIndustry: string | null;
}

export const EMPTY_CONTENT: TemplateContent = {
  logo: null,
  name: null,
  introduction: null,
  category: null,
  targetIndustry: null,
};

export type TemplateAvailability = 'NEVER_LAUNCHED' | 'ONLINE' | 'RETIRED' | 'DELETED';

/** As shown to people. */
export type TemplateStatus = 'DRAFT' | 'IN_REVIEW' | 'APPROVED' | 'REJECTED' | 'ONLINE' | 'RETIRED' | 'DELETED';

/** 代开发应用模版. */
export interface DelegatedTemplate extends Aggregate, Revisions<TemplateContent> {
  readonly availability: TemplateAvailability;
  readonly marks: readonly ChecklistMark<PersonStep>[];
}

export type TemplateFact = {
  readonly type:
    | 'template.created'
    | 'template.edited'
    | 'template.submitted'
    | 'template.withdrawn'
    | 'template.review-failed'
    | 'template.approved'
    | 'template.launching'
    | 'template.launch-returned'
    | 'template.launched'
    | 'template.retired'
    | 'template.deleted';
};

/** 上线中 is shown as 待上线: what is waited for is only the confirmation. */
export const statusOf = ({
  availability,
  workingRevision,
}: Pick<DelegatedTemplate, 'availability' | 'workingRevision'>): TemplateStatus => {
  if (availability !== 'NEVER_LAUNCHED') {
    return availability;
  }
  const status = workingRevision?.status ?? 'DRAFT';
  return status === 'LAUNCHING' ? 'APPROVED' : status;
};
