import { text, type LocalizedText } from '@daikaifa/kernel';
import { namedPermission, needsSecondConfirmation, type NamedPermission } from './permission-catalogue';
import { openRequestOf, type PermissionRequest, type PermissionSet } from './permission-set';

/** What is still missing before a requested permission works. */
export type WaitingFor = 'CONFIRMATION' | 'SECOND_CONFIRMATION';

export const WAITING_MARKS: Readonly<Record<WaitingFor, LocalizedText>> = {
  CONFIRMATION: text('待企业客户确认', "Waiting for the corp's confirmation"),
  SECOND_CONFIRMATION: text('待企业客户二次确认', "Waiting for the corp's second confirmation"),
};

export interface PermissionSetting {
  readonly permission: NamedPermission;
  readonly waitingFor: WaitingFor | null;
  /** Whether it works now, as far as that can be seen. */
  readonly works: boolean;
  /** When it ends by itself. */
  readonly expiresAt: Date | null;
}

const waitingFor = ({ state }: PermissionRequest, id: string): WaitingFor | null => {
  if (state === 'PENDING') {
    return 'CONFIRMATION';
  }
  return needsSecondConfirmation(id) ? 'SECOND_CONFIRMATION' : null;
};

/** 查看企业已确认权限: what works now, also while a request is open. Null: never observed. */
export const confirmedOf = ({ effective }: Pick<PermissionSet, 'effective'>): readonly NamedPermission[] | null =>
  effective && effective.codes.map(namedPermission);

/**
 * The settings while nobody edits them (权限设置，非编辑状态): what is asked for, each with its mark, while a request is
 * open; otherwise what the corp has confirmed, so after a decline the set before it.
 */
export const settingsOf = (set: Pick<PermissionSet, 'effective' | 'requests'>): readonly PermissionSetting[] => {
  const open = openRequestOf(set);
  const works = set.effective?.codes ?? [];
  const ends = new Map(set.effective?.expiries.map(({ code, expiresAt }) => [code, expiresAt]));
  const endOf = (id: string): Date | null => ends.get(id) ?? null;
  return open === null
    ? works.map((id) => ({ permission: namedPermission(id), waitingFor: null, works: true, expiresAt: endOf(id) }))
    : [...open.codes, ...open.personItems].map((id) => ({
        permission: namedPermission(id),
        waitingFor: waitingFor(open, id),
        works: works.includes(id),
        expiresAt: endOf(id),
      }));
};

/** How the corp's admin gets to the page that confirms, from a page of the app itself (JS-SDK). */
export const CONFIRMATION_ENTRY = {
  call: 'ww.openAppManage',
  params: JSON.stringify({ page: 'permission' }),
  text: text(
    '企业管理员可在应用页面内调用 ww.openAppManage({page:"permission"})，直接打开权限确认页',
    'Inside a page of the app, ww.openAppManage({page:"permission"}) takes the corp\'s admin to the page that confirms',
  ),
} as const;

/** WeCom has no interface for any of it: what a person does, in order. */
export const CONSOLE_STEPS: readonly LocalizedText[] = [
  text(
    '服务商后台 › 应用管理 › 应用代开发 › 应用详情 › 权限设置，点击“编辑”',
    "Provider console › delegated apps › the app › permission settings: press 'edit'",
  ),
  text(
    '勾选与本申请相同的自定义权限并保存；保存后企业微信立即向企业管理员发送权限变更消息',
    "Tick exactly what this request names and save; WeCom then sends the corp's admin a message at once",
  ),
  text('企业管理员在消息中同意，或由应用页面内的入口打开权限确认页', "The corp's admin agrees in the message, or on the page that the app's entry opens"),
  text('企业选择“暂不授权”时没有任何通知，请在此登记', 'A decline is told to nobody: record it here'),
];
