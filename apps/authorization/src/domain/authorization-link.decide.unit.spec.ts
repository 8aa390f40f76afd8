import type { AuthorizationLink, LinkState } from './authorization-link';
import {
  beginRenewal,
  completeRenewal,
  createLink,
  expireLink,
  failRenewal,
  linkStateAt,
  recordConsoleUrl,
  regenerateLink,
  renewSoon,
  revokeLink,
} from './authorization-link.decide';

const NOW = new Date('2026-03-02T09:00:00.000Z');
const DAY_MS = 86_400_000;
const after = (ms: number): Date => new Date(NOW.getTime() + ms);
const WECOM_URL = 'https://open.work.weixin.qq.com/3rdapp/install?id=1';

const command = { id: 'link-1', publisherId: 'publisher-1', templateIds: ['template-1'], stateParameter: 'abc123' };
const pending = createLink({ ...command, kind: 'TEMPLATE_QR', renews: true }, NOW);
const inState = (state: LinkState): AuthorizationLink => ({
  ...pending,
  state,
  url: state === 'PENDING' ? null : WECOM_URL,
  expiresAt: state === 'PENDING' ? null : after(DAY_MS),
});

// domain.md §3: ACTIVE → EXPIRED | REVOKED, renewed.
const RENEW: Record<LinkState, LinkState | null> = {
  PENDING: 'ACTIVE',
  ACTIVE: 'ACTIVE',
  EXPIRED: 'ACTIVE',
  REVOKED: null,
};
const CONSOLE: Record<LinkState, LinkState | null> = { ...RENEW };
const REVOKE: Record<LinkState, LinkState | null> = {
  PENDING: 'REVOKED',
  ACTIVE: 'REVOKED',
  EXPIRED: 'REVOKED',
  REVOKED: null,
};
const EXPIRE: Record<LinkState, LinkState> = {
  PENDING: 'PENDING',
  ACTIVE: 'EXPIRED',
  EXPIRED: 'EXPIRED',
  REVOKED: 'REVOKED',
};
const pairs = <T>(table: Record<LinkState, T>): [LinkState, T][] => Object.entries(table) as [LinkState, T][];

describe('every state and action', () => {
  it.each(pairs(RENEW))('%s renewed is %s', (state, expected) => {
    const intent = beginRenewal(inState(state), NOW);
    const answer = { url: WECOM_URL, expiresInSec: 864_000, askedAt: NOW };
    expect(intent && completeRenewal(intent, answer, NOW).state).toBe(expected);
  });

  it.each(pairs(CONSOLE))('%s with the console’s URL is %s', (state, expected) => {
    const result = recordConsoleUrl(inState(state), { url: WECOM_URL, requireHttps: true }, NOW);
    expect(result.ok ? result.value.next.state : null).toBe(expected);
  });

  it.each(pairs(REVOKE))('%s revoked is %s', (state, expected) => {
    const result = revokeLink(inState(state), NOW);
    expect(result.ok ? result.value.state : null).toBe(expected);
  });

  it.each(pairs(EXPIRE))('%s whose time has passed is %s', (state, expected) => {
    expect(linkStateAt({ ...inState(state), expiresAt: NOW }, NOW)).toBe(expected);
    expect(linkStateAt({ ...inState(state), expiresAt: after(1) }, NOW)).toBe(state);
  });
});

describe('renewal', () => {
  it('is due nine days after a URL of ten days', () => {
    const done = completeRenewal(pending, { url: WECOM_URL, expiresInSec: 864_000, askedAt: NOW }, after(500));
    expect(done).toMatchObject({ expiresAt: after(10 * DAY_MS), nextAttemptAt: after(9 * DAY_MS), attempts: 0 });
    expect(beginRenewal(done, after(9 * DAY_MS - 1))).toBeNull();
    expect(beginRenewal(done, after(9 * DAY_MS))?.attempts).toBe(1);
  });

  it('keeps the state parameter', () => {
    const done = completeRenewal(pending, { url: WECOM_URL, expiresInSec: 864_000, askedAt: NOW }, NOW);
    expect(done.stateParameter).toBe('abc123');
  });

  it('holds back others while WeCom is being asked, and lets them go on when this process dies', () => {
    const intent = beginRenewal(pending, NOW);
    expect(intent && beginRenewal(intent, after(59_999))).toBeNull();
    expect(intent && beginRenewal(intent, after(60_000))).not.toBeNull();
  });

  it('waits longer after each failure, half an hour at most, and leaves the URL', () => {
    const error = { zh: '未上线', en: 'not online' };
    const active = inState('ACTIVE');
    const waits = [1, 2, 3, 20].map((attempts) => failRenewal({ ...active, attempts }, error, NOW).nextAttemptAt);
    expect(waits).toEqual([after(10_000), after(20_000), after(40_000), after(1_800_000)]);
    expect(failRenewal(active, error, NOW)).toMatchObject({ state: 'ACTIVE', url: WECOM_URL, lastError: error });
  });

  it('does not count as a change that a person has to see, unless it worked', () => {
    const intent = beginRenewal(pending, NOW)!;
    expect(failRenewal(intent, { zh: '错误', en: 'wrong' }, NOW).edition).toBe(pending.edition);
    const answer = { url: WECOM_URL, expiresInSec: 864_000, askedAt: NOW };
    expect(completeRenewal(intent, answer, NOW).edition).toBe(pending.edition + 1);
  });

  it.each([
    ['a link that waits', { ...pending, nextAttemptAt: after(60_000) }, true],
    ['one that failed', { ...inState('ACTIVE'), nextAttemptAt: after(60_000), lastError: { zh: '', en: '' } }, true],
    ['one that works', { ...inState('ACTIVE'), nextAttemptAt: after(60_000) }, false],
    ['one of the console', { ...inState('ACTIVE'), nextAttemptAt: null }, false],
  ])('is brought forward for %s: %s', (_name, link, isSooner) => {
    expect(renewSoon(link as AuthorizationLink, NOW)?.nextAttemptAt ?? null).toEqual(isSooner ? NOW : null);
  });
});

describe('recordConsoleUrl', () => {
  it.each([
    [WECOM_URL, [], []],
    ['https://example.com/x', [], ['URL_HOST']],
    ['https://weixin.qq.com.example.com/', [], ['URL_HOST']],
    ['http://open.work.weixin.qq.com/x', ['URL_HTTPS'], []],
    ['javascript:alert(1)', ['URL_FORMAT'], []],
    ['https://user:word@open.work.weixin.qq.com/', ['URL_FORMAT'], []],
    ['no url', ['URL_FORMAT'], []],
    [`https://open.work.weixin.qq.com/${'x'.repeat(2000)}`, ['URL_LENGTH'], []],
  ])('judges %s', (url, errors, warnings) => {
    const result = recordConsoleUrl(pending, { url, requireHttps: true }, NOW);
    const codes = (list: readonly { code: string }[] = []) => list.map(({ code }) => code);
    expect(result.ok ? [] : codes(result.error.violations)).toEqual(errors);
    expect(result.ok ? codes(result.value.warnings) : []).toEqual(warnings);
  });

  it('takes plain http only where https is not required', () => {
    const url = 'http://127.0.0.1:4100/x';
    expect(recordConsoleUrl(pending, { url, requireHttps: false }, NOW).ok).toBe(true);
  });

  it('ends the renewals', () => {
    const result = recordConsoleUrl(inState('ACTIVE'), { url: WECOM_URL, requireHttps: true }, NOW);
    expect(result.ok && result.value.next).toMatchObject({ source: 'CONSOLE', expiresAt: null, nextAttemptAt: null });
  });
});

describe('a link that is not renewed', () => {
  const batch = { ...command, templateIds: ['template-1', 'template-2'] };
  const waiting = createLink({ ...batch, kind: 'BATCH_QR', renews: false }, NOW);
  const answer = { url: WECOM_URL, expiresInSec: 864_000, askedAt: NOW };
  const active = completeRenewal(beginRenewal(waiting, NOW)!, answer, NOW);

  it('is due when its ten days are over, and expires then without asking WeCom', () => {
    expect(active).toMatchObject({ state: 'ACTIVE', nextAttemptAt: after(10 * DAY_MS) });
    expect(expireLink(active, after(10 * DAY_MS - 1))).toBeNull();
    expect(expireLink(active, after(10 * DAY_MS))).toMatchObject({ state: 'EXPIRED', nextAttemptAt: null, url: WECOM_URL });
    expect(expireLink({ ...active, renews: true }, after(10 * DAY_MS))).toBeNull();
  });

  it('takes no URL of the console, which would not expire', () => {
    const result = recordConsoleUrl(active, { url: WECOM_URL, requireHttps: true }, NOW);
    expect(result.ok ? null : result.error.code).toBe('INVALID_STATE');
  });
});

describe('regenerateLink', () => {
  // domain.md §3: 10 days, then regenerated.
  it.each([
    ['PENDING', 'ok'],
    ['ACTIVE', 'ok'],
    ['EXPIRED', 'ok'],
    ['REVOKED', 'INVALID_STATE'],
  ] as const)('of %s: %s', (state, outcome) => {
    const result = regenerateLink({ ...inState(state), nextAttemptAt: null }, NOW);
    expect(result.ok ? 'ok' : result.error.code).toBe(outcome);
    expect(result.ok ? beginRenewal(result.value, NOW) : null).toEqual(
      outcome === 'ok' ? expect.objectContaining({ stateParameter: 'abc123', attempts: 1 }) : null,
    );
  });

  it('is refused where the URL is that of the console', () => {
    const result = regenerateLink({ ...inState('ACTIVE'), source: 'CONSOLE' }, NOW);
    expect(result.ok ? null : result.error.code).toBe('INVALID_STATE');
  });
});
