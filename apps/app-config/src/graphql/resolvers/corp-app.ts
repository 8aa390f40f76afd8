import { diffContents, findRevision, historyOf } from '@daikaifa/rules';
import { checklistOf } from '../../domain/checklist';
import {
  corpLabelOf,
  currentRevisionOf,
  endpointSubjectOf,
  statusOf,
  submissionOf,
  unusableReasonsOf,
  type CorpAppContent,
} from '../../domain/corp-app';
import type { DriftField } from '../../domain/observation';
import { trustedDomainProofOf } from '../../domain/trusted-domain';
import type { CorpAppRevisionMapper } from '../schema.mappers';
import type {
  CorpAppLogoResolvers,
  CorpAppResolvers,
  CorpAppRevisionResolvers,
  DriftField as DriftFieldName,
  DriftResolvers,
} from '../schema.generated';

const isLogo = (value: object): value is { readonly sha256: string } => 'sha256' in value;

/** A picture is told apart by its content address, what else has parts by all of them. */
const asText = (value: unknown): string | null => {
  if (value === null || typeof value !== 'object') {
    return value as string | null;
  }
  return isLogo(value) ? value.sha256 : JSON.stringify(value);
};

const compared = (content: CorpAppContent, other: CorpAppContent) =>
  diffContents(content, other).map(({ field, before, after }) => ({
    field,
    before: asText(before),
    after: asText(after),
  }));

export const CorpApp: CorpAppResolvers = {
  __resolveReference: ({ id }, { corpApps }) => corpApps.load(id),
  template: ({ templateId }) => ({ id: templateId }),
  authorization: ({ authorizationId }) => ({ id: authorizationId }),
  status: (app) => statusOf(app),
  corpLabel: (app) => corpLabelOf(app),
  usable: (app) => unusableReasonsOf(app).length === 0,
  unusableReasons: (app) => unusableReasonsOf(app),
  publishStatus: ({ observed }) => observed.publishStatus?.value ?? null,
  visibleRange: ({ observed: { scope } }) => scope && { ...scope.value, readAt: scope.readAt },
  revisions: (app) => historyOf(app),
  diff: (app, { fromRevisionId, toRevisionId }) => {
    const from = findRevision(app, fromRevisionId);
    const to = findRevision(app, toRevisionId);
    return from && to && compared(from.content, to.content);
  },
  drift: ({ drift }) => drift.toReversed(),
  trustedDomain: (app) => {
    const domain = currentRevisionOf(app)?.content.trustedDomain ?? null;
    const proof = trustedDomainProofOf(app, domain);
    const checked = proof === 'NOT_CHECKED' ? null : app.domainProof;
    return {
      domain,
      proof,
      reason: checked?.reason ?? null,
      checkedAt: checked?.checkedAt ?? null,
      fileName: app.ownershipFile?.fileName ?? null,
    };
  },
  checklist: async (app, _args, { endpoints }) => checklistOf(app, await endpoints.load(endpointSubjectOf(app))),
  erased: ({ erasure }) => erasure !== null,
};

const failureOf = (revision: CorpAppRevisionMapper) =>
  revision.status === 'DRAFT' || revision.status === 'REJECTED' ? revision.failure : null;

export const CorpAppRevision: CorpAppRevisionResolvers = {
  submission: (revision) => submissionOf(revision),
  failure: (revision) => failureOf(revision),
  launchedAt: (revision) => (revision.status === 'ONLINE' ? revision.launchedAt : null),
  launchConfirmedBy: (revision) => (revision.status === 'ONLINE' ? revision.confirmedBy : null),
};

export const CorpAppLogo: CorpAppLogoResolvers = {
  url: ({ sha256 }, _args, { imageUrl }) => imageUrl(sha256),
};

const DRIFT_FIELD_NAMES: Readonly<Record<DriftField, DriftFieldName>> = {
  publishStatus: 'PUBLISH_STATUS',
  name: 'NAME',
  homePageUrl: 'HOME_PAGE_URL',
  trustedDomain: 'TRUSTED_DOMAIN',
};

export const Drift: DriftResolvers = {
  field: ({ field }) => DRIFT_FIELD_NAMES[field],
};
