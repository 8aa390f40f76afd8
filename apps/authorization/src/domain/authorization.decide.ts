import type { Decision, Fact } from '@daikaifa/kernel';
import {
  lastEpoch,
  liveEpoch,
  type Authorization,
  type AuthorizationEnvironment,
  type CorpFacts,
  type EnvironmentBasis,
  type Epoch,
  type Observation,
  type Observed,
  type Reading,
} from './authorization';
import { afterRead, isLaunchSeen, NO_READ, readNow } from './reread.decide';

const GRANTED: Fact = { type: 'authorization.granted' };
const OBSERVED: Fact = { type: 'authorization.observed' };
const ROTATED: Fact = { type: 'authorization.rotated' };
const CANCELLED: Fact = { type: 'authorization.cancelled' };

const SUSPICION_MS = 3000;

const NOTHING_OBSERVED: Observation = { agent: null, permissions: null, expiries: null, publishStatus: null, scope: null };

/** The applied answer of an exchange. */
export interface Grant {
  readonly exchangeId: string;
  readonly sealedPermanentCode: string;
  readonly causedAt: Date;
  readonly linkState: string | null;
  readonly environment: AuthorizationEnvironment;
  readonly environmentBasis: Exclude<EnvironmentBasis, 'PERSON'>;
  readonly corpName: string;
}

/** What is known of the stored credentials when a new code arrives while an epoch is live. */
export type OldCredentials = 'WORK' | 'CANCELLED';

const openEpoch = (epoch: number, grant: Grant, now: Date): Epoch => ({
  epoch,
  status: 'ACTIVE',
  grantedAt: now,
  cancelledAt: null,
  enabled: true,
  disabledReason: null,
  mode: 'ADMIN',
  environment: grant.environment,
  environmentBasis: grant.environmentBasis,
  environmentMark: null,
  linkState: grant.linkState,
  credentialsCausedAt: grant.causedAt,
  sealedPermanentCode: grant.sealedPermanentCode,
  replacedPermanentCode: null,
  exchangeIds: [grant.exchangeId],
  suspectSince: null,
  destroyed: null,
  observation: NOTHING_OBSERVED,
});

/** All that the exchange tells of a corp; the first read completes it. */
const corpNamed = (name: string): CorpFacts => ({ name, fullName: null, type: null, industry: null, scale: null });

const closeEpoch = (epoch: Epoch, corp: CorpFacts | null, cancelledAt: Date): Epoch => ({
  ...epoch,
  status: 'CANCELLED',
  cancelledAt,
  enabled: false,
  disabledReason: null,
  sealedPermanentCode: null,
  replacedPermanentCode: null,
  suspectSince: null,
  destroyed: {
    permanentCodes: [epoch.sealedPermanentCode, epoch.replacedPermanentCode].filter((code) => code !== null).length,
    corps: corp === null ? 0 : 1,
  },
});

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);

/** Whether the answer of this exchange was taken in already. */
export const hasTakenIn = (authorization: Authorization, exchangeId: string): boolean =>
  authorization.epochs.some((epoch) => epoch.exchangeIds.includes(exchangeId));

/** The first grant of a corp to a template. */
export const grantFirst = (
  identity: Pick<Authorization, 'id' | 'publisherId' | 'templateId' | 'suiteId' | 'corpId'>,
  grant: Grant,
  now: Date,
): Decision<Authorization> => ({
  next: {
    ...identity,
    version: 0,
    createdAt: now,
    updatedAt: now,
    corp: corpNamed(grant.corpName),
    epochs: [openEpoch(1, grant, now)],
    reread: readNow(now),
    lastReadAt: null,
    lastChangeSeenAt: null,
  },
  facts: [GRANTED],
});

const withLastEpoch = (authorization: Authorization, epoch: Epoch): readonly Epoch[] => [
  ...authorization.epochs.slice(0, -1),
  epoch,
];

const rotate = (authorization: Authorization, live: Epoch, grant: Grant, now: Date): Decision<Authorization> | null =>
  // An answer that turns up late never replaces the credentials of a later event.
  grant.causedAt < live.credentialsCausedAt
    ? null
    : {
        next: {
          ...authorization,
          corp: { ...(authorization.corp ?? corpNamed('')), name: grant.corpName },
          epochs: withLastEpoch(authorization, {
            ...live,
            sealedPermanentCode: grant.sealedPermanentCode,
            // Of two replaced ones the one that is known to have worked.
            replacedPermanentCode: live.replacedPermanentCode ?? live.sealedPermanentCode,
            credentialsCausedAt: grant.causedAt,
            exchangeIds: [...live.exchangeIds, grant.exchangeId],
            suspectSince: null,
            linkState: grant.linkState ?? live.linkState,
          }),
          reread: readNow(now, authorization.reread.launch),
          updatedAt: now,
        },
        facts: [ROTATED],
      };

/**
 * A further code for a corp that is already known.
 * After a cancellation it opens the next epoch; while an epoch is live, `old` decides: credentials that WeCom no longer
 * takes belong to a cancelled epoch whose event has not come, so that one is closed and the next opened.
 * @returns null when an older event's answer arrives after a newer one's
 */
export const grantAgain = (
  authorization: Authorization,
  grant: Grant,
  old: OldCredentials,
  now: Date,
): Decision<Authorization> | null => {
  const live = liveEpoch(authorization);
  if (live !== null && old === 'WORK') {
    return rotate(authorization, live, grant, now);
  }
  if (live !== null && grant.causedAt < live.credentialsCausedAt) {
    return null;
  }
  const last = lastEpoch(authorization);
  const before = live === null ? authorization.epochs : withLastEpoch(authorization, closeEpoch(live, authorization.corp, now));
  return {
    next: {
      ...authorization,
      corp: corpNamed(grant.corpName),
      epochs: [...before, openEpoch(last.epoch + 1, grant, now)],
      reread: readNow(now),
      updatedAt: now,
    },
    facts: live === null ? [GRANTED] : [CANCELLED, GRANTED],
  };
};

/**
 * Closes the live epoch and destroys its secrets; the corp's data go with it.
 * @param asked the epoch and the credentials that WeCom was asked about: what it said of older ones says nothing
 * @returns null when they are not those of the live epoch (any more)
 */
export const cancelEpoch = (
  authorization: Authorization,
  asked: CheckedCredentials,
  at: Date,
  now: Date,
): Decision<Authorization> | null => {
  const live = liveEpoch(authorization);
  return live === null || !isSame(live, asked)
    ? null
    : {
        next: {
          ...authorization,
          corp: null,
          epochs: withLastEpoch(authorization, closeEpoch(live, authorization.corp, at)),
          reread: NO_READ,
          lastChangeSeenAt: now,
          updatedAt: now,
        },
        facts: [CANCELLED],
      };
};

/** Which secret WeCom was asked about. */
export interface CheckedCredentials {
  readonly epoch: number;
  readonly sealedPermanentCode: string | null;
}

const isSame = (live: Epoch, asked: CheckedCredentials): boolean =>
  live.epoch === asked.epoch && live.sealedPermanentCode === asked.sealedPermanentCode;

/**
 * WeCom refused the stored secret and no cancel_auth says why. Once is a suspicion; a second time, at least three
 * seconds later, it is a cancellation.
 */
export const suspectCancelled = (
  authorization: Authorization,
  asked: CheckedCredentials,
  now: Date,
): Decision<Authorization> | null => {
  const live = liveEpoch(authorization);
  if (live === null || !isSame(live, asked)) {
    return null;
  }
  if (live.suspectSince !== null && after(live.suspectSince, SUSPICION_MS) <= now) {
    return cancelEpoch(authorization, asked, now, now);
  }
  const suspectSince = live.suspectSince ?? now;
  return {
    next: {
      ...authorization,
      epochs: withLastEpoch(authorization, { ...live, suspectSince }),
      reread: readNow(after(suspectSince, SUSPICION_MS), authorization.reread.launch),
      updatedAt: now,
    },
    facts: [],
  };
};

const newer = <Value>(
  previous: Observed<Value> | null,
  value: Value | undefined,
  readBeganAt: Date,
): Observed<Value> | null =>
  value === undefined || (previous !== null && previous.readAt >= readBeganAt)
    ? previous
    : { value, readAt: readBeganAt };

const sameContent = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

const contentOf = (epoch: Epoch): unknown => ({
  enabled: epoch.enabled,
  disabledReason: epoch.disabledReason,
  mode: epoch.mode,
  agent: epoch.observation.agent?.value,
  permissions: epoch.observation.permissions?.value,
  // None were looked for in what was read before there were any.
  expiries: epoch.observation.expiries?.value ?? [],
  publishStatus: epoch.observation.publishStatus?.value,
  scope: epoch.observation.scope?.value,
});

/** Which epoch was read with which secret, when the read began, and when the next one comes by itself. */
export interface BegunRead {
  readonly epoch: number;
  /** Sealed, as stored: WeCom has taken it. */
  readonly acceptedCode: string;
  readonly beganAt: Date;
  readonly routineAt: Date;
}

const applyReading = (live: Epoch, reading: Reading, { acceptedCode, beganAt: readBeganAt }: BegunRead): Epoch => {
  const { observation } = live;
  const enabled = reading.enabled ?? live.enabled;
  const disabledReason = reading.disabledReason ?? live.disabledReason ?? 'BY_CORP';
  return {
    ...live,
    // What was read was read with a stored secret.
    suspectSince: null,
    replacedPermanentCode: acceptedCode === live.sealedPermanentCode ? null : live.replacedPermanentCode,
    enabled,
    disabledReason: enabled ? null : disabledReason,
    mode: reading.mode ?? live.mode,
    observation: {
      agent: newer(observation.agent, reading.agent, readBeganAt),
      permissions: newer(
        observation.permissions,
        reading.permissions === undefined ? undefined : [...reading.permissions].sort(),
        readBeganAt,
      ),
      expiries: newer(
        observation.expiries,
        reading.expiries?.toSorted((one, other) => one.code.localeCompare(other.code)),
        readBeganAt,
      ),
      publishStatus: newer(observation.publishStatus, reading.publishStatus, readBeganAt),
      scope: newer(observation.scope, reading.scope, readBeganAt),
    },
  };
};

/** A read that was overtaken by a later one: the lock that keeps reads apart may have run out. */
const isOvertaken = (live: Epoch, { beganAt }: BegunRead): boolean =>
  live.observation.scope !== null && live.observation.scope.readAt > beganAt;

/**
 * Takes in what a re-read of the epoch saw.
 * @param reading parts that were stored by a read that began later stay as they are
 * @returns null when the epoch is not live any more, or a later read was faster; without facts when nothing changed
 */
export const observe = (
  authorization: Authorization,
  read: BegunRead,
  reading: Reading,
  now: Date,
): Decision<Authorization> | null => {
  const live = liveEpoch(authorization);
  if (live === null || live.epoch !== read.epoch || isOvertaken(live, read)) {
    return null;
  }
  const observed = applyReading(live, reading, read);
  const isSeen = isLaunchSeen(authorization.reread, observed);
  const { beganAt, routineAt } = read;
  const isPartial = reading.isPartial === true;
  const isChanged = !sameContent(contentOf(live), contentOf(observed));
  const ended = { beganAt, routineAt, isPartial, isLaunchSeen: isSeen };
  return {
    next: {
      ...authorization,
      corp: reading.corp ?? authorization.corp,
      epochs: withLastEpoch(authorization, observed),
      reread: afterRead(authorization.reread, ended, now),
      lastReadAt: isPartial ? authorization.lastReadAt : beganAt,
      lastChangeSeenAt: isChanged ? beganAt : authorization.lastChangeSeenAt,
      updatedAt: now,
    },
    // The launch is confirmed by when the status was read, also where the status itself is the one of before.
    facts: isSeen || isChanged ? [OBSERVED] : [],
  };
};
