import { delegatedTemplateTopic, type TemplateRevisionState } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';
import type { TemplateSubject } from '../domain/template-subject';

/** The working revision with its submission, as JSON; null for a draft. */
const submittedOf = (revision: TemplateRevisionState | null) => {
  if (revision === null || revision.submission === null) {
    return null;
  }
  const { id, status, content, submission } = revision;
  if (status === 'DRAFT' || status === 'ONLINE') {
    return null;
  }
  const { callbackUrl, ...rest } = submission;
  return { revisionId: id, status, submission: rest, snapshot: { ...content, callbackUrl } };
};

/** Every state is followed; whether an item has to be opened or closed is decided from it. */
export const delegatedTemplateConsumer = ({ followTemplate }: Pick<UseCases, 'followTemplate'>) =>
  defineConsumer(delegatedTemplateTopic, {
    name: 'delegated-template',
    project: ({ data }) => ({
      availability: data.availability,
      submitted: submittedOf(data.workingRevision),
      onlineSubmissionId: data.onlineRevision?.submission?.id ?? null,
    }),
    effects: ({ aggregateId: templateId, tenant: publisherId, sequence, value: { submitted, ...value } }) => {
      const subject: TemplateSubject = {
        templateId,
        publisherId,
        sequence,
        ...value,
        submitted: submitted && {
          ...submitted,
          submission: { ...submitted.submission, submittedAt: new Date(submitted.submission.submittedAt) },
        },
      };
      return followTemplate(subject);
    },
  });
