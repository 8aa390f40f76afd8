import type { CorpAppContentState, CorpAppRevisionState, CorpAppState } from '@daikaifa/contracts';
import type { Revision } from '@daikaifa/rules';
import { statusOf, submissionOf, type CorpApp, type CorpAppContent } from '../domain/corp-app';

const contentState = (content: CorpAppContent): CorpAppContentState => ({
  ...content,
  menu: content.menu.map((entry) => ({ ...entry, children: [...entry.children] })),
  ipWhitelist: [...content.ipWhitelist],
});

const revisionState = (revision: Revision<CorpAppContent> | null): CorpAppRevisionState | null => {
  if (revision === null) {
    return null;
  }
  const submission = submissionOf(revision);
  return {
    id: revision.id,
    number: revision.number,
    status: revision.status,
    content: contentState(revision.content),
    submission: submission && {
      id: submission.id,
      submittedBy: submission.submittedBy,
      submittedAt: submission.submittedAt.toISOString(),
      callbackUrl: submission.callbackUrl,
      batchId: submission.batchId,
      trustedDomainProof: submission.trustedDomainProof,
      selfTested: submission.selfTested,
    },
  };
};

/** What other services see of an app; the store cuts it to what the contract names. */
export const corpAppState = (app: CorpApp): CorpAppState => ({
  id: app.id,
  publisherId: app.publisherId,
  templateId: app.templateId,
  authorizationId: app.authorizationId,
  suiteId: app.suiteId,
  corpId: app.corpId,
  epoch: app.epoch,
  environment: app.environment,
  status: statusOf(app),
  enabled: app.enabled,
  onlineRevision: revisionState(app.onlineRevision),
  workingRevision: revisionState(app.workingRevision),
  publishStatus: app.observed.publishStatus?.value ?? null,
  erased: app.erasure !== null,
});
