import type { Sandbox } from '../sandbox';
import { PUBLISH_STATUS_TEXT, REVIEW_TEXT } from '../rules/app-steps';
import type { CallbackFields } from '../rules/fields';
import { isOpenRequest, REQUEST_TEXT } from '../rules/permission-request';
import { effectivePermissions } from '../rules/permissions';
import { CORP_LABEL_TEXT, corpLabel } from '../rules/usable';
import type { AppVersion, PermissionRequest } from '../store/app-types';
import { encryptedCorpId } from '../store/encrypted-ids';
import type { AuthorizationLink, Corp, Installation, Provider, Push, Template } from '../store/types';

export const linkUrl = (sandbox: Sandbox, linkId: string): string => `${sandbox.publicUrl()}/auth/${linkId}`;

export const isoTime = (ms: number): string => new Date(ms).toISOString();

/** What the console shows of a provider, its secret included. */
export const providerView = (provider: Provider) => ({
  corpId: provider.id,
  name: provider.name,
  providerSecret: provider.providerSecret,
  ipWhitelist: provider.ipWhitelist,
  testCorpIds: provider.testCorpIds,
});

export const corpView = (corp: Corp) => ({
  corpId: corp.id,
  name: corp.name,
  verified: corp.verified,
  industry: corp.industry,
  departments: corp.departments,
  members: corp.members,
});

/** What the console shows of a template, its secret included; Token and EncodingAESKey were typed in and stay inside. */
export const templateView = (sandbox: Sandbox, template: Template) => ({
  suiteId: template.id,
  providerCorpId: template.providerId,
  name: template.name,
  intro: template.intro,
  logoUrl: template.logoUrl ?? '',
  suiteSecret: template.suiteSecret,
  callbackUrl: template.callbackUrl,
  callbackVerifiedAt: isoTime(template.callbackVerifiedAt),
  online: template.online,
  qrcodeUrl: template.linkId === undefined ? null : linkUrl(sandbox, template.linkId),
  lastTicketAt: template.lastTicketAt === 0 ? null : isoTime(template.lastTicketAt),
});

export const linkView = (sandbox: Sandbox, link: AuthorizationLink) => ({
  id: link.id,
  url: linkUrl(sandbox, link.id),
  providerCorpId: link.providerId,
  suiteIds: link.suiteIds,
  state: link.state,
  expiresAt: link.expiresAt === undefined ? null : isoTime(link.expiresAt),
});

export const isCallbackOf = (one: CallbackFields, other: CallbackFields): boolean =>
  one.callbackUrl === other.callbackUrl && one.token === other.token && one.encodingAesKey === other.encodingAesKey;

/** What members and the server API see of an app: the online version, before its launch the one in work. */
export const shownVersion = (app: Installation): AppVersion =>
  app.online ??
  app.draft ?? {
    ...{ name: app.name, intro: app.intro, logoUrl: '' },
    ...{ homePageUrl: '', miniProgram: null, trustedDomain: '', menu: [] },
  };

const callbackView = (sandbox: Sandbox, app: Installation) => {
  if (app.callback === undefined) {
    return null;
  }
  const isShared = isCallbackOf(app.callback, sandbox.store.templates.get(app.suiteId)!);
  return {
    source: isShared ? ('TEMPLATE' as const) : ('OWN' as const),
    url: app.callback.callbackUrl,
    verifiedAt: isoTime(app.callback.verifiedAt),
  };
};

export const installationView = (sandbox: Sandbox, app: Installation) => ({
  id: app.id,
  suiteId: app.suiteId,
  providerCorpId: app.providerId,
  corpId: app.corpId,
  encryptedCorpId: encryptedCorpId(sandbox.store, app.providerId, app.corpId),
  agentId: app.agentId,
  name: shownVersion(app).name,
  state: app.state,
  status: app.cancelledAt === undefined ? ('INSTALLED' as const) : ('CANCELLED' as const),
  disabled: app.closed,
  exchanged: app.permanentCode !== undefined,
  corpLabel: corpLabel(app),
  corpLabelText: CORP_LABEL_TEXT[corpLabel(app)].zh,
  publishStatus: app.publishStatus,
  publishStatusText: PUBLISH_STATUS_TEXT[app.publishStatus].zh,
  review: app.review ?? ('NONE' as const),
  reviewText: REVIEW_TEXT[app.review ?? 'NONE'].zh,
  rejectReason: app.rejectReason ?? '',
  draft: app.draft ?? null,
  online: app.online ?? null,
  callback: callbackView(sandbox, app),
  ipWhitelist: app.ipWhitelist ?? [],
  visibleRange: { users: app.allowUsers, parties: app.allowParties, tags: app.allowTags },
  permissions: effectivePermissions(app, sandbox.nowMs()),
  openRequestId:
    sandbox.store.permissionRequests.find({ installationId: app.id }).find(({ state }) => isOpenRequest(state))?.id ??
    null,
});

export const permissionRequestView = (request: PermissionRequest) => ({
  id: request.id,
  installationId: request.installationId,
  corpId: request.corpId,
  state: request.state,
  stateText: REQUEST_TEXT[request.state].zh,
  permissions: request.permissions,
  added: request.permissions.filter((code) => !request.before.includes(code)),
  removed: request.before.filter((code) => !request.permissions.includes(code)),
  requestedAt: isoTime(request.requestedAt),
  decidedBy: request.decidedBy ?? null,
  decidedAt: request.decidedAt === undefined ? null : isoTime(request.decidedAt),
});

/** Without the plaintext, which holds auth codes and tickets. `reply` is that of the last send. */
export const pushView = (push: Push) => ({
  id: push.id,
  target: push.installationId === undefined ? ('TEMPLATE' as const) : ('APP' as const),
  suiteId: push.suiteId,
  installationId: push.installationId ?? null,
  infoType: push.infoType,
  corpId: push.corpId ?? null,
  userId: push.act?.userId ?? null,
  outcome: push.outcome,
  reply: push.attempts.at(-1)?.reply ?? null,
  createdAt: isoTime(push.createdAt),
  attempts: push.attempts.map((attempt) => ({ ...attempt, at: isoTime(attempt.at) })),
});
