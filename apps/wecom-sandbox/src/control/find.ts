import { notFound, text, type LocalizedText } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';
import type { PermissionRequest } from '../store/app-types';
import type { AuthorizationLink, Corp, Installation, Member, Provider, Template } from '../store/types';

const found = <T>(value: T | undefined, what: LocalizedText, id: string): T => {
  if (value === undefined) {
    throw notFound(what, id);
  }
  return value;
};

/** Each throws AppError NOT_FOUND. */
export const find = {
  provider: ({ store }: Sandbox, id: string): Provider =>
    found(store.providers.get(id), text('服务商', 'provider'), id),
  corp: ({ store }: Sandbox, id: string): Corp => found(store.corps.get(id), text('企业', 'corp'), id),
  member: ({ store }: Sandbox, corpId: string, userId: string): Member =>
    found(
      store.corps.get(corpId)?.members.find((member) => member.userId === userId),
      text('成员', 'member'),
      userId,
    ),
  template: ({ store }: Sandbox, id: string): Template => found(store.templates.get(id), text('模版', 'template'), id),
  link: ({ store }: Sandbox, id: string): AuthorizationLink =>
    found(store.links.get(id), text('授权链接', 'authorization link'), id),
  installation: ({ store }: Sandbox, id: string): Installation =>
    found(store.installations.get(id), text('代开发应用', 'installed app'), id),
  permissionRequest: ({ store }: Sandbox, id: string): PermissionRequest =>
    found(store.permissionRequests.get(id), text('权限申请', 'permission request'), id),
};
