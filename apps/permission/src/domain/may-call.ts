import { text, type LocalizedText } from '@daikaifa/kernel';
import { BASIC_PERMISSIONS } from './basic-permissions';
import { CUSTOM_PERMISSION_GROUPS } from './custom-permissions';
import { inEffect } from './expiry';
import { findPermission, isBasic } from './permission-catalogue';
import type { PermissionSet } from './permission-set';

export const MAY_CALL_REASONS = {
  BASIC: text('基础权限', 'Comes with the authorization'),
  GRANTED: text('企业已确认该权限', 'The corp has confirmed it'),
  NOT_GRANTED: text('企业未确认该权限', 'The corp has not confirmed it'),
  NOT_OBSERVED: text('尚未读取到该应用的权限', "The app's permissions were never read"),
  CANCELLED: text('企业已取消授权', 'The corp has cancelled its authorization'),
  BY_PERSON_ONLY: text('该权限没有代码，无法由系统判断', 'This permission has no code: no machine can tell'),
  UNKNOWN: text('权限目录中没有此接口', 'The catalogue does not know this API'),
} as const satisfies Record<string, LocalizedText>;
export type MayCallReason = keyof typeof MAY_CALL_REASONS;

export interface MayCall {
  readonly allowed: boolean;
  readonly reason: MayCallReason;
  /** Permissions of which any one would do. */
  readonly needs: readonly string[];
  /** When WeCom was read; null: never. */
  readonly readAt: Date | null;
}

/** The part of a set that decides. */
export type AnswerableSet = Pick<PermissionSet, 'id' | 'publisherId' | 'status' | 'effective'>;

interface Opening {
  readonly pattern: string;
  readonly id: string;
}

const OPENINGS: readonly Opening[] = [
  ...BASIC_PERMISSIONS,
  ...CUSTOM_PERMISSION_GROUPS.flatMap(({ permissions }) => permissions),
].flatMap(({ id, apis }) => apis.map((pattern) => ({ pattern, id })));

const prefixOf = (pattern: string): string | null => (pattern.endsWith('*') ? pattern.slice(0, -1) : null);

const EXACT: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(Object.groupBy(OPENINGS, ({ pattern }) => pattern)).map(([pattern, all]) => [
    pattern,
    [...new Set((all ?? []).map(({ id }) => id))],
  ]),
);
/** The longest first: the most specific one decides. */
const PREFIXES = [...EXACT]
  .flatMap(([pattern, ids]) => {
    const prefix = prefixOf(pattern);
    return prefix === null ? [] : [{ prefix, ids }];
  })
  .sort((one, other) => other.prefix.length - one.prefix.length);

/** As it stands after /cgi-bin/, however it was written. */
const apiOf = (name: string): string => name.trim().replace(/^\/+/, '').replace(/^cgi-bin\//, '').replace(/\?.*$/, '');

/** Ids of the permissions that open an API: any one of them does. Empty: not known. */
export const permissionsOfApi = (name: string): readonly string[] => {
  const api = apiOf(name);
  if (api.endsWith('*')) {
    return [];
  }
  return EXACT.get(api) ?? PREFIXES.find(({ prefix }) => api.startsWith(prefix) && api !== prefix)?.ids ?? [];
};

const isCode = (name: string): boolean => name.includes(':');

const isCodeless = (id: string): boolean => findPermission(id)?.code === null;

const reasonOf = (
  { status, effective }: AnswerableSet,
  needs: readonly string[],
  now: Date,
): MayCallReason => {
  if (status === 'CANCELLED') {
    return 'CANCELLED';
  }
  if (needs.length === 0) {
    return 'UNKNOWN';
  }
  if (needs.some(isBasic)) {
    return 'BASIC';
  }
  if (needs.every(isCodeless)) {
    return 'BY_PERSON_ONLY';
  }
  if (effective === null) {
    return 'NOT_OBSERVED';
  }
  const { codes } = inEffect(effective, now);
  return needs.some((id) => codes.includes(id)) ? 'GRANTED' : 'NOT_GRANTED';
};

/**
 * Whether an app may call an API now, or has a permission now, from what the corp was last seen to have granted. What
 * ends by itself has ended to the second, whether or not the sweep was there.
 * @param name path under /cgi-bin, or a permission code
 */
export const mayCall = (set: AnswerableSet, name: string, now: Date): MayCall => {
  const needs = isCode(name) ? [name.trim()] : permissionsOfApi(name);
  const reason = reasonOf(set, needs, now);
  return { allowed: reason === 'BASIC' || reason === 'GRANTED', reason, needs, readAt: set.effective?.readAt ?? null };
};
