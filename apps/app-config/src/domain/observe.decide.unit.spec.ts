import { appIn, content, granted, later, now, observedOf, online, working, type StateName } from '../../test/apps';
import { statusOf, unusableReasonsOf, type CorpApp } from './corp-app';
import { applyReviewItem } from './follow.decide';
import { MAX_DRIFT_ENTRIES, type AuthorizationView, type Observed } from './observation';
import { acknowledgeDrift, observeCorpApp } from './observe.decide';

const at = (value: number, readAt = later) => ({ readAt, value });
const scope = (users: number, parties = 0, tags = 0, readAt = later) => ({
  readAt,
  value: { users, parties, tags, hash: `${users}-${parties}-${tags}` },
});
const agent = (changes: object = {}, readAt = later) => ({
  readAt,
  value: { name: '云帆客户', homeUrl: '', redirectDomain: '', ...changes },
});
const view = (observed: Partial<Observed> = {}, more: Partial<AuthorizationView> = {}): AuthorizationView => ({
  sequence: 5,
  environment: 'FORMAL',
  enabled: true,
  observed: observedOf(observed),
  ...more,
});
const seen = (app: CorpApp, observed: Partial<Observed>, more: Partial<AuthorizationView> = {}) =>
  observeCorpApp(app, view(observed, more), later);

describe('the publish status', () => {
  const drift = 'corp-app.drifted';
  const observed = 'corp-app.observed';
  it.each<readonly [StateName, readonly [number | null, number], string, string]>([
    // Moved by what this platform knows of.
    ['DRAFT', [0, 1], observed, 'DEVELOPING'],
    ['LAUNCHING', [1, 2], observed, 'ONLINE'],
    ['ONLINE', [1, 2], observed, 'ONLINE'],
    ['ONLINE+DRAFT', [1, 2], observed, 'ONLINE'],
    ['ONLINE+DRAFT', [2, 3], observed, 'ONLINE'],
    ['ONLINE+LAUNCHING', [3, 2], observed, 'ONLINE'],
    ['ONLINE', [3, 2], observed, 'ONLINE'],
    // Moved by somebody in WeCom's console.
    ['TO_DEVELOP', [0, 1], drift, 'DEVELOPING'],
    ['TO_DEVELOP', [null, 2], drift, 'ONLINE'],
    ['DRAFT', [1, 2], drift, 'ONLINE'],
    ['IN_REVIEW', [1, 2], drift, 'ONLINE'],
    ['APPROVED', [1, 2], drift, 'ONLINE'],
    ['ONLINE', [2, 3], drift, 'ONLINE'],
    ['ONLINE+DRAFT', [3, 2], drift, 'ONLINE'],
    ['DRAFT', [2, 1], drift, 'DEVELOPING'],
  ])('%s: %j is %s, and shows %s', (state, [before, after], type, status) => {
    const app = appIn(state, { observed: observedOf({ publishStatus: before === null ? null : at(before, now) }) });
    const decision = seen(app, { publishStatus: at(after) });
    expect(decision?.facts).toEqual([{ type }]);
    expect(decision && statusOf(decision.next)).toBe(status);
    expect(decision?.next.drift.map(({ field, before: from, after: to }) => [field, from, to])).toEqual(
      type === drift ? [['publishStatus', String(before ?? 0), String(after)]] : [],
    );
  });

  it('that was seen before the launch was heard of is explained by it', () => {
    const drifted = seen(appIn('APPROVED'), { publishStatus: at(2) })?.next ?? granted;
    const outcome = {
      submissionId: 's1',
      state: 'LAUNCHED',
      reasons: [],
      confirmedBy: 'SIGNAL',
      launchedAt: later,
    } as const;
    expect(drifted.drift).toHaveLength(1);
    expect(applyReviewItem(drifted, { ...outcome, launchRequestedAt: now }, later)?.next.drift).toEqual([]);
    const afterwards = new Date(later.getTime() + 1);
    expect(applyReviewItem(drifted, { ...outcome, launchRequestedAt: afterwards }, later)?.next.drift).toHaveLength(1);
  });
});

describe('fields of the app', () => {
  const read = { observed: observedOf({ agent: agent({}, now) }) };

  it('are compared from the first reading on', () => {
    expect(seen(granted, { agent: agent({ name: '别的' }) })?.next.drift).toEqual([]);
  });

  it.each([
    ['name', { name: '别的' }, ['name', '云帆客户', '别的']],
    ['home page', { homeUrl: 'https://else.example.com' }, ['homePageUrl', '', 'https://else.example.com']],
    ['trusted domain', { redirectDomain: 'else.example.com' }, ['trustedDomain', '', 'else.example.com']],
  ])('that moved to another %s have drifted', (_title, changes, expected) => {
    const decision = seen(appIn('ONLINE', read), { agent: agent(changes) });
    expect(decision?.facts).toEqual([{ type: 'corp-app.drifted' }]);
    expect(decision?.next.drift.map(({ field, before, after }) => [field, before, after])).toEqual([expected]);
  });

  it('that moved to what we have written have not', () => {
    const changes = { homeUrl: content.homePageUrl, redirectDomain: content.trustedDomain };
    const decision = seen(appIn('DRAFT', read), { agent: agent(changes) });
    expect(decision?.next.drift).toEqual([]);
    expect(decision?.facts).toEqual([]);
  });

  it('count a trusted domain that was set elsewhere against the month', () => {
    const next = seen(appIn('ONLINE', read), { agent: agent({ redirectDomain: 'else.example.com' }) })?.next;
    expect(next?.domainRecord).toEqual({ domain: 'else.example.com', changes: [later] });
  });
});

describe('an observation', () => {
  const read = { observed: observedOf({ publishStatus: at(1, now), scope: scope(3, 0, 0, now) }) };

  it('keeps what could not be read', () => {
    const next = seen(appIn('DRAFT', read), { agent: agent() })?.next;
    expect(next?.observed).toEqual({ publishStatus: at(1, now), scope: scope(3, 0, 0, now), agent: agent() });
  });

  it('drops a part that was read earlier, and a whole state that is older', () => {
    const before = new Date(now.getTime() - 1);
    expect(seen(appIn('DRAFT', read), { publishStatus: at(0, before) })).toBeNull();
    expect(seen(appIn('DRAFT', { ...read, sourceSequence: 6 }), { publishStatus: at(3) })).toBeNull();
  });

  it('that says nothing new is no new version', () => {
    expect(seen(appIn('DRAFT', read), { publishStatus: at(1), scope: scope(3) })).toBeNull();
  });

  it('follows the enabled flag and the environment', () => {
    const decision = seen(granted, {}, { enabled: false, environment: 'TEST' });
    expect(decision).toMatchObject({ next: { enabled: false, environment: 'TEST' }, facts: [{ type: 'corp-app.observed' }] });
  });

  it('of the visible range alone is kept without an event', () => {
    expect(seen(appIn('ONLINE'), { scope: scope(2) })).toMatchObject({ facts: [], next: { observed: { scope: scope(2) } } });
  });

  it('goes on while a batch holds the app, and ends with the cancellation', () => {
    expect(seen(appIn('RESERVED'), { publishStatus: at(1) })).not.toBeNull();
    expect(seen(appIn('CANCELLED'), { publishStatus: at(1) })).toBeNull();
  });
});

describe('drift', () => {
  const drifted = seen(appIn('TO_DEVELOP'), { publishStatus: at(1) })?.next ?? granted;

  it('is taken note of once', () => {
    const driftIds = drifted.drift.map(({ id }) => id);
    const noted = acknowledgeDrift(drifted, { driftIds, acknowledgedBy: 'p' }, later);
    expect(noted).toMatchObject({ ok: true, value: { next: { drift: [{ acknowledgedBy: 'p', acknowledgedAt: later }] } } });
    const app = noted.ok ? noted.value.next : granted;
    expect(acknowledgeDrift(app, { driftIds, acknowledgedBy: 'q' }, later)).toEqual({ ok: true, value: { next: app, facts: [] } });
  });

  it('is bounded, the oldest go first', () => {
    let app = appIn('TO_DEVELOP');
    for (let step = 1; step <= MAX_DRIFT_ENTRIES + 5; step += 1) {
      const readAt = new Date(later.getTime() + step);
      app = observeCorpApp(app, view({ publishStatus: at(step % 2, readAt) }), later)?.next ?? app;
    }
    expect(app.drift).toHaveLength(MAX_DRIFT_ENTRIES);
    expect(app.drift.at(-1)?.observedAt).toEqual(new Date(later.getTime() + MAX_DRIFT_ENTRIES + 5));
  });
});

describe('the visible range after the launch', () => {
  it('is small first, then wider, whichever kind of entry grows', () => {
    const small = seen(appIn('ONLINE'), { scope: scope(3) })?.next ?? granted;
    expect(small.rangeSteps).toEqual({ first: scope(3), widerAt: null });
    const readAt = new Date(later.getTime() + 1);
    expect(seen(small, { scope: scope(2, 0, 0, readAt) })?.next.rangeSteps.widerAt).toBeNull();
    expect(seen(small, { scope: scope(0, 1, 0, readAt) })?.next.rangeSteps.widerAt).toEqual(readAt);
  });

  it('counts from the launch on only, also when it was set before', () => {
    const before = seen(appIn('LAUNCHING'), { scope: scope(3) })?.next ?? granted;
    expect(before.rangeSteps.first).toBeNull();
    expect(seen(before, { publishStatus: at(2) })?.next.rangeSteps.first).toEqual(scope(3));
    const outcome = { submissionId: 's1', state: 'LAUNCHED', reasons: [], confirmedBy: 'PERSON', launchedAt: later } as const;
    expect(applyReviewItem(before, { ...outcome, launchRequestedAt: null }, later)?.next.rangeSteps.first).toEqual(scope(3));
  });
});

describe('whether members can use it', () => {
  const range = (users: number) => ({ observed: observedOf({ scope: scope(users) }) });
  it.each<readonly [string, CorpApp, readonly string[]]>([
    ['online, enabled, visible', appIn('ONLINE', range(1)), []],
    ['online with a newer revision', appIn('ONLINE+IN_REVIEW', range(1)), []],
    ['not online', appIn('APPROVED', range(1)), ['NOT_ONLINE']],
    ['disabled', appIn('ONLINE', { ...range(1), enabled: false }), ['DISABLED']],
    ['visible to nobody', appIn('ONLINE', range(0)), ['VISIBLE_RANGE_EMPTY']],
    ['never read', appIn('ONLINE'), ['VISIBLE_RANGE_UNKNOWN']],
    ['everything at once', appIn('DRAFT', { ...range(0), enabled: false }), ['NOT_ONLINE', 'DISABLED', 'VISIBLE_RANGE_EMPTY']],
    ['cancelled', appIn('CANCELLED'), ['CANCELLED']],
  ])('%s', (_title, app, reasons) => {
    expect(unusableReasonsOf(app)).toEqual(reasons);
  });
});

describe('following the review', () => {
  const outcome = { submissionId: 's1', reasons: [], confirmedBy: 'SIGNAL', launchedAt: later, launchRequestedAt: null } as const;

  it('is another submission’s, or comes too late: nothing', () => {
    expect(applyReviewItem(appIn('IN_REVIEW'), { ...outcome, submissionId: 's0', state: 'APPROVED' }, later)).toBeNull();
    expect(applyReviewItem(appIn('CANCELLED'), { ...outcome, state: 'APPROVED' }, later)).toBeNull();
    expect(applyReviewItem(appIn('RESERVED'), { ...outcome, state: 'APPROVED' }, later)).toBeNull();
  });

  it('launches the frozen snapshot and keeps what was online before', () => {
    const app = appIn('ONLINE+LAUNCHING');
    expect(applyReviewItem(app, { ...outcome, state: 'LAUNCHED' }, later)).toMatchObject({
      next: {
        onlineRevision: { id: 'r2', status: 'ONLINE', content: working('LAUNCHING').content, confirmedBy: 'SIGNAL' },
        workingRevision: null,
        pastRevisions: [online],
      },
      facts: [{ type: 'corp-app.launched' }],
    });
  });
});
