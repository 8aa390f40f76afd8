import { text, type LocalizedText, type Violation } from '@daikaifa/kernel';
import { countGraphemes } from '@daikaifa/rules';
import { REMARKS, type Remark } from './catalogue';
import { LIMITS } from './limits';
import { findPermission, isBasic } from './permission-catalogue';

const CODE_FORM = /^[a-z0-9_]+(:[a-z0-9_]+){2}$/;
const MAX_GIVEN_LENGTH = 60;

const violation = (
  [field, code, severity]: readonly [string, string, Violation['severity']],
  message: LocalizedText,
  more: Pick<Violation, 'limit' | 'given'> = {},
): Violation => ({
  field,
  code,
  severity,
  text: message,
  ...(more.limit !== undefined && { limit: more.limit }),
  ...(more.given !== undefined && { given: more.given.slice(0, MAX_GIVEN_LENGTH) }),
});

/** Remarks that whoever asks should have read. */
const WARNED: readonly Remark[] = [
  'GOVERNMENT_ONLY',
  'SCHOOL_ONLY',
  'MEDICAL_ONLY',
  'MEMBER_CONSENT',
  'SECOND_CONFIRMATION',
  'BY_PERSON_ONLY',
  'GREY_APPS',
  'EXPIRES',
  'PAID',
  'NO_LONGER_RETURNED',
];

const checkUnknown = (field: string, id: string): Violation =>
  CODE_FORM.test(id)
    ? violation(
        [field, 'PERMISSION_UNKNOWN', 'WARNING'],
        text('权限目录中没有此代码，将按原样记录', 'The catalogue does not have this code; it is recorded as it is'),
        { given: id },
      )
    : violation(
        [field, 'PERMISSION_MALFORMED', 'ERROR'],
        text('权限代码须为“组:子组:项”的形式', 'A permission code has the form group:sub:item'),
        { limit: 'group:sub:item', given: id },
      );

const checkPermission = (id: string, index: number): Violation[] => {
  const field = `permissions.${index}`;
  if (isBasic(id)) {
    const granted = text('基础权限扫码即获得，无需申请', 'Basic permissions come with the scan and are not asked for');
    return [violation([field, 'PERMISSION_BASIC', 'ERROR'], granted, { given: id })];
  }
  const known = findPermission(id);
  if (known === null) {
    return [checkUnknown(field, id)];
  }
  if (known.remarks.includes('THIRD_PARTY_ONLY')) {
    return [violation([field, 'THIRD_PARTY_ONLY', 'ERROR'], REMARKS.THIRD_PARTY_ONLY, { given: id })];
  }
  return WARNED.filter((remark) => known.remarks.includes(remark)).map((remark) =>
    violation([field, remark, 'WARNING'], REMARKS[remark], { given: id }),
  );
};

/** Everything that is wrong, or to be looked at again, with what is asked for. */
export const checkPermissions = (permissions: readonly string[]): Violation[] => {
  const { maxPermissions: max } = LIMITS;
  const count =
    permissions.length > max
      ? [
          violation(['permissions', 'PERMISSIONS_TOO_MANY', 'ERROR'], text(`一次最多申请 ${max} 项权限`, `At most ${max} permissions`), {
            limit: String(max),
            given: String(permissions.length),
          }),
        ]
      : [];
  const given = permissions.slice(0, max);
  const repeated = given.flatMap((id, index) =>
    given.indexOf(id) < index
      ? [violation([`permissions.${index}`, 'PERMISSION_REPEATED', 'ERROR'], text('重复的权限', 'This permission is named twice'), { given: id })]
      : [],
  );
  return [...count, ...given.flatMap(checkPermission), ...repeated];
};

export const checkNote = (note: string | null): Violation[] => {
  const { noteMaxLength: max } = LIMITS;
  return countGraphemes(note ?? '') <= max
    ? []
    : [
        violation(['note', 'NOTE_LENGTH', 'ERROR'], text(`备注最多 ${max} 个字`, `The note has at most ${max} characters`), {
          limit: `≤ ${max}`,
          given: note ?? '',
        }),
      ];
};
