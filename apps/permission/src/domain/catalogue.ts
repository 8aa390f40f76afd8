import { text, type LocalizedText } from '@daikaifa/kernel';

/** What a person has to know before asking for a permission. */
export type Remark =
  | 'THIRD_PARTY_ONLY'
  | 'GOVERNMENT_ONLY'
  | 'SCHOOL_ONLY'
  | 'MEDICAL_ONLY'
  | 'SENSITIVE'
  | 'MEMBER_CONSENT'
  | 'SECOND_CONFIRMATION'
  | 'BY_PERSON_ONLY'
  | 'GREY_APPS'
  | 'EXTENDED'
  | 'EXPIRES'
  | 'PAID'
  | 'NO_LONGER_RETURNED'
  | 'NAME_INFERRED';

export const REMARKS: Readonly<Record<Remark, LocalizedText>> = {
  THIRD_PARTY_ONLY: text('仅第三方应用', 'Third-party apps only; a delegated app cannot have it'),
  GOVERNMENT_ONLY: text('仅政府类企业', 'Government corps only'),
  SCHOOL_ONLY: text('仅学校', 'Schools only'),
  MEDICAL_ONLY: text('仅医疗行业企业', 'Medical corps only'),
  SENSITIVE: text('敏感信息', 'Sensitive information'),
  MEMBER_CONSENT: text(
    '除企业确认外，还需成员本人网页授权同意',
    'Besides the corp, each member has to consent when signing in',
  ),
  SECOND_CONFIRMATION: text('企业管理员需二次确认', "The corp's admin has to confirm a second time"),
  BY_PERSON_ONLY: text(
    '没有公开的权限代码，只能由人工在控制台查看',
    'There is no code of it: only a person can see in the console whether it is granted',
  ),
  GREY_APPS: text('仅灰度应用或外部服务应用', 'Only for apps that WeCom has admitted'),
  EXTENDED: text('在 app_permissions_ext 中返回', 'WeCom returns it in app_permissions_ext'),
  EXPIRES: text('有有效期', 'Ends by itself'),
  PAID: text('另需付费的高级接口', 'Also needs the paid interface package'),
  NO_LONGER_RETURNED: text('自 2025-12-18 起不再返回该数据', 'WeCom returns this no more since 2025-12-18'),
  NAME_INFERRED: text('名称与代码的对应为推断', 'Which name belongs to this code is inferred'),
};

/** Granted by the scan (基础权限): not asked for, not listed by WeCom, not editable. */
export interface BasicPermission {
  readonly id: string;
  readonly group: LocalizedText;
  readonly name: LocalizedText;
  readonly meaning: LocalizedText;
  readonly apis: readonly string[];
}

/** Asked for, and confirmed by the corp (自定义权限). */
export interface CustomPermission {
  /** The code, or `person:…` where there is none. */
  readonly id: string;
  /** As agent/get_permissions returns it; null where WeCom has published none. */
  readonly code: string | null;
  readonly name: LocalizedText;
  readonly remarks: readonly Remark[];
  /** Paths under /cgi-bin that it opens, `*` at the end for whatever follows. Many open fields, not calls. */
  readonly apis: readonly string[];
}

export interface PermissionGroup {
  readonly name: LocalizedText;
  readonly permissions: readonly CustomPermission[];
}

interface More {
  readonly remarks?: readonly Remark[];
  readonly apis?: readonly string[];
}

export const coded = (code: string, zh: string, en: string, { remarks = [], apis = [] }: More = {}): CustomPermission => ({
  id: code,
  code,
  name: text(zh, en),
  remarks,
  apis,
});

/** A permission that the console has and agent/get_permissions has not. */
export const codeless = (id: string, zh: string, en: string, { remarks = [], apis = [] }: More = {}): CustomPermission => ({
  id: `person:${id}`,
  code: null,
  name: text(zh, en),
  remarks: ['BY_PERSON_ONLY', ...remarks],
  apis,
});

export const group = (zh: string, en: string, permissions: readonly CustomPermission[]): PermissionGroup => ({
  name: text(zh, en),
  permissions,
});
