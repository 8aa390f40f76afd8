import { err, ok, text, type Decision, type Rejection, type Result } from '@daikaifa/kernel';
import {
  appEndpointIdOf,
  ENDPOINT_CLOSED,
  ENDPOINT_MADE,
  ENDPOINT_PROBED,
  ENDPOINT_VERIFIED,
  endpointIdOf,
  endpointUrl,
  KEYS_ISSUED,
  type Endpoint,
  type EndpointFact,
  type SealedKeyPair,
} from './endpoint';
import { HEALTH_UNKNOWN, type HealthReason } from './health';

export interface EndpointDecision extends Decision<Endpoint> {
  readonly facts: readonly EndpointFact[];
}

const MINUTE_MS = 60_000;

/** How many idempotency keys are remembered; more rotations than that nobody does in a row. */
const ISSUES_KEPT = 50;
/** A verification that is repeated sooner (or replayed by somebody) changes nothing. */
const VERIFICATION_REPEAT_MS = MINUTE_MS;
/** An unhealthy endpoint is asked again sooner than a healthy one. */
const UNHEALTHY_PROBE_MS = MINUTE_MS;

const after = (at: Date, ms: number): Date => new Date(at.getTime() + ms);

const decided = (
  endpoint: Endpoint,
  changes: Partial<Endpoint>,
  now: Date,
  ...types: readonly EndpointFact['type'][]
): EndpointDecision => ({ next: { ...endpoint, ...changes, updatedAt: now }, facts: types.map((type) => ({ type })) });

/** What the owner of the subject said about it, as far as it matters here. */
interface Standing {
  /** In review or online. */
  readonly watched: boolean;
}

export interface TemplateStanding extends Standing {
  readonly templateId: string;
  readonly publisherId: string;
  readonly deleted: boolean;
}

export interface CorpAppStanding extends Standing {
  readonly corpAppId: string;
  readonly templateId: string;
  readonly publisherId: string;
  /** Null once the corp was erased. */
  readonly corpKey: string | null;
  /** Whether a revision says that the app has an endpoint of its own. */
  readonly wanted: boolean;
  readonly cancelled: boolean;
}

const make = (
  endpoint: Pick<Endpoint, 'id' | 'publisherId' | 'kind' | 'subject' | 'templateId' | 'corpKey' | 'watched'>,
  baseUrl: string,
  now: Date,
): EndpointDecision => ({
  next: {
    ...endpoint,
    version: 1,
    createdAt: now,
    updatedAt: now,
    url: endpointUrl(baseUrl, endpoint.kind, endpoint.id),
    current: null,
    next: null,
    previous: null,
    issues: [],
    verifiedAt: null,
    health: HEALTH_UNKNOWN,
    nextProbeAt: null,
    closedAt: null,
  },
  facts: [{ type: ENDPOINT_MADE }],
});

export const makeEndpoint = ({ templateId, publisherId, watched }: TemplateStanding, baseUrl: string, now: Date) =>
  make(
    {
      id: endpointIdOf(templateId),
      publisherId,
      kind: 'SUITE',
      subject: { kind: 'DELEGATED_TEMPLATE', id: templateId },
      templateId,
      corpKey: null,
      watched,
    },
    baseUrl,
    now,
  );

/** Null: the app shares the template's endpoint, or its corp has left. */
export const makeAppEndpoint = (app: CorpAppStanding, baseUrl: string, now: Date): EndpointDecision | null => {
  const { corpAppId, templateId, publisherId, corpKey, watched } = app;
  if (!app.wanted || app.cancelled || corpKey === null) {
    return null;
  }
  const subject = { kind: 'CORP_APP', id: corpAppId } as const;
  return make({ id: appEndpointIdOf(corpAppId), publisherId, kind: 'APP', subject, templateId, corpKey, watched }, baseUrl, now);
};

const close = (endpoint: Endpoint, previous: Endpoint['previous'], now: Date): EndpointDecision =>
  decided(
    endpoint,
    { current: null, next: null, previous, watched: false, nextProbeAt: null, closedAt: now },
    now,
    ENDPOINT_CLOSED,
  );

/** A new public base URL moves the endpoint; what WeCom's console holds is then for a person to change. */
const follow = (endpoint: Endpoint, { watched }: Standing, baseUrl: string, now: Date): EndpointDecision | null => {
  const url = endpointUrl(baseUrl, endpoint.kind, endpoint.id);
  const moved = url !== endpoint.url;
  if (!moved && watched === endpoint.watched) {
    return null;
  }
  const health = moved ? HEALTH_UNKNOWN : endpoint.health;
  const changes = { url, watched, health, nextProbeAt: watched ? now : null };
  return moved ? decided(endpoint, changes, now, ENDPOINT_MADE) : decided(endpoint, changes, now);
};

/**
 * Where the template stands now. A retired one keeps its endpoint: a late create_auth is still exchanged. One that is
 * deleted never had an authorization: its endpoint forgets its keys at once.
 */
export const followTemplate = (
  endpoint: Endpoint,
  template: TemplateStanding,
  baseUrl: string,
  now: Date,
): EndpointDecision | null => {
  if (endpoint.closedAt !== null) {
    return null;
  }
  return template.deleted ? close(endpoint, null, now) : follow(endpoint, template, baseUrl, now);
};

/**
 * Where the corp's app stands now. After a cancellation WeCom may still send what was under way, so the pair that its
 * console holds is kept for the grace time, and forgotten at the first look after it. An app that went back to the
 * template's endpoint keeps its own: WeCom's console may still hold it.
 */
export const followCorpApp = (
  endpoint: Endpoint,
  app: Pick<CorpAppStanding, 'cancelled' | 'watched'>,
  options: { readonly baseUrl: string; readonly graceMs: number },
  now: Date,
): EndpointDecision | null => {
  const { current, previous, closedAt } = endpoint;
  if (closedAt !== null) {
    return previous !== null && previous.acceptedUntil <= now ? decided(endpoint, { previous: null }, now) : null;
  }
  if (!app.cancelled) {
    return follow(endpoint, app, options.baseUrl, now);
  }
  return close(endpoint, current && { ...current, acceptedUntil: after(now, options.graceMs) }, now);
};

/**
 * Takes a new pair: before the first verification in place of the current one, after it as the next one.
 * `null`: the idempotency key was used before; its secrets are gone.
 */
export const issueKeys = (
  endpoint: Endpoint,
  command: { readonly pair: SealedKeyPair; readonly idempotencyKey: string },
  now: Date,
): Result<EndpointDecision | null, Rejection> => {
  if (endpoint.issues.includes(command.idempotencyKey)) {
    return ok(null);
  }
  if (endpoint.closedAt !== null) {
    return err({ code: 'INVALID_STATE', text: text('回调端点已关闭', 'The endpoint is closed') });
  }
  const issues = [...endpoint.issues, command.idempotencyKey].slice(-ISSUES_KEPT);
  const pairs =
    endpoint.verifiedAt === null
      ? { current: command.pair, next: null, health: HEALTH_UNKNOWN }
      : { next: command.pair };
  return ok(decided(endpoint, { ...pairs, issues }, now, KEYS_ISSUED));
};

const promote = (endpoint: Endpoint, pair: SealedKeyPair, graceMs: number, now: Date): EndpointDecision =>
  decided(
    endpoint,
    {
      current: pair,
      next: null,
      previous: endpoint.current && { ...endpoint.current, acceptedUntil: after(now, graceMs) },
      verifiedAt: now,
      nextProbeAt: now,
    },
    now,
    ENDPOINT_VERIFIED,
  );

/**
 * WeCom has used a pair: proof that its console holds it. A next pair becomes the current one. A signed event counts
 * as a verification too, because the report of the verification itself may have been lost with a process.
 */
export const keysUsed = (
  endpoint: Endpoint,
  use: { readonly pairId: string; readonly by: 'VERIFICATION' | 'EVENT'; readonly graceMs: number },
  now: Date,
): EndpointDecision | null => {
  if (endpoint.next?.id === use.pairId) {
    return promote(endpoint, endpoint.next, use.graceMs, now);
  }
  if (endpoint.current?.id !== use.pairId) {
    return null;
  }
  const { verifiedAt } = endpoint;
  const isRepeat = verifiedAt !== null && now.getTime() - verifiedAt.getTime() < VERIFICATION_REPEAT_MS;
  if (isRepeat || (verifiedAt !== null && use.by === 'EVENT')) {
    return null;
  }
  return decided(endpoint, { verifiedAt: now, nextProbeAt: now }, now, ENDPOINT_VERIFIED);
};

/** What the probe of the public address found. A result older than the stored one changes nothing. */
export const recordProbe = (
  endpoint: Endpoint,
  probe: { readonly reason: HealthReason | null; readonly checkedAt: Date; readonly everyMs: number },
  now: Date,
): EndpointDecision | null => {
  const { reason, checkedAt, everyMs } = probe;
  const { health } = endpoint;
  if (endpoint.closedAt !== null || (health.checkedAt !== null && health.checkedAt > checkedAt)) {
    return null;
  }
  const waitMs = reason === null ? everyMs : Math.min(everyMs, UNHEALTHY_PROBE_MS);
  return decided(
    endpoint,
    {
      health:
        reason === null ? { status: 'HEALTHY', reason, checkedAt } : { status: 'UNHEALTHY', reason, checkedAt },
      nextProbeAt: endpoint.watched ? after(now, waitMs) : null,
    },
    now,
    ENDPOINT_PROBED,
  );
};
