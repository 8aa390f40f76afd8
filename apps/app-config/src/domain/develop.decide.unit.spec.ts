import { corpAppIdOf } from '@daikaifa/kernel';
import { CORP_APP_RULES as rules } from '@daikaifa/rules';
import { appIn, content, endpoint, granted, later, logo, now, online, working, type StateName } from '../../test/apps';
import { corpLabelOf, statusOf, submissionOf, type CorpApp } from './corp-app';
import type { Decided } from './decision';
import {
  contentToCopy,
  copyIntoCorpApp,
  createCorpApp,
  editCorpApp,
  markCorpAppStep,
  rollBackCorpApp,
  startCorpApp,
  withdrawCorpApp,
} from './develop.decide';
import { recordOwnershipFile } from './trusted-domain.decide';
import { cancelCorpApp } from './end.decide';
import { acknowledgeDrift } from './observe.decide';
import { reserveForSubmission } from './submit.decide';

const context = { rules, endpoint, selfTested: true, domainChanges: 0, domainChangeLimit: 20 };

const commands = {
  start: (app: CorpApp) => startCorpApp(app, { revisionId: 'new', online: { logo, name: '云帆', introduction: '客户跟进' } }, now),
  edit: (app: CorpApp) => editCorpApp(app, { revisionId: 'new', content: { name: '云帆二号' } }, rules, now),
  rollBack: (app: CorpApp) => rollBackCorpApp(app, { toRevisionId: 'r1', newRevisionId: 'new' }, now),
  copyInto: (app: CorpApp) =>
    copyIntoCorpApp(app, { revisionId: 'new', content: { ...content, name: '云帆三号' }, fromTemplateId: 't1' }, now),
  reserve: (app: CorpApp): Decided => {
    const command = { submissionId: 's2', batchId: 'b2', submittedBy: 'p' };
    const reserved = reserveForSubmission(app, command, context, now);
    return reserved.ok ? { ok: true, value: reserved.value.decision } : reserved;
  },
  withdraw: (app: CorpApp) => withdrawCorpApp(app, now),
  annotate: (app: CorpApp) => markCorpAppStep(app, { step: 'TRY_OUT', done: true, markedBy: 'p' }, now),
  cancel: (app: CorpApp): Decided => ({ ok: true, value: cancelCorpApp(app, now, now) ?? { next: app, facts: [] } }),
};
type Command = keyof typeof commands;

/** The status, the working revision beside an online one, and whether a batch holds the app. */
const shown = (app: CorpApp): string =>
  [
    statusOf(app),
    ...(app.onlineRevision === null || app.workingRevision === null ? [] : [app.workingRevision.status]),
    ...(app.reservation === null ? [] : ['held']),
  ].join('+');

describe('every state × command', () => {
  const no = 'INVALID_STATE';
  const gone = 'CANCELLED';
  const expected: Record<StateName, Record<Command, string>> = {
    TO_DEVELOP: {
      start: 'DEVELOPING', edit: no, rollBack: no, copyInto: 'DEVELOPING', reserve: no, withdraw: no, annotate: 'TO_DEVELOP',
      cancel: gone,
    },
    DRAFT: {
      start: no, edit: 'DEVELOPING', rollBack: 'NOT_FOUND', copyInto: 'DEVELOPING', reserve: 'DEVELOPING+held',
      withdraw: no, annotate: 'DEVELOPING', cancel: gone,
    },
    RESERVED: {
      start: no, edit: no, rollBack: no, copyInto: no, reserve: no, withdraw: no, annotate: no, cancel: gone,
    },
    // 审核中: withdraw it first.
    IN_REVIEW: {
      start: no, edit: no, rollBack: 'NOT_FOUND', copyInto: no, reserve: no, withdraw: 'DEVELOPING',
      annotate: 'IN_REVIEW', cancel: gone,
    },
    APPROVED: {
      start: no, edit: 'DEVELOPING', rollBack: 'NOT_FOUND', copyInto: 'DEVELOPING', reserve: no, withdraw: 'DEVELOPING',
      annotate: 'APPROVED', cancel: gone,
    },
    // 上线中 is shown as 待上线.
    LAUNCHING: {
      start: no, edit: no, rollBack: 'NOT_FOUND', copyInto: no, reserve: no, withdraw: no, annotate: 'APPROVED',
      cancel: gone,
    },
    // A rejected one is 开发中 again.
    REJECTED: {
      start: no, edit: 'DEVELOPING', rollBack: 'NOT_FOUND', copyInto: 'DEVELOPING', reserve: 'DEVELOPING+held',
      withdraw: no, annotate: 'DEVELOPING', cancel: gone,
    },
    ONLINE: {
      start: no, edit: 'ONLINE+DRAFT', rollBack: 'ONLINE', copyInto: 'ONLINE+DRAFT', reserve: no, withdraw: no,
      annotate: 'ONLINE', cancel: gone,
    },
    'ONLINE+DRAFT': {
      start: no, edit: 'ONLINE+DRAFT', rollBack: 'ONLINE+DRAFT', copyInto: 'ONLINE+DRAFT', reserve: 'ONLINE+DRAFT+held',
      withdraw: no, annotate: 'ONLINE+DRAFT', cancel: 'CANCELLED+DRAFT',
    },
    'ONLINE+IN_REVIEW': {
      start: no, edit: no, rollBack: no, copyInto: no, reserve: no, withdraw: 'ONLINE+DRAFT',
      annotate: 'ONLINE+IN_REVIEW', cancel: 'CANCELLED+IN_REVIEW',
    },
    'ONLINE+APPROVED': {
      start: no, edit: 'ONLINE+DRAFT', rollBack: 'ONLINE+APPROVED', copyInto: 'ONLINE+DRAFT', reserve: no,
      withdraw: 'ONLINE+DRAFT', annotate: 'ONLINE+APPROVED', cancel: 'CANCELLED+APPROVED',
    },
    'ONLINE+LAUNCHING': {
      start: no, edit: no, rollBack: no, copyInto: no, reserve: no, withdraw: no, annotate: 'ONLINE+LAUNCHING',
      cancel: 'CANCELLED+LAUNCHING',
    },
    'ONLINE+REJECTED': {
      start: no, edit: 'ONLINE+DRAFT', rollBack: 'ONLINE+REJECTED', copyInto: 'ONLINE+DRAFT',
      reserve: 'ONLINE+REJECTED+held', withdraw: no, annotate: 'ONLINE+REJECTED', cancel: 'CANCELLED+REJECTED',
    },
    CANCELLED: {
      start: no, edit: no, rollBack: no, copyInto: no, reserve: no, withdraw: no, annotate: no, cancel: gone,
    },
  };
  const pairs = Object.entries(expected).flatMap(([state, row]) =>
    Object.entries(row).map(([command, next]) => [state as StateName, command as Command, next] as const),
  );

  it.each(pairs)('%s × %s → %s', (state, command, next) => {
    const result = commands[command](appIn(state));
    expect(result.ok ? shown(result.value.next) : result.error.code).toBe(next);
  });

  it.each([
    ['TO_DEVELOP', 'DEVELOPING'],
    ['DRAFT', 'DEVELOPING'],
    ['IN_REVIEW', 'DEVELOPING'],
    ['APPROVED', 'DEVELOPING'],
    ['LAUNCHING', 'DEVELOPING'],
    ['REJECTED', 'DEVELOPING'],
    ['ONLINE', 'ENABLED'],
    ['ONLINE+IN_REVIEW', 'ENABLED'],
    ['CANCELLED', null],
  ] as const)('%s is labelled %s in the corp’s console', (state, label) => {
    expect(corpLabelOf(appIn(state))).toBe(label);
  });
});

describe('creating', () => {
  it('makes one app per authorization and epoch, with nothing configured', () => {
    expect(granted.id).toBe(corpAppIdOf('a1', 1));
    expect(createCorpApp({ ...granted, epoch: 2 }, now).next.id).not.toBe(granted.id);
    expect(createCorpApp(granted, now)).toMatchObject({
      next: { lastNumber: 0, onlineRevision: null, workingRevision: null, cancelledAt: null },
      facts: [{ type: 'corp-app.created' }],
    });
  });
});

describe('开始代开发应用', () => {
  it('pre-fills logo, name, introduction and a shared callback', () => {
    expect(commands.start(granted)).toMatchObject({
      ok: true,
      value: {
        next: {
          workingRevision: {
            number: 1,
            status: 'DRAFT',
            content: { logo, name: '云帆', introduction: '客户跟进', callback: 'TEMPLATE', homePageUrl: null, ipWhitelist: [] },
          },
        },
        facts: [{ type: 'corp-app.started' }],
      },
    });
  });

  it('begins empty with an imported template that was never launched here', () => {
    expect(startCorpApp(granted, { revisionId: 'new', online: null }, now)).toMatchObject({
      ok: true,
      value: { next: { workingRevision: { content: { logo: null, name: null, introduction: null } } } },
    });
  });

  it('is possible for an app that is online already, as an imported one is', () => {
    const imported = appIn('TO_DEVELOP', {
      observed: { publishStatus: { readAt: now, value: 2 }, agent: null, scope: null },
    });
    const started = commands.start(imported);
    expect(started.ok && statusOf(started.value.next)).toBe('ONLINE');
  });
});

describe('editing', () => {
  it('announces nothing when nothing changed, and keeps an approval', () => {
    const app = appIn('APPROVED');
    const same = editCorpApp(app, { revisionId: 'new', content: { name: ' 云帆客户 ' } }, rules, now);
    expect(same).toEqual({ ok: true, value: { next: app, facts: [] } });
  });

  it('stores no trace of a logo that was never uploaded', () => {
    const result = editCorpApp(appIn('DRAFT'), { revisionId: 'new', content: { unknownLogo: 'f'.repeat(64) } }, rules, now);
    expect(result).toMatchObject({ ok: false, error: { violations: [{ code: 'LOGO_NOT_UPLOADED' }] } });
  });

  it('never touches what is online', () => {
    const edited = commands.edit(appIn('ONLINE'));
    expect(edited).toMatchObject({
      ok: true,
      value: { next: { onlineRevision: online, workingRevision: { number: 3, content: { name: '云帆二号' } } } },
    });
  });
});

describe('copying', () => {
  it('takes the named revision, else the current one', () => {
    const source = appIn('ONLINE+DRAFT', { workingRevision: { ...working('DRAFT'), content: { ...content, name: '新版' } } });
    expect(contentToCopy(source, undefined)).toMatchObject({ ok: true, value: { name: '新版' } });
    expect(contentToCopy(source, 'r1')).toMatchObject({ ok: true, value: { name: '云帆客户' } });
    expect(contentToCopy(source, 'x')).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
    expect(contentToCopy(granted, undefined)).toMatchObject({ ok: false, error: { code: 'INVALID_STATE' } });
  });

  it('stays within one template', () => {
    const copied = copyIntoCorpApp(appIn('DRAFT'), { revisionId: 'new', content, fromTemplateId: 't2' }, now);
    expect(copied).toMatchObject({ ok: false, error: { code: 'INVALID_STATE' } });
  });
});

describe('what is no part of a revision', () => {
  it('is marked once, per revision where it is done anew for each', () => {
    const mark = { step: 'SUBMIT_IN_CONSOLE', done: true, markedBy: 'p' } as const;
    const once = markCorpAppStep(appIn('IN_REVIEW'), mark, now);
    const app = once.ok ? once.value.next : granted;
    expect(app.marks).toEqual([{ step: 'SUBMIT_IN_CONSOLE', revisionId: 'r2', markedBy: 'p', markedAt: now }]);
    expect(markCorpAppStep(app, { ...mark, markedBy: 'q' }, later)).toEqual({ ok: true, value: { next: app, facts: [] } });
    const next = { ...app, workingRevision: { ...working('DRAFT'), id: 'r3' } };
    expect(markCorpAppStep(next, mark, later)).toMatchObject({ ok: true, value: { next: { marks: [{ revisionId: 'r3' }] } } });
  });

  it('is refused for a cancelled app', () => {
    const app = appIn('CANCELLED');
    const file = { fileName: 'WW_verify_a.txt', content: 'a', recordedBy: 'p' };
    expect(recordOwnershipFile(app, file, now)).toMatchObject({ ok: false, error: { code: 'INVALID_STATE' } });
    expect(acknowledgeDrift(app, { driftIds: [], acknowledgedBy: 'p' }, now)).toMatchObject({ ok: false });
  });
});

describe('the cancellation', () => {
  it('removes what is known of the corp, says how much, and keeps what the provider wrote', () => {
    const app = appIn('ONLINE+IN_REVIEW', {
      observed: {
        publishStatus: { readAt: now, value: 2 },
        agent: { readAt: now, value: { name: 'a', homeUrl: '', redirectDomain: '' } },
        scope: null,
      },
      ownershipFile: { fileName: 'WW_verify_a.txt', content: 'a', recordedBy: 'p', recordedAt: now },
      reservation: null,
    });
    const decision = cancelCorpApp(app, now, later);
    expect(decision).toMatchObject({
      next: {
        corpId: '',
        enabled: false,
        cancelledAt: now,
        observed: { publishStatus: null, agent: null, scope: null },
        ownershipFile: null,
        onlineRevision: online,
        erasure: { erasedAt: later, counts: { 'corp-app': 1, observation: 2, drift: 0, 'trusted-domain': 1 } },
      },
      facts: [{ type: 'corp-app.cancelled' }, { type: 'corp-app.erased' }],
    });
    expect(decision && submissionOf(decision.next.workingRevision ?? online)).toMatchObject({ id: 's1' });
    expect(decision && cancelCorpApp(decision.next, now, later)).toBeNull();
  });
});
