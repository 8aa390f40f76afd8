import { CORP_APP_RULES as rules } from '@daikaifa/rules';
import { appIn, content, endpoint, granted, later, now, submission, working } from '../../test/apps';
import { advanceBatch, BATCH_STATES, createBatch, type BatchAction, type BatchState } from './batch';
import { EMPTY_CONTENT, submissionOf, type CorpApp } from './corp-app';
import { proofRequestOf, recordOwnershipFile, recordProof } from './trusted-domain.decide';
import { releaseReservation, reserveForSubmission, submitReserved, type SubmissionContext } from './submit.decide';
import { changesInMonth, checkOwnershipFile, trustedDomainProofOf, withDomainChange } from './trusted-domain';

const context: SubmissionContext = { rules, endpoint, selfTested: true, domainChanges: 0, domainChangeLimit: 20 };
const command = { submissionId: 's2', batchId: 'b2', submittedBy: 'p' };
const reserve = (app: CorpApp, more: Partial<SubmissionContext> = {}) =>
  reserveForSubmission(app, command, { ...context, ...more }, now);
const codesOf = (result: ReturnType<typeof reserve>) =>
  result.ok ? result.value.warnings.map(({ code }) => code) : (result.error.violations ?? []).map(({ code }) => code);
const proved: Partial<CorpApp> = {
  domainProof: { domain: 'crm.example.com', result: 'PROVED', reason: null, checkedAt: now },
};

describe('holding an app for its batch', () => {
  it('freezes how everything stood', () => {
    const reserved = reserve(appIn('DRAFT', proved));
    expect(reserved).toMatchObject({
      ok: true,
      value: {
        warnings: [],
        decision: {
          next: {
            reservation: {
              id: 's2',
              batchId: 'b2',
              submittedBy: 'p',
              callbackUrl: endpoint.url,
              trustedDomainProof: 'PROVED',
              selfTested: true,
            },
          },
          facts: [],
        },
      },
    });
  });

  it('names every fault of content and callback at once', () => {
    const bare = { ...working('DRAFT'), content: EMPTY_CONTENT };
    expect(codesOf(reserve(appIn('DRAFT', { workingRevision: bare }), { endpoint: null }))).toEqual([
      'LOGO_REQUIRED',
      'NAME_REQUIRED',
      'INTRODUCTION_REQUIRED',
      'HOME_PAGE_URL_REQUIRED',
      'TRUSTED_DOMAIN_REQUIRED',
      'CALLBACK_MISSING',
      'TRUSTED_DOMAIN_UNPROVED',
    ]);
  });

  it.each([
    ['no endpoint', null, 'CALLBACK_MISSING'],
    ['a closed one', { ...endpoint, closed: true }, 'CALLBACK_MISSING'],
    ['no keys', { ...endpoint, keysIssued: false, verifiedAt: null }, 'CALLBACK_KEYS_MISSING'],
    ['not verified', { ...endpoint, verifiedAt: null }, 'CALLBACK_NOT_VERIFIED'],
  ])('is refused with %s', (_title, given, code) => {
    const refused = reserve(appIn('DRAFT', proved), { endpoint: given });
    expect([refused.ok, codesOf(refused)]).toEqual([false, [code]]);
  });

  it('warns of an unproved domain, of doubtful IPs and of a missing self test, which a test itself is not', () => {
    const doubtful = { ...working('DRAFT'), content: { ...content, ipWhitelist: ['2001:db8::1'] } };
    const app = appIn('DRAFT', { workingRevision: doubtful });
    expect(codesOf(reserve(app, { selfTested: false }))).toEqual([
      'IP_UNCONFIRMED',
      'TRUSTED_DOMAIN_UNPROVED',
      'NOT_SELF_TESTED',
    ]);
    expect(codesOf(reserve({ ...appIn('DRAFT', proved), environment: 'TEST' }, { selfTested: false }))).toEqual([]);
  });

  it('does not count the proof of another domain', () => {
    const app = appIn('DRAFT', {
      domainProof: { domain: 'old.example.com', result: 'PROVED', reason: null, checkedAt: now },
    });
    expect(codesOf(reserve(app))).toEqual(['TRUSTED_DOMAIN_UNPROVED']);
    expect(trustedDomainProofOf(app, 'crm.example.com')).toBe('NOT_CHECKED');
  });

  it('refuses the 21st trusted domain of the month, but not one that stands there already', () => {
    expect(codesOf(reserve(appIn('DRAFT', proved), { domainChanges: 19 }))).toEqual([]);
    expect(codesOf(reserve(appIn('DRAFT', proved), { domainChanges: 20 }))).toEqual(['TRUSTED_DOMAIN_CHANGES']);
    const set = { domainRecord: { domain: 'crm.example.com', changes: [] } };
    expect(codesOf(reserve(appIn('DRAFT', { ...proved, ...set }), { domainChanges: 20 }))).toEqual([]);
    const agent = { readAt: now, value: { name: '', homeUrl: '', redirectDomain: 'crm.example.com' } };
    const read = { observed: { publishStatus: null, agent, scope: null } };
    expect(codesOf(reserve(appIn('DRAFT', { ...proved, ...read }), { domainChanges: 20 }))).toEqual([]);
  });
});

describe('what a batch holds', () => {
  it('is submitted by it, and by no other', () => {
    const held = appIn('RESERVED');
    expect(submitReserved(held, 'other', later)).toBeNull();
    const submitted = submitReserved(held, 'b1', later);
    expect(submitted).toMatchObject({
      next: {
        reservation: null,
        workingRevision: { status: 'IN_REVIEW' },
        domainRecord: { domain: 'crm.example.com', changes: [later] },
      },
      facts: [{ type: 'corp-app.submitted' }],
    });
    const revision = submitted?.next.workingRevision;
    expect(revision && submissionOf(revision)).toEqual(submission);
    expect(submitted && submitReserved(submitted.next, 'b1', later)).toBeNull();
  });

  it('is released by it, and by no other', () => {
    const held = appIn('RESERVED');
    expect(releaseReservation(held, 'other', later)).toBeNull();
    expect(releaseReservation(held, 'b1', later)).toMatchObject({ next: { reservation: null }, facts: [] });
    expect(releaseReservation(appIn('DRAFT'), 'b1', later)).toBeNull();
  });

  it('goes with the cancellation', () => {
    expect(submitReserved({ ...appIn('RESERVED'), cancelledAt: now }, 'b1', later)).toBeNull();
  });
});

describe('every state × action of a batch', () => {
  const expected: Record<BatchState, Record<BatchAction, BatchState | null>> = {
    RESERVING: { commit: 'COMMITTED', release: 'RELEASING', finish: null },
    COMMITTED: { commit: null, release: null, finish: 'DONE' },
    DONE: { commit: null, release: null, finish: null },
    RELEASING: { commit: null, release: null, finish: 'RELEASED' },
    RELEASED: { commit: null, release: null, finish: null },
  };
  const draft = createBatch(
    { id: 'b', publisherId: 'p1', templateId: 't1', corpAppIds: ['a'], submittedBy: 'p', warnings: [] },
    now,
  );
  const pairs = BATCH_STATES.flatMap((state) =>
    Object.entries(expected[state]).map(([action, next]) => [state, action as BatchAction, next] as const),
  );

  it.each(pairs)('%s × %s → %s', (state, action, next) => {
    expect(advanceBatch({ ...draft, state }, action, later)?.next.state ?? null).toBe(next);
  });
});

describe('the ownership of a trusted domain', () => {
  const file = { fileName: ' WW_verify_abc.txt ', content: 'abc\n', recordedBy: 'p' };
  const recorded = recordOwnershipFile(appIn('DRAFT', proved), file, now);
  const app = recorded.ok ? recorded.value.next : granted;

  it('is asked anew for another file', () => {
    expect(app).toMatchObject({ ownershipFile: { fileName: 'WW_verify_abc.txt', content: 'abc' }, domainProof: null });
    expect(recordOwnershipFile(app, file, later)).toEqual({ ok: true, value: { next: app, facts: [] } });
  });

  it.each([
    ['index.html', 'abc', ['OWNERSHIP_FILE_NAME']],
    ['../WW_verify_a.txt', 'abc', ['OWNERSHIP_FILE_NAME']],
    ['WW_verify_a.txt', '', ['OWNERSHIP_FILE_CONTENT']],
    ['WW_verify_a.txt', 'a'.repeat(1025), ['OWNERSHIP_FILE_CONTENT']],
    ['x', '', ['OWNERSHIP_FILE_NAME', 'OWNERSHIP_FILE_CONTENT']],
  ])('%s with %j bytes is refused', (fileName, text, codes) => {
    expect(checkOwnershipFile({ fileName, content: text }).map(({ code }) => code)).toEqual(codes);
  });

  it.each([
    [{ kind: 'FOUND', content: 'abc\r\n' }, 'PROVED', null],
    [{ kind: 'FOUND', content: 'abcd' }, 'FILE_MISSING', 'OTHER_CONTENT'],
    [{ kind: 'MISSING', reason: 'STATUS_404' }, 'FILE_MISSING', 'STATUS_404'],
  ] as const)('%j is %s', (fetched, result, reason) => {
    const request = proofRequestOf(app);
    const stored = request.ok ? recordProof(app, request.value, fetched, later) : request;
    expect(stored).toMatchObject({ ok: true, value: { next: { domainProof: { domain: 'crm.example.com', result, reason } } } });
  });

  it('cannot be looked for without a domain or a file', () => {
    expect(proofRequestOf(appIn('DRAFT'))).toMatchObject({ ok: false, error: { code: 'INVALID_STATE' } });
    const withoutDomain = { ...working('DRAFT'), content: { ...content, trustedDomain: null } };
    expect(proofRequestOf({ ...app, workingRevision: withoutDomain })).toMatchObject({ ok: false });
  });
});

describe('trusted domains of a month', () => {
  it('are counted in China’s calendar, and older ones forgotten', () => {
    const lastOfMarch = new Date('2026-03-31T15:59:59.000Z');
    const firstOfApril = new Date('2026-03-31T16:00:00.000Z');
    expect(changesInMonth([lastOfMarch, firstOfApril], firstOfApril)).toBe(1);
    expect(withDomainChange({ domain: 'a', changes: [lastOfMarch] }, 'b', firstOfApril)).toEqual({
      domain: 'b',
      changes: [firstOfApril],
    });
  });
});
