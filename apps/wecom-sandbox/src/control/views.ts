import type { Sandbox } from '../sandbox';
import { PUBLISH_STATUS_TEXT } from '../rules/publish-status';
import { encryptedCorpId } from '../store/encrypted-ids';
import type { AuthorizationLink, Corp, Installation, Provider, Push, Template } from '../store/types';

export const linkUrl = (sandbox: Sandbox, linkId: string): string => `${sandbox.publicUrl()}/auth/${linkId}`;

const isoTime = (ms: number): string => new Date(ms).toISOString();

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

export const installationView = (sandbox: Sandbox, app: Installation) => ({
  id: app.id,
  suiteId: app.suiteId,
  providerCorpId: app.providerId,
  corpId: app.corpId,
  encryptedCorpId: encryptedCorpId(sandbox.store, app.providerId, app.corpId),
  agentId: app.agentId,
  name: app.name,
  state: app.state,
  status: app.cancelledAt === undefined ? ('INSTALLED' as const) : ('CANCELLED' as const),
  disabled: app.closed,
  exchanged: app.permanentCode !== undefined,
  publishStatus: app.publishStatus,
  publishStatusText: PUBLISH_STATUS_TEXT[app.publishStatus].zh,
  visibleRange: { users: app.allowUsers, parties: app.allowParties, tags: app.allowTags },
  permissions: app.permissions,
});

/** Without the plaintext, which holds auth codes and tickets. */
export const pushView = (push: Push) => ({
  id: push.id,
  suiteId: push.suiteId,
  infoType: push.infoType,
  corpId: push.corpId ?? null,
  outcome: push.outcome,
  createdAt: isoTime(push.createdAt),
  attempts: push.attempts.map((attempt) => ({ ...attempt, at: isoTime(attempt.at) })),
});
