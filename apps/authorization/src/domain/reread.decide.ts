import type { Decision } from '@daikaifa/kernel';
import { liveEpoch, type Authorization, type Epoch, type LaunchWatch, type RereadPlan } from './authorization';

const FOLLOW_UP_MS = 2000;
const DEBOUNCE_MS = 200;
const FIRST_BACKOFF_MS = 1000;
const FIRST_POLL_MS = 2000;
const LONGEST_BACKOFF_MS = 300_000;

/** customized_publish_status 已上线 */
const LAUNCHED = 2;

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);

const backoffMs = (firstMs: number, times: number): number => Math.min(firstMs * 2 ** times, LONGEST_BACKOFF_MS);

const earliest = (...dates: readonly (Date | null)[]): Date | null =>
  dates.reduce((one, other) => (one === null || (other !== null && other < one) ? other : one), null);

export const NO_READ: RereadPlan = { dueAt: null, followUpAt: null, failures: 0, launch: null };

/** Other credentials: everything is read with them at once. */
export const readNow = (now: Date, launch: LaunchWatch | null = null): RereadPlan => ({ ...NO_READ, dueAt: now, launch });

const replan = (
  authorization: Authorization,
  now: Date,
  change: (plan: RereadPlan, live: Epoch) => RereadPlan | null,
): Decision<Authorization> | null => {
  const live = liveEpoch(authorization);
  const reread = live && change(authorization.reread, live);
  return reread && { next: { ...authorization, reread, updatedAt: now }, facts: [] };
};

/**
 * change_auth: no diff, only a reason to read again soon, and once more two seconds after the last such event. WeCom's
 * event has the second it was sent in and nothing else of its own: a further change within the second looks like a re-send.
 */
export const planReread = (authorization: Authorization, now: Date): Decision<Authorization> | null =>
  replan(authorization, now, (plan) => ({
    ...plan,
    dueAt: earliest(plan.dueAt, after(now, DEBOUNCE_MS)),
    followUpAt: after(now, FOLLOW_UP_MS),
    failures: 0,
  }));

/**
 * Somebody asks for it: now, or at the given time at the latest. What is due already may be read just now, by a read that
 * began before anybody asked: it is due from now on, so that this read does not take the place of the one asked for.
 */
export const planRereadBy = (authorization: Authorization, by: Date, now: Date): Decision<Authorization> | null =>
  replan(authorization, now, (plan) => {
    const dueAt = earliest(plan.dueAt, by);
    return { ...plan, dueAt: dueAt === null || dueAt < now ? now : dueAt, failures: 0 };
  });

/** WeCom could not be asked: later, and later still each time. An event that came meanwhile keeps its own date. */
export const retryReread = (
  authorization: Authorization,
  readBeganAt: Date,
  now: Date,
): Decision<Authorization> | null =>
  replan(authorization, now, (plan) =>
    plan.dueAt === null || plan.dueAt > readBeganAt
      ? null
      : {
          ...plan,
          dueAt: after(now, backoffMs(FIRST_BACKOFF_MS, plan.failures)),
          failures: plan.failures + 1,
        },
  );

/**
 * A person has launched the app in WeCom's console, which tells nobody: its publish status is read on a back-off
 * schedule. The watch ends with the item, or with what it waits for; an item that is still LAUNCHING opens it again.
 */
export const expectLaunch = (
  authorization: Authorization,
  item: { readonly itemId: string; readonly epoch: number; readonly requestedAt: Date },
  now: Date,
): Decision<Authorization> | null =>
  replan(authorization, now, (plan, live) => {
    const { itemId, epoch, requestedAt } = item;
    const isWatched = plan.launch?.itemId === itemId && plan.launch.requestedAt >= requestedAt;
    return live.epoch !== epoch || isWatched
      ? null
      : { ...plan, dueAt: earliest(plan.dueAt, now), launch: { itemId, requestedAt, polls: 0 } };
  });

/** The item is not LAUNCHING any more. */
export const endLaunch = (authorization: Authorization, itemId: string, now: Date): Decision<Authorization> | null =>
  replan(authorization, now, (plan) => (plan.launch?.itemId === itemId ? { ...plan, launch: null } : null));

/** Whether the epoch shows what the plan waits for: online, and read after the launch was asked for. */
export const isLaunchSeen = ({ launch }: RereadPlan, { observation: { publishStatus } }: Epoch): boolean =>
  launch !== null &&
  publishStatus !== null &&
  publishStatus.value === LAUNCHED &&
  publishStatus.readAt > launch.requestedAt;

/** What a read came to, as far as the next one depends on it. */
export interface EndedRead {
  readonly beganAt: Date;
  /** When it is read again although nothing tells to: delivery of events is not guaranteed. */
  readonly routineAt: Date;
  /** A part could not be read for a reason that may pass. */
  readonly isPartial: boolean;
  readonly isLaunchSeen: boolean;
}

export const afterRead = (before: RereadPlan, read: EndedRead, now: Date): RereadPlan => {
  const plan = read.isLaunchSeen ? { ...before, launch: null } : before;
  // An event that came while WeCom was being read keeps its own due date.
  if (plan.dueAt !== null && plan.dueAt > read.beganAt) {
    return plan;
  }
  if (read.isPartial) {
    const dueAt = after(now, backoffMs(FIRST_BACKOFF_MS, plan.failures));
    return { ...plan, dueAt, failures: plan.failures + 1 };
  }
  const { launch } = plan;
  const followUpAt = plan.followUpAt !== null && plan.followUpAt > read.beganAt ? plan.followUpAt : null;
  const pollAt = launch && after(now, backoffMs(FIRST_POLL_MS, launch.polls));
  return {
    dueAt: earliest(followUpAt, pollAt, read.routineAt),
    // Kept until a read has begun after it: one that comes before, for another reason, does not take its place.
    followUpAt,
    failures: 0,
    launch: launch && { ...launch, polls: launch.polls + 1 },
  };
};
