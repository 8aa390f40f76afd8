import {
  err,
  inputRejection,
  ok,
  text,
  transition,
  type LocalizedText,
  type Rejection,
  type Result,
  type TransitionTable,
  type Violation,
} from '@daikaifa/kernel';
import type { AuthorizationLink, LinkState } from './authorization-link';

type LinkAction = 'RENEW' | 'RECORD_CONSOLE_URL' | 'EXPIRE' | 'REVOKE';

export const LINK_STATES = {
  PENDING: { RENEW: 'ACTIVE', RECORD_CONSOLE_URL: 'ACTIVE', REVOKE: 'REVOKED' },
  ACTIVE: { RENEW: 'ACTIVE', RECORD_CONSOLE_URL: 'ACTIVE', EXPIRE: 'EXPIRED', REVOKE: 'REVOKED' },
  EXPIRED: { RENEW: 'ACTIVE', RECORD_CONSOLE_URL: 'ACTIVE', REVOKE: 'REVOKED' },
  REVOKED: {},
} as const satisfies TransitionTable<LinkState, LinkAction>;

const step = (state: LinkState, action: LinkAction): LinkState | undefined =>
  transition<LinkState, LinkAction>(LINK_STATES, state, action);

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A tenth of the life is left for attempts: one day of WeCom's ten. */
const RENEW_AT_FRACTION = 0.9;
const FIRST_BACKOFF_MS = 10_000;
const LONGEST_BACKOFF_MS = 30 * MINUTE_MS;
/** Longer than a call may take: should this process die in it, another one goes on after this time. */
const ATTEMPT_LEASE_MS = MINUTE_MS;

export const createLink = (
  command: Pick<AuthorizationLink, 'id' | 'publisherId' | 'kind' | 'templateIds' | 'stateParameter' | 'renews'>,
  now: Date,
): AuthorizationLink => ({
  ...command,
  version: 0,
  createdAt: now,
  updatedAt: now,
  edition: 1,
  state: 'PENDING',
  source: 'API',
  url: null,
  expiresAt: null,
  attempts: 0,
  nextAttemptAt: now,
  lastError: null,
});

const expired = (link: AuthorizationLink, now: Date): AuthorizationLink => {
  const state = step(link.state, 'EXPIRE');
  return state !== undefined && link.expiresAt !== null && link.expiresAt <= now
    ? { ...link, state, edition: link.edition + 1 }
    : link;
};

/** The ten days of a link that is not renewed are over. Null: they are not, or it is renewed. */
export const expireLink = (link: AuthorizationLink, now: Date): AuthorizationLink | null => {
  const next = expired(link, now);
  return link.renews || next === link ? null : { ...next, attempts: 0, nextAttemptAt: null, updatedAt: now };
};

/**
 * Writes down that WeCom is about to be asked; the answer is saved over exactly this state.
 * Null: nothing is due.
 */
export const beginRenewal = (link: AuthorizationLink, now: Date): AuthorizationLink | null =>
  link.nextAttemptAt === null || link.nextAttemptAt > now || step(link.state, 'RENEW') === undefined
    ? null
    : {
        ...expired(link, now),
        attempts: link.attempts + 1,
        nextAttemptAt: new Date(now.getTime() + ATTEMPT_LEASE_MS),
        updatedAt: now,
      };

/** @param answer.askedAt WeCom counts the life from then at the latest */
export const completeRenewal = (
  link: AuthorizationLink,
  answer: { readonly url: string; readonly expiresInSec: number; readonly askedAt: Date },
  now: Date,
): AuthorizationLink => {
  const lifeMs = Math.min(answer.expiresInSec * 1000, 10 * DAY_MS);
  const untilNextMs = link.renews ? lifeMs * RENEW_AT_FRACTION : lifeMs;
  return {
    ...link,
    edition: link.edition + 1,
    state: step(link.state, 'RENEW') ?? link.state,
    source: 'API',
    url: answer.url,
    expiresAt: new Date(answer.askedAt.getTime() + lifeMs),
    attempts: 0,
    nextAttemptAt: new Date(answer.askedAt.getTime() + untilNextMs),
    lastError: null,
    updatedAt: now,
  };
};

const backoffMs = (attempts: number): number =>
  Math.min(FIRST_BACKOFF_MS * 2 ** Math.max(attempts - 1, 0), LONGEST_BACKOFF_MS);

/** The link stays as it is, says why, and is tried again. */
export const failRenewal = (link: AuthorizationLink, error: LocalizedText, now: Date): AuthorizationLink => ({
  ...link,
  lastError: error,
  nextAttemptAt: new Date(now.getTime() + backoffMs(link.attempts)),
  updatedAt: now,
});

/** Credentials were recorded: what waited for them is tried at once. Null: it waits for nothing. */
export const renewSoon = (link: AuthorizationLink, now: Date): AuthorizationLink | null =>
  link.nextAttemptAt === null || link.nextAttemptAt <= now || (link.state === 'ACTIVE' && link.lastError === null)
    ? null
    : { ...link, attempts: 0, nextAttemptAt: now, updatedAt: now };

const URL_MAX_LENGTH = 2000;
const WECOM_HOST = /(^|\.)(weixin\.qq\.com|wecom\.work)$/;

export interface ConsoleLinkAccepted {
  readonly next: AuthorizationLink;
  readonly warnings: readonly Violation[];
}

const parseUrl = (given: string): URL | null => {
  try {
    return new URL(given);
  } catch {
    return null;
  }
};

const urlViolations = (given: string, requireHttps: boolean): readonly Violation[] => {
  const shown = given.slice(0, 80);
  if (given.length > URL_MAX_LENGTH) {
    return [
      {
        field: 'url',
        code: 'URL_LENGTH',
        severity: 'ERROR',
        text: text(`不能超过 ${URL_MAX_LENGTH} 个字符`, `must not be longer than ${URL_MAX_LENGTH} characters`),
        limit: String(URL_MAX_LENGTH),
        given: shown,
      },
    ];
  }
  const url = parseUrl(given);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') {
    return [
      {
        field: 'url',
        code: 'URL_FORMAT',
        severity: 'ERROR',
        text: text('不是有效的网址', 'is not the address of a web page'),
        given: shown,
      },
    ];
  }
  return url.protocol === 'http:' && requireHttps
    ? [
        {
          field: 'url',
          code: 'URL_HTTPS',
          severity: 'ERROR',
          text: text('须以 https:// 开头', 'must begin with https://'),
          given: shown,
        },
      ]
    : [];
};

const hostWarnings = (given: string): readonly Violation[] => {
  const { hostname } = new URL(given);
  return WECOM_HOST.test(hostname)
    ? []
    : [
        {
          field: 'url',
          code: 'URL_HOST',
          severity: 'WARNING',
          text: text('域名不像企业微信的授权页面，请核对', 'the host does not look like one of WeCom: check it again'),
          given: hostname,
        },
      ];
};

const alreadyRevoked: Rejection = {
  code: 'INVALID_STATE',
  text: text('链接已停用', 'The link was revoked'),
};

const ofTemplateOnly: Rejection = {
  code: 'INVALID_STATE',
  text: text('仅模版授权二维码可使用控制台二维码', 'Only the QR code of one template can be that of the console'),
};

/** The content of the console's own QR code; it does not expire, so WeCom is not asked any more. */
export const recordConsoleUrl = (
  link: AuthorizationLink,
  command: { readonly url: string; readonly requireHttps: boolean },
  now: Date,
): Result<ConsoleLinkAccepted, Rejection> => {
  const violations = urlViolations(command.url, command.requireHttps);
  if (violations.length > 0) {
    return err(inputRejection(violations));
  }
  if (link.kind !== 'TEMPLATE_QR') {
    return err(ofTemplateOnly);
  }
  const state = step(link.state, 'RECORD_CONSOLE_URL');
  return state === undefined
    ? err(alreadyRevoked)
    : ok({
        next: {
          ...link,
          edition: link.edition + 1,
          state,
          source: 'CONSOLE',
          url: command.url,
          expiresAt: null,
          attempts: 0,
          nextAttemptAt: null,
          lastError: null,
          updatedAt: now,
        },
        warnings: hostWarnings(command.url),
      });
};

const doesNotExpire: Rejection = {
  code: 'INVALID_STATE',
  text: text('控制台二维码不会过期，无需重新生成', 'The QR code of the console does not expire'),
};

/** A person wants a new URL: now, with the same state, also after the ten days. */
export const regenerateLink = (link: AuthorizationLink, now: Date): Result<AuthorizationLink, Rejection> => {
  if (step(link.state, 'RENEW') === undefined) {
    return err(alreadyRevoked);
  }
  return link.source === 'CONSOLE'
    ? err(doesNotExpire)
    : ok({
        ...expired(link, now),
        edition: link.edition + 1,
        attempts: 0,
        nextAttemptAt: now,
        lastError: null,
        updatedAt: now,
      });
};

/** Final. WeCom's own URL lives until it expires; we only stop showing it. */
export const revokeLink = (link: AuthorizationLink, now: Date): Result<AuthorizationLink, Rejection> => {
  const state = step(link.state, 'REVOKE');
  return state === undefined
    ? err(alreadyRevoked)
    : ok({ ...link, edition: link.edition + 1, state, nextAttemptAt: null, updatedAt: now });
};

/** The state to show: a URL that has run out since the last write is EXPIRED already. */
export const linkStateAt = (link: AuthorizationLink, now: Date): LinkState => expired(link, now).state;
