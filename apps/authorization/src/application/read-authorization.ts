import { createHash } from 'node:crypto';
import { isAppError, type Result } from '@daikaifa/kernel';
import type { Agent, AuthInfo, AuthorizedAgent, Permissions, WecomFault } from '@daikaifa/wecom-protocol';
import type { AgentFields, CorpFacts, DisabledReason, PermissionExpiry, Reading, ScopeSummary } from '../domain/authorization';
import type { Dependencies } from './ports';

const API_RIGHTS_WITHDRAWN = 48006;

type Parts = Pick<Dependencies, 'tokens' | 'wecom'>;

const orNull = (value: string): string | null => (value === '' ? null : value);

const corpFactsOf = ({ corp }: AuthInfo): CorpFacts => ({
  name: corp.name,
  fullName: orNull(corp.fullName),
  type: corp.verified ? 'verified' : 'unverified',
  industry: orNull(corp.industry),
  scale: orNull(corp.scale),
});

const sorted = <T extends string | number>(ids: readonly T[]): readonly string[] => ids.map(String).sort();

/** Counts for people, and a hash that tells whether anybody came or went; the ids themselves are not kept. */
const scopeOf = (privilege: NonNullable<AuthorizedAgent['privilege']>): ScopeSummary => {
  const users = sorted(privilege.allowUsers);
  const parties = sorted(privilege.allowParties);
  const tags = sorted(privilege.allowTags);
  const extra = [sorted(privilege.extraUsers), sorted(privilege.extraParties), sorted(privilege.extraTags)];
  return {
    users: users.length,
    parties: parties.length,
    tags: tags.length,
    hash: createHash('sha256').update(JSON.stringify([users, parties, tags, ...extra])).digest('hex'),
  };
};

const agentFieldsOf = (agent: Agent): AgentFields => ({
  agentId: agent.agentId,
  name: agent.name,
  description: agent.description,
  homeUrl: agent.homeUrl,
  redirectDomain: agent.redirectDomain,
  squareLogoUrl: agent.squareLogoUrl,
});

/** One part of the app itself. */
type Part<T> =
  | { readonly kind: 'READ'; readonly value: T }
  /** The corp or WeCom has stopped the app: nothing of it can be read, which is not an empty set. */
  | { readonly kind: 'DISABLED'; readonly reason: DisabledReason }
  /** `mayPass`: worth another try. */
  | { readonly kind: 'ABSENT'; readonly mayPass: boolean };

const disabledBy = (errcode: unknown): Part<never> => ({
  kind: 'DISABLED',
  reason: errcode === API_RIGHTS_WITHDRAWN ? 'INACTIVE' : 'BY_CORP',
});

const DISABLED_CLASSES: ReadonlySet<unknown> = new Set<WecomFault['classification']>([
  'APP_UNAVAILABLE',
  // get_auth_info has just taken this very secret, so 40001 can only mean that the app is stopped.
  'SECRET_REFUSED',
]);

const partOf = async <T>(ask: () => Promise<Result<T, WecomFault>>): Promise<Part<T>> => {
  try {
    const answer = await ask();
    if (answer.ok) {
      return { kind: 'READ', value: answer.value };
    }
    const { classification, errcode, retryable } = answer.error;
    return DISABLED_CLASSES.has(classification) ? disabledBy(errcode) : { kind: 'ABSENT', mayPass: retryable };
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    return DISABLED_CLASSES.has(error.details['classification'])
      ? disabledBy(error.details['errcode'])
      : { kind: 'ABSENT', mayPass: error.retryable };
  }
};

interface AppParts {
  readonly agent: Part<Agent>;
  readonly permissions: Part<Permissions>;
}

const readApp = async (
  { tokens, wecom }: Parts,
  authorizationId: string,
  agentId: number | undefined,
): Promise<AppParts> => {
  const agent: Part<Agent> =
    agentId === undefined
      ? { kind: 'ABSENT', mayPass: false }
      : await partOf(() =>
          tokens.withAppToken(authorizationId, (accessToken) => wecom.getAgent({ accessToken, agentId })),
        );
  if (agent.kind === 'DISABLED') {
    return { agent, permissions: { kind: 'ABSENT', mayPass: false } };
  }
  const permissions = await partOf(() =>
    tokens.withAppToken(authorizationId, (accessToken) => wecom.getPermissions({ accessToken })),
  );
  return { agent, permissions };
};

const enabledOf = ({ agent, permissions }: AppParts): Pick<Reading, 'enabled' | 'disabledReason'> => {
  const stopped = [agent, permissions].find((part) => part.kind === 'DISABLED');
  if (stopped?.kind === 'DISABLED') {
    return { enabled: false, disabledReason: stopped.reason };
  }
  return agent.kind === 'READ' ? { enabled: !agent.value.disabled } : {};
};

/**
 * Permissions that needed a second confirmation are listed in app_permissions_ext; whether in app_permissions as well is
 * not documented, so both are taken.
 */
const permissionReading = ({ permissions, expiring }: Permissions): Pick<Reading, 'permissions' | 'expiries'> => ({
  permissions: [...new Set([...permissions, ...expiring.map(({ permission }) => permission)])],
  expiries: expiring.flatMap(({ permission: code, expireTimeSec }): PermissionExpiry[] =>
    expireTimeSec === null ? [] : [{ code, expiresAt: new Date(expireTimeSec * 1000) }],
  ),
});

const appReading = (parts: AppParts): Reading => {
  const { agent, permissions } = parts;
  const status = agent.kind === 'READ' ? agent.value.customizedPublishStatus : null;
  return {
    ...enabledOf(parts),
    ...(agent.kind === 'READ' && { agent: agentFieldsOf(agent.value) }),
    ...(status !== null && { publishStatus: status }),
    ...(permissions.kind === 'READ' && permissionReading(permissions.value)),
    isPartial: [agent, permissions].some((part) => part.kind === 'ABSENT' && part.mayPass),
  };
};

/**
 * What WeCom tells of one authorization, each part present or absent. `info` is what get_auth_info has just answered;
 * then gettoken, agent/get and agent/get_permissions are asked, in this order.
 * @param asked.isReplaced `info` came for the secret before the current one: it is read again until the new one works
 * @throws AppError INVALID_STATE when the authorization was cancelled meanwhile, UNAVAILABLE
 */
export const readAuthorization = async (
  parts: Parts,
  asked: { readonly authorizationId: string; readonly info: AuthInfo; readonly isReplaced: boolean },
): Promise<Reading> => {
  const { authorizationId, info, isReplaced } = asked;
  const authorized = info.agents[0];
  if (!isReplaced) {
    // A refused gettoken is not repeated; but an app that was disabled may be back, and the secret was just accepted.
    await parts.tokens.allowAppTokenAgain(authorizationId);
  }
  const app = await readApp(parts, authorizationId, authorized?.agentId);
  const privilege = authorized?.privilege ?? null;
  const reading = appReading(app);
  return {
    corp: corpFactsOf(info),
    ...(authorized !== undefined && { mode: authorized.mode }),
    ...(privilege !== null && { scope: scopeOf(privilege) }),
    ...reading,
    isPartial: isReplaced || reading.isPartial === true,
  };
};
