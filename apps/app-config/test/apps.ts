import type { Image, LaunchedRevision, WorkingRevision, WorkingStatus } from '@daikaifa/rules';
import { EMPTY_CONTENT, type CorpApp, type CorpAppContent, type CorpAppSubmission } from '../src/domain/corp-app';
import { createCorpApp } from '../src/domain/develop.decide';
import { NOT_OBSERVED, type Observed } from '../src/domain/observation';
import type { EndpointSignal } from '../src/domain/sources';

/** Apps in every state, for the unit specs of the domain. */
export const now = new Date('2026-03-02T09:00:00.000Z');
export const later = new Date('2026-03-02T10:00:00.000Z');

export const logo: Image = { sha256: 'a'.repeat(64), contentType: 'image/png', widthPx: 750, heightPx: 750, sizeBytes: 9_000 };

export const content: CorpAppContent = {
  ...EMPTY_CONTENT,
  logo,
  name: '云帆客户',
  introduction: '客户跟进管理',
  homePageUrl: 'https://crm.example.com/home',
  trustedDomain: 'crm.example.com',
};

export const submission: CorpAppSubmission = {
  id: 's1',
  batchId: 'b1',
  submittedBy: 'p',
  submittedAt: now,
  callbackUrl: 'https://callback.example.com/e1',
  trustedDomainProof: 'NOT_CHECKED',
  selfTested: false,
};

export const endpoint: EndpointSignal = {
  url: 'https://callback.example.com/e1',
  keysIssued: true,
  verifiedAt: now,
  closed: false,
};

export const online: LaunchedRevision<CorpAppContent> = {
  id: 'r1',
  number: 1,
  content,
  createdAt: now,
  editedAt: now,
  status: 'ONLINE',
  submission,
  launchedAt: now,
  confirmedBy: 'SIGNAL',
};

export const working = (status: WorkingStatus): WorkingRevision<CorpAppContent> => {
  const parts = { id: 'r2', number: 2, content, createdAt: now, editedAt: now };
  switch (status) {
    case 'DRAFT':
      return { ...parts, status, failure: null };
    case 'REJECTED':
      return { ...parts, status, submission, failure: { submissionId: 's1', stage: 'VERDICT', reasons: [] } };
    default:
      return { ...parts, status, submission };
  }
};

export type StateName = 'TO_DEVELOP' | WorkingStatus | 'RESERVED' | 'ONLINE' | `ONLINE+${WorkingStatus}` | 'CANCELLED';

export const granted: CorpApp = {
  ...createCorpApp(
    {
      publisherId: 'p1',
      templateId: 't1',
      authorizationId: 'a1',
      suiteId: 'dk1',
      corpId: 'wpCorp',
      epoch: 1,
      environment: 'FORMAL',
      enabled: true,
    },
    now,
  ).next,
  version: 7,
};

export const observedOf = (changes: Partial<Observed> = {}): Observed => ({ ...NOT_OBSERVED, ...changes });

export const appIn = (state: StateName, changes: Partial<CorpApp> = {}): CorpApp => {
  const [first, second] = state.split('+') as [string, WorkingStatus?];
  switch (first) {
    case 'TO_DEVELOP':
      return { ...granted, ...changes };
    case 'CANCELLED':
      return { ...granted, lastNumber: 1, workingRevision: working('IN_REVIEW'), cancelledAt: now, ...changes };
    case 'RESERVED':
      return { ...granted, lastNumber: 2, workingRevision: working('DRAFT'), reservation: submission, ...changes };
    case 'ONLINE':
      return {
        ...granted,
        lastNumber: 2,
        onlineRevision: online,
        workingRevision: second === undefined ? null : working(second),
        ...changes,
      };
    default:
      return { ...granted, lastNumber: 2, workingRevision: working(first as WorkingStatus), ...changes };
  }
};
