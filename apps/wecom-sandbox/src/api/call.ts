import type { Sandbox } from '../sandbox';
import { fail, type Errcode } from '../rules/wecom-error';
import { isAddressAllowed } from '../rules/limits';
import { generate } from '../store/generate';
import type { AccessToken, Installation, Provider, Template, TokenKind } from '../store/types';

/** One call as it came in: parameters of the URL, the JSON body, the caller's address. */
export interface ApiCall {
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly ip: string;
}

export interface ApiDefinition {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** Token endpoints have a tighter frequency limit. */
  readonly issuesToken?: boolean;
  /** WeCom leaves errcode and errmsg away on success. */
  readonly bareSuccess?: boolean;
  /** Who calls, for counting and faults; read from the call without judging it. */
  subject(sandbox: Sandbox, call: ApiCall): string;
  answer(sandbox: Sandbox, call: ApiCall): Record<string, unknown>;
}

/** A text parameter; its absence has a code of its own. */
export const textOf = (value: unknown, missing: Errcode): string => {
  if (value === undefined || value === null || value === '') {
    return fail(missing);
  }
  return typeof value === 'string' ? value : fail(40058);
};

export const requireAddress = (provider: Provider, ip: string): void => {
  if (!isAddressAllowed(provider.ipWhitelist, ip)) {
    fail(60020);
  }
};

/** A list of the app's own counts in place of the provider's. */
export const requireAppAddress = (sandbox: Sandbox, app: Installation, ip: string): void => {
  const own = app.ipWhitelist ?? [];
  if (own.length === 0) {
    requireAddress(sandbox.store.providers.get(app.providerId)!, ip);
  } else if (!isAddressAllowed(own, ip)) {
    fail(60020);
  }
};

/** The same token as long as it is valid, else a new one. */
export const tokenFor = (sandbox: Sandbox, kind: TokenKind, ownerId: string): { token: string; expiresIn: number } => {
  const nowMs = sandbox.nowMs();
  const { store } = sandbox;
  const valid = store.tokens.find({ ownerId, kind, revoked: false }).find((token) => token.expiresAt > nowMs);
  const current =
    valid ??
    store.tokens.put({
      id: sandbox.keepSecret(`${kind}_access_token`, ownerId, generate.token()),
      kind,
      ownerId,
      expiresAt: nowMs + sandbox.limits().tokenLifeMs,
      revoked: false,
    });
  return { token: current.id, expiresIn: Math.max(1, Math.floor((current.expiresAt - nowMs) / 1000)) };
};

const CODES: Record<TokenKind, { parameter: string; missing: Errcode; invalid: Errcode; expired: Errcode }> = {
  provider: { parameter: 'provider_access_token', missing: 41001, invalid: 40014, expired: 42001 },
  suite: { parameter: 'suite_access_token', missing: 41022, invalid: 40082, expired: 42009 },
  app: { parameter: 'access_token', missing: 41001, invalid: 40014, expired: 42001 },
};

/** The token of the URL; a token of another kind is as wrong as an unknown one. */
const requireToken = (sandbox: Sandbox, call: ApiCall, kind: TokenKind): AccessToken => {
  const codes = CODES[kind];
  const token = sandbox.store.tokens.get(textOf(call.query[codes.parameter], codes.missing));
  if (token === undefined || token.kind !== kind || token.revoked) {
    return fail(codes.invalid);
  }
  return token.expiresAt > sandbox.nowMs() ? token : fail(codes.expired);
};

export const requireProvider = (sandbox: Sandbox, call: ApiCall): Provider => {
  const provider = sandbox.store.providers.get(requireToken(sandbox, call, 'provider').ownerId)!;
  requireAddress(provider, call.ip);
  return provider;
};

export const requireSuite = (sandbox: Sandbox, call: ApiCall): Template => {
  const template = sandbox.store.templates.get(requireToken(sandbox, call, 'suite').ownerId)!;
  requireAddress(sandbox.store.providers.get(template.providerId)!, call.ip);
  return template;
};

/** The app whose token it is: still authorized and not disabled. */
export const requireApp = (sandbox: Sandbox, call: ApiCall): Installation => {
  const app = sandbox.store.installations.get(requireToken(sandbox, call, 'app').ownerId)!;
  requireAppAddress(sandbox, app, call.ip);
  if (app.cancelledAt !== undefined) {
    fail(48004);
  }
  return app.closed ? fail(50003) : app;
};

/** Whose token it is, without any check. */
export const ownerOfToken = (sandbox: Sandbox, call: ApiCall, kind: TokenKind): string => {
  const token = sandbox.store.tokens.get(call.query[CODES[kind].parameter] ?? '');
  if (token === undefined) {
    return '';
  }
  return token.kind === 'app' ? (sandbox.store.installations.get(token.ownerId)?.suiteId ?? '') : token.ownerId;
};
