import type { Sandbox } from '../sandbox';
import { shownVersion } from '../control/views';
import { fail } from '../rules/wecom-error';
import { generate } from '../store/generate';
import { encryptedCorpId, openUserId, plainCorpId } from '../store/encrypted-ids';
import type { AuthCode, Corp, Installation, Template } from '../store/types';
import { forgetWrongSecrets, rejectIfBanned, rejectWrongSecret } from './secret-ban';
import { ownerOfToken, requireAddress, requireSuite, textOf, tokenFor, type ApiDefinition } from './call';

const GET_SUITE_TOKEN = '/cgi-bin/service/get_suite_token';

const getSuiteToken: ApiDefinition = {
  path: GET_SUITE_TOKEN,
  method: 'POST',
  issuesToken: true,
  bareSuccess: true,
  subject: (_sandbox, call) => String(call.body['suite_id'] ?? ''),
  answer: (sandbox, call) => {
    rejectIfBanned(sandbox, GET_SUITE_TOKEN, call.ip);
    const suiteId = textOf(call.body['suite_id'], 41021);
    const secret = textOf(call.body['suite_secret'], 41024);
    const ticketId = textOf(call.body['suite_ticket'], 41023);
    const template = sandbox.store.templates.get(suiteId) ?? fail(40083);
    if (secret !== template.suiteSecret) {
      return rejectWrongSecret(sandbox, GET_SUITE_TOKEN, call.ip, 40080);
    }
    forgetWrongSecrets(sandbox, GET_SUITE_TOKEN, call.ip);
    const ticket = sandbox.store.tickets.get(ticketId);
    if (ticket?.suiteId !== suiteId || ticket.expiresAt <= sandbox.nowMs()) {
      fail(40085);
    }
    requireAddress(sandbox.store.providers.get(template.providerId)!, call.ip);
    const { token, expiresIn } = tokenFor(sandbox, 'suite', suiteId);
    return { suite_access_token: token, expires_in: expiresIn };
  },
};

/** The installation behind an auth code that may still be exchanged. The code is good once, for its own suite. */
const redeem = (sandbox: Sandbox, template: Template, codeId: string): Installation => {
  const { store } = sandbox;
  const code: AuthCode | undefined = store.authCodes.get(codeId);
  const nowMs = sandbox.nowMs();
  if (code?.suiteId !== template.id || code.usedAt !== undefined || code.expiresAt <= nowMs) {
    return fail(40078);
  }
  const app = store.installations.get(code.installationId)!;
  if (app.cancelledAt !== undefined) {
    return fail(40078);
  }
  store.authCodes.put({ ...code, usedAt: nowMs });
  // From here on an earlier secret and the tokens bought with it are worth nothing.
  for (const token of store.tokens.find({ ownerId: app.id, revoked: false })) {
    store.tokens.put({ ...token, revoked: true });
  }
  const permanentCode = sandbox.keepSecret('permanent_code', app.id, generate.secret());
  return store.installations.put({ ...app, permanentCode });
};

const getPermanentCode: ApiDefinition = {
  path: '/cgi-bin/service/v2/get_permanent_code',
  method: 'POST',
  subject: (sandbox, call) => ownerOfToken(sandbox, call, 'suite'),
  answer: (sandbox, call) => {
    const template = requireSuite(sandbox, call);
    const app = redeem(sandbox, template, textOf(call.body['auth_code'], 41008));
    const corp = sandbox.store.corps.get(app.corpId)!;
    const userId = openUserId(sandbox.store, app.providerId, corp.id, app.installedBy);
    const member = corp.members.find((one) => one.userId === app.installedBy);
    return {
      permanent_code: app.permanentCode,
      auth_corp_info: { corpid: encryptedCorpId(sandbox.store, app.providerId, corp.id), corp_name: corp.name },
      auth_user_info: { userid: userId, open_userid: userId, name: member?.name ?? '', avatar: '' },
      ...(app.state === '' ? {} : { state: app.state }),
    };
  },
};

const corpInfo = (sandbox: Sandbox, providerId: string, corp: Corp): Record<string, unknown> => ({
  corpid: encryptedCorpId(sandbox.store, providerId, corp.id),
  corp_name: corp.name,
  corp_type: corp.verified ? 'verified' : 'unverified',
  corp_square_logo_url: '',
  corp_user_max: 200,
  // WeCom is withdrawing the full name and answers the short one.
  corp_full_name: corp.name,
  ...(corp.verified ? { verified_end_time: Math.floor(corp.createdAt / 1000) + 365 * 86_400 } : {}),
  subject_type: 1,
  corp_scale: '1-50人',
  corp_industry: corp.industry,
  corp_sub_industry: '',
});

const agentInfo = (sandbox: Sandbox, app: Installation): Record<string, unknown> => ({
  agentid: app.agentId,
  name: shownVersion(app).name,
  round_logo_url: shownVersion(app).logoUrl,
  square_logo_url: shownVersion(app).logoUrl,
  auth_mode: 0,
  is_customized_app: true,
  privilege: {
    level: 0,
    allow_party: app.allowParties,
    allow_user: app.allowUsers.map((userId) => openUserId(sandbox.store, app.providerId, app.corpId, userId)),
    allow_tag: app.allowTags,
    extra_party: [],
    extra_user: [],
    extra_tag: [],
  },
});

const getAuthInfo: ApiDefinition = {
  path: '/cgi-bin/service/v2/get_auth_info',
  method: 'POST',
  subject: (sandbox, call) => ownerOfToken(sandbox, call, 'suite'),
  answer: (sandbox, call) => {
    const template = requireSuite(sandbox, call);
    const authCorpId = textOf(call.body['auth_corpid'], 84054);
    const permanentCode = textOf(call.body['permanent_code'], 41025);
    const corpId = plainCorpId(sandbox.store, template.providerId, authCorpId) ?? fail(40013);
    const apps = sandbox.store.installations.find({ suiteId: template.id, corpId });
    const app = apps.find((one) => one.cancelledAt === undefined);
    if (app === undefined && !apps.some((one) => one.permanentCode === permanentCode)) {
      return fail(48004);
    }
    if (app?.permanentCode !== permanentCode) {
      return fail(40084);
    }
    return {
      auth_corp_info: corpInfo(sandbox, template.providerId, sandbox.store.corps.get(corpId)!),
      auth_info: { agent: [agentInfo(sandbox, app!)] },
    };
  },
};

/** Belongs to third-party apps. A delegated-development app that calls it has taken the wrong way. */
const getCorpToken: ApiDefinition = {
  path: '/cgi-bin/service/get_corp_token',
  method: 'POST',
  subject: (sandbox, call) => ownerOfToken(sandbox, call, 'suite'),
  answer: (sandbox, call) => {
    requireSuite(sandbox, call);
    return fail(48002);
  },
};

export const suiteApis: readonly ApiDefinition[] = [getSuiteToken, getPermanentCode, getAuthInfo, getCorpToken];
