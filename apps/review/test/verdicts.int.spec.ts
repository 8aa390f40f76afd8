import { newId } from '@daikaifa/kernel';
import { eventually, viewerOf } from '@daikaifa/testing';
import { createWorld, DEVELOPER, type Tenant, type World } from './harness';

const ROLES = ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER', 'REVIEWER', 'BACKEND', 'VIEWER', 'OPERATOR'] as const;
const NAME_REASON = { field: 'name', message: '名称缺少品牌' };

let world: World;
let tenant: Tenant;
let stranger: Tenant;
/** Its verdicts come from WeCom. */
let wecom: Tenant;

beforeAll(async () => {
  world = await createWorld();
  tenant = await world.addTenant();
  stranger = await world.addTenant();
  wecom = await world.addTenant({ verdictSource: 'WECOM' });
});
afterAll(() => world.stop());

const approved = async (owner: Tenant = tenant) => {
  const { templateId, workingRevision, item } = await world.pending(owner);
  const viewer = owner === wecom ? owner.admin : owner.reviewer;
  return { templateId, workingRevision, item: await world.change(viewer, 'decideReviewItem', item, { decision: 'APPROVED' }) };
};
const launching = async () => world.change(tenant.admin, 'launchReviewItem', (await approved()).item);
const inputOf = (item: { id: string; version: number }, more: object = {}) => ({
  itemId: item.id,
  expectedVersion: item.version,
  ...more,
});

describe('decideReviewItem', () => {
  it('approves, and says so', async () => {
    const { item } = await approved();
    expect(item).toMatchObject({
      state: 'APPROVED',
      ticket: { state: 'APPROVED' },
      verdicts: [{ decision: 'APPROVED', source: 'PLATFORM', decidedBy: 'reviewer-1', isCorrection: false, reasons: [] }],
    });
    await eventually(() => world.typesOf(item.id).length === 3);
    expect(world.topic.of(item.id).at(-1)).toMatchObject({
      type: 'review.item.decided',
      state: { state: 'APPROVED', verdict: { decision: 'APPROVED', source: 'PLATFORM', decidedBy: 'reviewer-1' } },
    });
  });

  it('rejects with reasons per field', async () => {
    const { item } = await world.pending(tenant);
    const reasons = [NAME_REASON, { field: '', message: '整体不符合规范' }];
    const rejected = await world.change(tenant.reviewer, 'decideReviewItem', item, { decision: 'REJECTED', reasons, note: '二审' });
    expect(rejected).toMatchObject({
      state: 'REJECTED',
      ticket: { state: 'CLOSED' },
      reasons: [
        { field: 'name', code: 'REVIEWER_REMARK', text: { zh: '名称缺少品牌', en: '名称缺少品牌' } },
        { field: '', code: 'REVIEWER_REMARK' },
      ],
      verdicts: [{ decision: 'REJECTED', note: '二审', reasons: [{ field: 'name' }, { field: '' }] }],
    });
  });

  it('reports everything that is wrong with the input at once', async () => {
    const { item } = await world.pending(tenant);
    const reasons = [{ field: 'price', message: '贵' }, { field: 'logo', message: '字'.repeat(501) }];
    const input = inputOf(item, { decision: 'REJECTED', reasons, note: '字'.repeat(501) });
    expect((await world.mutate(tenant.reviewer, 'decideReviewItem', input)).fault).toMatchObject({
      code: 'BAD_USER_INPUT',
      violations: [
        'reasons.0.field REASON_FIELD',
        'reasons.0.message REASON_LENGTH',
        'reasons.1.message REASON_LENGTH',
        'note NOTE_LENGTH',
      ],
    });
    const none = inputOf(item, { decision: 'REJECTED' });
    expect((await world.mutate(tenant.reviewer, 'decideReviewItem', none)).fault?.violations).toEqual(['reasons REASONS_REQUIRED']);
    const both = inputOf(item, { decision: 'APPROVED', reasons: [NAME_REASON] });
    expect((await world.mutate(tenant.reviewer, 'decideReviewItem', both)).fault?.violations).toEqual(['reasons REASONS_NOT_ALLOWED']);
  });

  it('is refused to every other role, of another tenant, and with an old version', async () => {
    const { templateId, item } = await world.pending(tenant);
    const input = inputOf(item, { decision: 'APPROVED' });
    for (const role of ROLES.filter((one) => one !== 'REVIEWER')) {
      expect((await world.mutate(viewerOf([role], [tenant.id]), 'decideReviewItem', input)).fault?.code).toBe('FORBIDDEN');
    }
    expect((await world.mutate(stranger.reviewer, 'decideReviewItem', input)).fault?.code).toBe('NOT_FOUND');
    const old = { ...input, expectedVersion: item.version - 1 };
    expect((await world.mutate(tenant.reviewer, 'decideReviewItem', old)).fault).toMatchObject({
      code: 'CONFLICT',
      details: { currentVersion: item.version },
    });
    expect(await world.itemsOf(tenant.admin, templateId)).toMatchObject([{ state: 'PENDING', version: item.version }]);
  });

  it('is refused twice: one verdict closes the item', async () => {
    const { item } = await approved();
    const again = await world.mutate(tenant.reviewer, 'decideReviewItem', inputOf(item, { decision: 'APPROVED' }));
    expect(again.fault).toMatchObject({ code: 'INVALID_STATE', details: { state: 'APPROVED', action: 'approve' } });
  });

  it('keeps one of two verdicts that come at once', async () => {
    const { item } = await world.pending(tenant);
    const other = viewerOf(['REVIEWER'], [tenant.id], 'reviewer-2');
    const answers = await Promise.all([
      world.mutate(tenant.reviewer, 'decideReviewItem', inputOf(item, { decision: 'APPROVED' })),
      world.mutate(other, 'decideReviewItem', inputOf(item, { decision: 'REJECTED', reasons: [NAME_REASON] })),
    ]);
    expect(answers.map(({ fault }) => fault?.code ?? 'ok').sort()).toEqual(['CONFLICT', 'ok']);
  });
});

describe('four eyes', () => {
  const submitterOf = (owner: Tenant) => viewerOf(['REVIEWER', 'PUBLISHER_DEVELOPER'], [owner.id], DEVELOPER);

  it('keep the submitter from reviewing, and say why in both languages', async () => {
    const { item } = await world.pending(tenant);
    const { fault } = await world.mutate(submitterOf(tenant), 'decideReviewItem', inputOf(item, { decision: 'APPROVED' }));
    expect(fault).toMatchObject({ code: 'FORBIDDEN', details: { reason: 'FOUR_EYES' } });
    expect(fault?.text.zh).toContain('四眼');
    expect(fault?.text.en).toContain('another person');
  });

  it('can be switched off by the publisher', async () => {
    const relaxed = await world.addTenant({ fourEyes: false });
    const { item } = await world.pending(relaxed);
    const decided = await world.change(submitterOf(relaxed), 'decideReviewItem', item, { decision: 'APPROVED' });
    expect(decided.verdicts).toMatchObject([{ decidedBy: DEVELOPER }]);
  });
});

describe('the source of the verdict', () => {
  it('WECOM is written down by the admin, also by the one who submitted', async () => {
    const { item } = await world.pending(wecom);
    const submitter = viewerOf(['PUBLISHER_ADMIN'], [wecom.id], DEVELOPER);
    const reasons = [{ field: 'logo', message: 'logo 与已有应用相似' }];
    const rejected = await world.change(submitter, 'decideReviewItem', item, { decision: 'REJECTED', reasons });
    expect(rejected).toMatchObject({
      state: 'REJECTED',
      reasons: [{ field: 'logo', code: 'WECOM_REMARK' }],
      verdicts: [{ source: 'WECOM', decidedBy: DEVELOPER }],
    });
  });

  it('is the publisher’s setting: the other one is refused, each with its own words', async () => {
    const decision = { decision: 'APPROVED' };
    const ofPlatform = await world.pending(tenant);
    const byAdmin = await world.mutate(tenant.admin, 'decideReviewItem', inputOf(ofPlatform.item, decision));
    expect(byAdmin.fault).toMatchObject({ code: 'FORBIDDEN', details: { reason: 'VERDICT_SOURCE_PLATFORM' } });
    const ofWecom = await world.pending(wecom);
    const byReviewer = await world.mutate(wecom.reviewer, 'decideReviewItem', inputOf(ofWecom.item, decision));
    expect(byReviewer.fault).toMatchObject({ code: 'FORBIDDEN', details: { reason: 'VERDICT_SOURCE_WECOM' } });
  });

  it('follows the setting when it changes', async () => {
    const changing = await world.addTenant();
    const { item } = await world.pending(changing);
    await world.publishPublisher(changing.id, { verdictSource: 'WECOM' });
    const decided = await eventually(async () => {
      const answer = await world.mutate(changing.admin, 'decideReviewItem', inputOf(item, { decision: 'APPROVED' }));
      return answer.fault === undefined ? answer.data.change.item : null;
    });
    expect(decided.verdicts).toMatchObject([{ source: 'WECOM', decidedBy: 'admin-1' }]);
  });
});

describe('correctVerdict', () => {
  const correction = { decision: 'REJECTED', reasons: [NAME_REASON], note: '登记错误，企业微信实为驳回' };

  it('is a second entry that turns the verdict around, and back', async () => {
    const { item } = await approved(wecom);
    const rejected = await world.change(wecom.admin, 'correctVerdict', item, correction);
    expect(rejected).toMatchObject({
      state: 'REJECTED',
      reasons: [{ field: 'name', code: 'WECOM_REMARK' }],
      verdicts: [
        { decision: 'APPROVED', isCorrection: false },
        { decision: 'REJECTED', isCorrection: true, decidedBy: 'admin-1', note: '登记错误，企业微信实为驳回' },
      ],
    });
    const back = await world.change(wecom.admin, 'correctVerdict', rejected, { decision: 'APPROVED', note: '还是通过' });
    expect(back).toMatchObject({ state: 'APPROVED', reasons: [], verdicts: [{}, {}, { decision: 'APPROVED', isCorrection: true }] });
    await world.untilTypes(item.id, ['opened', 'prechecked', 'decided', 'verdict-corrected', 'verdict-corrected']);
  });

  it('comes before the launch only', async () => {
    const { item } = await approved(wecom);
    const started = await world.change(wecom.admin, 'launchReviewItem', item);
    const late = await world.mutate(wecom.admin, 'correctVerdict', inputOf(started, correction));
    expect(late.fault).toMatchObject({ code: 'INVALID_STATE', details: { state: 'LAUNCHING' } });
  });

  it('is not for a verdict of the platform, nor for one that says the same', async () => {
    const ours = await approved();
    expect((await world.mutate(tenant.admin, 'correctVerdict', inputOf(ours.item, correction))).fault).toMatchObject({
      code: 'INVALID_STATE',
      details: { source: 'PLATFORM' },
    });
    const { item } = await approved(wecom);
    const same = inputOf(item, { decision: 'APPROVED', note: '再记一次' });
    expect((await world.mutate(wecom.admin, 'correctVerdict', same)).fault).toMatchObject({
      code: 'INVALID_STATE',
      details: { decision: 'APPROVED' },
    });
  });

  it('is refused when the template has been edited or submitted again', async () => {
    const { templateId, workingRevision, item } = await world.pending(wecom);
    const rejected = await world.change(wecom.admin, 'decideReviewItem', item, { decision: 'REJECTED', reasons: [NAME_REASON] });
    const turned = inputOf(rejected, { decision: 'APPROVED', note: '登记错误' });
    const draft = { ...workingRevision, status: 'DRAFT' as const, submission: null };
    await world.publishTemplate(templateId, wecom.id, { workingRevision: draft });
    // The item is closed already, so the template's way is seen by a later submission of the same template.
    const submissionId = newId();
    await world.submit(wecom, { templateId, submissionId });
    await world.itemWhen(wecom.admin, templateId, 'PENDING', submissionId);
    expect((await world.mutate(wecom.admin, 'correctVerdict', turned)).fault).toMatchObject({
      code: 'INVALID_STATE',
      details: { submissionId: item.submissionId },
    });
  });

  it('reports everything that is wrong with the input at once', async () => {
    const { item } = await approved(wecom);
    const input = inputOf(item, { decision: 'REJECTED', reasons: [{ field: 'x', message: '' }], note: '' });
    expect((await world.mutate(wecom.admin, 'correctVerdict', input)).fault).toMatchObject({
      code: 'BAD_USER_INPUT',
      violations: ['reasons.0.field REASON_FIELD', 'reasons.0.message REASON_LENGTH', 'note NOTE_LENGTH'],
    });
  });

  it('is refused to every other role, of another tenant, and with an old version', async () => {
    const { item } = await approved(wecom);
    const input = inputOf(item, correction);
    for (const role of ROLES.filter((one) => one !== 'PUBLISHER_ADMIN')) {
      expect((await world.mutate(viewerOf([role], [wecom.id]), 'correctVerdict', input)).fault?.code).toBe('FORBIDDEN');
    }
    expect((await world.mutate(stranger.admin, 'correctVerdict', input)).fault?.code).toBe('NOT_FOUND');
    const old = { ...input, expectedVersion: item.version - 1 };
    expect((await world.mutate(wecom.admin, 'correctVerdict', old)).fault?.code).toBe('CONFLICT');
  });
});

describe('launching', () => {
  it('is asked for, confirmed by a person, and final', async () => {
    const started = await launching();
    expect(started).toMatchObject({
      state: 'LAUNCHING',
      launch: { requestedBy: 'admin-1', confirmedBy: null, confirmer: null, confirmedAt: null },
    });
    const other = viewerOf(['PUBLISHER_ADMIN'], [tenant.id], 'admin-2');
    const launched = await world.change(other, 'confirmLaunch', started);
    expect(launched).toMatchObject({
      state: 'LAUNCHED',
      ticket: { state: 'LAUNCHED' },
      launch: { requestedBy: 'admin-1', confirmedBy: 'PERSON', confirmer: 'admin-2', confirmedAt: world.clock.now().toISOString() },
    });
    await world.untilTypes(launched.id, ['opened', 'prechecked', 'decided', 'launching', 'launched']);
    expect(world.topic.of(launched.id).at(-1)?.state).toMatchObject({ state: 'LAUNCHED', launch: { confirmedBy: 'PERSON' } });
    expect((await world.mutate(tenant.admin, 'returnLaunch', inputOf(launched, { note: '退回' }))).fault?.code).toBe('INVALID_STATE');
  });

  it('that did not happen goes back with a note, and can be asked for again', async () => {
    const returned = await world.change(tenant.admin, 'returnLaunch', await launching(), { note: '控制台提交失败' });
    expect(returned).toMatchObject({
      state: 'APPROVED',
      launch: null,
      launchReturns: [{ requestedBy: 'admin-1', returnedBy: 'admin-1', note: '控制台提交失败' }],
    });
    expect((await world.change(tenant.admin, 'launchReviewItem', returned)).state).toBe('LAUNCHING');
  });

  it('needs a note when it is returned', async () => {
    const input = inputOf(await launching(), { note: ' ' });
    expect((await world.mutate(tenant.admin, 'returnLaunch', input)).fault).toMatchObject({
      code: 'BAD_USER_INPUT',
      violations: ['note NOTE_LENGTH'],
    });
  });

  it('has its order', async () => {
    const { item } = await world.pending(tenant);
    for (const [name, more] of [['launchReviewItem', {}], ['confirmLaunch', {}], ['returnLaunch', { note: '退回' }]] as const) {
      expect((await world.mutate(tenant.admin, name, inputOf(item, more))).fault).toMatchObject({
        code: 'INVALID_STATE',
        details: { state: 'PENDING' },
      });
    }
  });

  it.each(['launchReviewItem', 'confirmLaunch', 'returnLaunch'] as const)(
    '%s is the admin’s, of the own tenant, of the version that was seen',
    async (name) => {
      const item = name === 'launchReviewItem' ? (await approved()).item : await launching();
      const input = inputOf(item, name === 'returnLaunch' ? { note: '退回' } : {});
      for (const role of ROLES.filter((one) => one !== 'PUBLISHER_ADMIN')) {
        expect((await world.mutate(viewerOf([role], [tenant.id]), name, input)).fault?.code).toBe('FORBIDDEN');
      }
      expect((await world.mutate(stranger.admin, name, input)).fault?.code).toBe('NOT_FOUND');
      const old = { ...input, expectedVersion: item.version - 1 };
      expect((await world.mutate(tenant.admin, name, old)).fault?.code).toBe('CONFLICT');
    },
  );
});
