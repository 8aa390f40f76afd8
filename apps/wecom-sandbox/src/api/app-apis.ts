import type { Sandbox } from '../sandbox';
import { shownVersion } from '../control/views';
import { permissionAnswer } from '../rules/permissions';
import { fail } from '../rules/wecom-error';
import { openUserId } from '../store/encrypted-ids';
import type { Installation } from '../store/types';
import { forgetWrongSecrets, rejectIfBanned, rejectWrongSecret } from './secret-ban';
import { ownerOfToken, requireApp, requireAppAddress, textOf, tokenFor, type ApiCall, type ApiDefinition } from './call';

const GETTOKEN = '/cgi-bin/gettoken';

const ownerApp = (sandbox: Sandbox, call: ApiCall): string => ownerOfToken(sandbox, call, 'app');

/** The app of this corp whose secret it is. An app of another provider or corp never matches. */
const appOfSecret = (sandbox: Sandbox, encryptedCorpId: string, secret: string): Installation | undefined => {
  const known = sandbox.store.encryptedIds.get(encryptedCorpId);
  if (known?.kind !== 'corp') {
    return fail(40013);
  }
  return sandbox.store.installations
    .find({ corpId: known.plain, providerId: known.providerId })
    .find((app) => app.permanentCode === secret);
};

const getToken: ApiDefinition = {
  path: GETTOKEN,
  method: 'GET',
  issuesToken: true,
  subject: (_sandbox, call) => call.query['corpid'] ?? '',
  answer: (sandbox, call) => {
    rejectIfBanned(sandbox, GETTOKEN, call.ip);
    const corpId = textOf(call.query['corpid'], 41002);
    const secret = textOf(call.query['corpsecret'], 41004);
    const app = appOfSecret(sandbox, corpId, secret);
    if (app === undefined || app.cancelledAt !== undefined) {
      return rejectWrongSecret(sandbox, GETTOKEN, call.ip, 40001);
    }
    forgetWrongSecrets(sandbox, GETTOKEN, call.ip);
    requireAppAddress(sandbox, app, call.ip);
    if (app.closed) {
      // A right secret of a disabled app: the same code, but no step towards a ban.
      fail(40001);
    }
    const { token, expiresIn } = tokenFor(sandbox, 'app', app.id);
    return { access_token: token, expires_in: expiresIn };
  },
};

const agentGet: ApiDefinition = {
  path: '/cgi-bin/agent/get',
  method: 'GET',
  subject: ownerApp,
  answer: (sandbox, call) => {
    const app = requireApp(sandbox, call);
    const given = textOf(call.query['agentid'], 41011);
    if (!/^\d+$/.test(given)) {
      fail(40056);
    }
    if (Number(given) !== app.agentId) {
      fail(301002);
    }
    const version = shownVersion(app);
    return {
      agentid: app.agentId,
      name: version.name,
      square_logo_url: version.logoUrl,
      description: version.intro,
      allow_userinfos: {
        user: app.allowUsers.map((userId) => ({
          userid: openUserId(sandbox.store, app.providerId, app.corpId, userId),
        })),
      },
      allow_partys: { partyid: app.allowParties },
      allow_tags: { tagid: app.allowTags },
      close: 0,
      redirect_domain: version.trustedDomain,
      report_location_flag: 0,
      // enter_agent is pushed to whoever has a callback.
      isreportenter: app.callback === undefined ? 0 : 1,
      home_url: version.homePageUrl,
      customized_publish_status: app.publishStatus,
    };
  },
};

const agentGetPermissions: ApiDefinition = {
  path: '/cgi-bin/agent/get_permissions',
  method: 'POST',
  subject: ownerApp,
  answer: (sandbox, call) => permissionAnswer(requireApp(sandbox, call), sandbox.nowMs()),
};

const getCallbackIp: ApiDefinition = {
  path: '/cgi-bin/getcallbackip',
  method: 'GET',
  subject: ownerApp,
  answer: (sandbox, call) => {
    requireApp(sandbox, call);
    return { ip_list: sandbox.callbackIps };
  },
};

export const appApis: readonly ApiDefinition[] = [getToken, agentGet, agentGetPermissions, getCallbackIp];
