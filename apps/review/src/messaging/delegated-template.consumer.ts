import { delegatedTemplateTopic, type TemplateRevisionState } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

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
export const delegatedTemplateConsumer = ({ followSubject }: Pick<UseCases, 'followSubject'>) =>
  defineConsumer(delegatedTemplateTopic, {
    name: 'delegated-template',
    project: ({ data }) => ({
      availability: data.availability,
      submitted: submittedOf(data.workingRevision),
      onlineSubmissionId: data.onlineRevision?.submission?.id ?? null,
    }),
    effects: ({ aggregateId: id, tenant: publisherId, sequence, value }) => {
      const { availability, submitted, onlineSubmissionId } = value;
      return followSubject({
        kind: 'DELEGATED_TEMPLATE',
        id,
        publisherId,
        sequence,
        templateId: id,
        corpApp: null,
        isGone: availability === 'RETIRED' || availability === 'DELETED',
        submitted: submitted && {
          revisionId: submitted.revisionId,
          status: submitted.status,
          submission: {
            ...submitted.submission,
            batchId: submitted.submission.id,
            submittedAt: new Date(submitted.submission.submittedAt),
          },
          snapshot: { kind: 'DELEGATED_TEMPLATE', ...submitted.snapshot },
        },
        onlineSubmissionId,
      });
    },
  });
