import { PERMISSION_GROUPS } from './permission-catalogue';

const NAMES: Readonly<Record<string, string>> = Object.assign({}, ...PERMISSION_GROUPS.map((group) => group.permissions));

export const isKnownPermission = (code: string): boolean => Object.hasOwn(NAMES, code);

/** Its Chinese name, or the bare code for one that the console does not know. */
export const permissionName = (code: string): string => (isKnownPermission(code) ? NAMES[code]! : code);

const ACQUISITION = 'externalcontact:customer_acquisition:';

/** 获客助手: its second confirmation and its end are events of their own. */
export const isCustomerAcquisition = (code: string): boolean => code.startsWith(ACQUISITION);

/** 获客助手 and 数据与智能专区 take effect only when the corp's admin confirms a second time. */
export const needsSecondConfirmation = (code: string): boolean =>
  isCustomerAcquisition(code) || code.startsWith('datazone:');

/** The one permission that a corp may grant until a date. */
export const EXPIRING_PERMISSION = `${ACQUISITION}conversion_data`;

interface GrantedPermissions {
  readonly permissions: readonly string[];
  /** Unix seconds until which EXPIRING_PERMISSION is granted; absent or 0: for good. */
  readonly conversionDataUntil?: number;
}

/** What is in effect now: a permission whose time is over is gone. */
export const effectivePermissions = (granted: GrantedPermissions, nowMs: number): readonly string[] => {
  const until = granted.conversionDataUntil ?? 0;
  return until === 0 || until * 1000 > nowMs
    ? granted.permissions
    : granted.permissions.filter((code) => code !== EXPIRING_PERMISSION);
};

const BASE_OF_ACQUISITION = `${ACQUISITION}base`;
const PARTS_OF_BASE = ['query_quota', 'link', 'customer'].map((part) => `${ACQUISITION}${part}`);

/** agent/get_permissions: the base code comes with any of its parts; who needed a second confirmation is listed again. */
export const permissionAnswer = (
  granted: GrantedPermissions,
  nowMs: number,
): { app_permissions: string[]; app_permissions_ext?: { permission_name: string; expire_time: number }[] } => {
  const codes = effectivePermissions(granted, nowMs);
  const hasPart = codes.some((code) => PARTS_OF_BASE.includes(code));
  const extended = codes.filter(needsSecondConfirmation).map((code) => ({
    permission_name: code,
    expire_time: code === EXPIRING_PERMISSION ? (granted.conversionDataUntil ?? 0) : 0,
  }));
  return {
    app_permissions: [...new Set([...codes, ...(hasPart ? [BASE_OF_ACQUISITION] : [])])],
    ...(extended.length === 0 ? {} : { app_permissions_ext: extended }),
  };
};
