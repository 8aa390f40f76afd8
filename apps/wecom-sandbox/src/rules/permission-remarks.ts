import { needsSecondConfirmation } from './permissions';

/** What an admin has to know of a permission before agreeing to it. */
export interface PermissionRemark {
  readonly zh: string;
  readonly en: string;
  /** It asks something of the admin or of the members; the others say for whom it is. */
  readonly isWarning: boolean;
}

interface Rule {
  readonly remark: PermissionRemark;
  isAbout(code: string): boolean;
}

/** Of the members' own data these are given only to whom the member agrees, at sign-in. */
const OF_THE_MEMBER = ['avatar', 'qrcode', 'gender', 'mobile', 'email', 'address', 'biz_mail'].map(
  (field) => `contact:sensitive:${field}`,
);

const startsWith =
  (...starts: readonly string[]) =>
  (code: string): boolean =>
    starts.some((start) => code.startsWith(start));

const RULES: readonly Rule[] = [
  { remark: { zh: '需二次确认', en: 'second confirmation', isWarning: true }, isAbout: needsSecondConfirmation },
  {
    remark: { zh: '敏感信息，还需成员本人同意', en: 'sensitive; each member has to agree too', isWarning: true },
    isAbout: (code) => OF_THE_MEMBER.includes(code),
  },
  {
    remark: { zh: '仅政府类企业', en: 'government corps only', isWarning: false },
    isAbout: startsWith('resident:', 'patrol:', 'externalcontact:resident:'),
  },
  { remark: { zh: '仅学校', en: 'schools only', isWarning: false }, isAbout: startsWith('school:') },
  { remark: { zh: '仅医疗行业企业', en: 'medical corps only', isWarning: false }, isAbout: startsWith('emergency:') },
];

export const remarksOf = (code: string): readonly PermissionRemark[] =>
  RULES.filter(({ isAbout }) => isAbout(code)).map(({ remark }) => remark);
