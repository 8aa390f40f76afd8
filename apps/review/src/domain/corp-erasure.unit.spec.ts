import { eraseCorp } from './corp-erasure';
import type { CorpAppSnapshot, ReviewItem } from './review-item';

const now = new Date('2026-03-02T10:00:00.000Z');
const corpId = 'wpAbC-1_d';
const text = { zh: `企业 ${corpId} 的地址有误`, en: `wrong for ${corpId}` };
const snapshot: CorpAppSnapshot = {
  kind: 'CORP_APP',
  logo: { sha256: 'a'.repeat(64), contentType: 'image/png', widthPx: 750, heightPx: 750, sizeBytes: 9_000 },
  name: '云帆客户',
  introduction: null,
  homePageUrl: `https://crm.example.com/${corpId}/home?corp=${corpId.toLowerCase()}`,
  miniProgram: null,
  menu: [{ name: '帮助', entry: { kind: 'URL', target: `https://crm.example.com/${corpId}` }, children: [] }],
  trustedDomain: 'crm.example.com',
  ipWhitelist: ['10.0.0.1'],
  callback: 'OWN',
  callbackUrl: 'https://callback.example.com/callback/app/e1',
  trustedDomainProof: 'PROVED',
  selfTested: true,
};
const item: ReviewItem = {
  id: 'i1',
  ticketId: 'k1',
  publisherId: 'p1',
  version: 3,
  createdAt: now,
  updatedAt: now,
  subject: {
    kind: 'CORP_APP',
    id: 'c1',
    templateId: 't1',
    corpApp: { authorizationId: 'a1', suiteId: 'dk1', corpId, epoch: 1, environment: 'FORMAL' },
    revisionId: 'r1',
    submissionId: 's1',
    batchId: 'b1',
  },
  subjectSequence: 2,
  snapshot,
  state: 'APPROVED',
  prechecks: [{ code: 'FIELD_RULES', outcome: 'WARNING', reason: 'X', field: 'homePageUrl', text, checkedAt: now }],
  reasons: [{ field: 'homePageUrl', code: 'REVIEWER_REMARK', text }],
  verdicts: [
    { decision: 'APPROVED', source: 'WECOM', decidedBy: 'admin', decidedAt: now, reasons: [], isCorrection: false, note: `见 ${corpId}` },
  ],
  launch: null,
  launchReturns: [{ requestedBy: 'a', requestedAt: now, returnedBy: 'b', returnedAt: now, note: `${corpId} 未上线` }],
  submittedBy: 'developer',
  submittedAt: now,
  dueAt: now,
  notice: 'NONE',
  previousItemId: null,
};

describe('the erasure of a corp', () => {
  it('ends its open item and takes its id out of every text, however it is cased', () => {
    const erased = eraseCorp(item, now)!;
    expect(erased.facts).toEqual([{ type: 'review.item.void' }, { type: 'review.item.erased' }]);
    expect(JSON.stringify(erased.next).toLowerCase()).not.toContain(corpId.toLowerCase());
    expect(erased.next).toMatchObject({
      state: 'VOID',
      subject: { corpApp: { corpId: '', authorizationId: 'a1', epoch: 1 } },
      snapshot: { homePageUrl: 'https://crm.example.com/[erased]/home?corp=[erased]' },
      verdicts: [{ note: '见 [erased]', decidedAt: now }],
    });
  });

  it('leaves what the provider wrote about its own app', () => {
    const { homePageUrl, menu } = eraseCorp(item, now)!.next.snapshot as CorpAppSnapshot;
    expect(eraseCorp(item, now)!.next.snapshot).toEqual({ ...snapshot, homePageUrl, menu });
    expect(menu[0]?.name).toBe('帮助');
  });

  it('keeps what a closed item came to', () => {
    const erased = eraseCorp({ ...item, state: 'LAUNCHED' }, now)!;
    expect(erased.facts).toEqual([{ type: 'review.item.erased' }]);
    expect(erased.next.state).toBe('LAUNCHED');
  });

  it('is done once', () => {
    expect(eraseCorp(eraseCorp(item, now)!.next, now)).toBeNull();
  });
});
