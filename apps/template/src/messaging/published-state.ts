import type { DelegatedTemplateState, PublisherState, TemplateRevisionState } from '@daikaifa/contracts';
import { submissionOf, type Revision } from '@daikaifa/rules';
import { statusOf, type DelegatedTemplate, type TemplateContent } from '../domain/delegated-template';
import type { Publisher } from '../domain/publisher';

const revisionState = (revision: Revision<TemplateContent> | null): TemplateRevisionState | null => {
  if (revision === null) {
    return null;
  }
  const submission = submissionOf(revision);
  return {
    id: revision.id,
    number: revision.number,
    status: revision.status,
    content: revision.content,
    submission: submission && {
      id: submission.id,
      submittedBy: submission.submittedBy,
      submittedAt: submission.submittedAt.toISOString(),
      callbackUrl: submission.callbackUrl,
    },
  };
};

/** What other services see of a template; the store cuts it to what the contract names. */
export const delegatedTemplateState = (template: DelegatedTemplate): DelegatedTemplateState => ({
  id: template.id,
  publisherId: template.publisherId,
  status: statusOf(template),
  availability: template.availability,
  onlineRevision: revisionState(template.onlineRevision),
  workingRevision: revisionState(template.workingRevision),
});

export const publisherState = (publisher: Publisher): PublisherState => ({
  id: publisher.id,
  kind: publisher.kind,
  name: publisher.name,
  status: publisher.status,
  corpId: publisher.corpId,
  testCorps: [...publisher.testCorps],
  ipWhitelist: [...publisher.ipWhitelist],
  review: publisher.review,
});
