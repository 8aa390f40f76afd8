import type { EffectiveChange, EffectiveSet, PermissionExpiry, PermissionSet } from './permission-set';
import { differenceOf } from './code-sets';
import { withChange, type PermissionSetDecision } from './request-steps';

const isOver =
  (now: Date) =>
  ({ expiresAt }: PermissionExpiry): boolean =>
    expiresAt <= now;

/** What of a set works at a time. WeCom names the end of some permissions (expire_time); no event tells that it came. */
export const inEffect = (effective: EffectiveSet, now: Date): EffectiveSet => {
  const over = new Set(effective.expiries.filter(isOver(now)).map(({ code }) => code));
  const codes = effective.codes.filter((code) => !over.has(code));
  return { ...effective, codes, expiries: effective.expiries.filter(({ code }) => codes.includes(code)) };
};

/** When the first of what works ends; null: nothing does. */
export const nextExpiryOf = ({ status, effective }: Pick<PermissionSet, 'status' | 'effective'>): Date | null =>
  status === 'CANCELLED' || effective === null
    ? null
    : effective.expiries.reduce<Date | null>(
        (first, { expiresAt }) => (first === null || expiresAt < first ? expiresAt : first),
        null,
      );

/**
 * Takes away what has come to its end. Requests stay as they are: only a reading of WeCom answers them.
 * Null: nothing has ended.
 */
export const expirePermissions = (set: PermissionSet, now: Date): PermissionSetDecision | null => {
  const { effective, status } = set;
  const ended = effective?.expiries.filter(isOver(now)) ?? [];
  if (effective === null || status === 'CANCELLED' || ended.length === 0) {
    return null;
  }
  const left = inEffect(effective, now);
  const change: Omit<EffectiveChange, 'number'> = {
    cause: 'EXPIRY',
    requestId: null,
    ...differenceOf(effective.codes, left.codes),
    readAt: new Date(Math.max(...ended.map(({ expiresAt }) => expiresAt.getTime()))),
  };
  return {
    next: { ...withChange(set, change), effective: left, updatedAt: now },
    facts: [{ type: 'permission.effective-changed' }],
  };
};
