import { corpAppTopic, type CorpAppRevisionState } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

/** The working revision with its submission, as JSON; null for a draft. */
const submittedOf = (revision: CorpAppRevisionState | null) => {
  if (revision === null || revision.submission === null) {
    return null;
  }
  const { id, status, content, submission } = revision;
  if (status === 'DRAFT' || status === 'ONLINE') {
    return null;
  }
  const { callbackUrl, trustedDomainProof, selfTested, ...rest } = submission;
  return {
    revisionId: id,
    status,
    submission: rest,
    snapshot: { ...content, callbackUrl, trustedDomainProof, selfTested },
  };
};

/** As templates are followed. Of a cancelled app nothing is kept but that it is gone. */
export const corpAppConsumer = ({ followSubject }: Pick<UseCases, 'followSubject'>) =>
  defineConsumer(corpAppTopic, {
    name: 'corp-app',
    project: ({ data }) => {
      const { templateId, authorizationId, suiteId, epoch, environment } = data;
      const isGone = data.status === 'CANCELLED';
      return {
        templateId,
        corpApp: { authorizationId, suiteId, corpId: isGone ? '' : data.corpId, epoch, environment },
        isGone,
        submitted: isGone ? null : submittedOf(data.workingRevision),
        onlineSubmissionId: isGone ? null : (data.onlineRevision?.submission?.id ?? null),
      };
    },
    effects: ({ aggregateId: id, tenant: publisherId, sequence, value: { submitted, ...value } }) =>
      followSubject({
        kind: 'CORP_APP',
        id,
        publisherId,
        sequence,
        ...value,
        submitted: submitted && {
          ...submitted,
          submission: { ...submitted.submission, submittedAt: new Date(submitted.submission.submittedAt) },
          snapshot: { kind: 'CORP_APP', ...submitted.snapshot },
        },
      }),
  });
