import { fail } from '../rules/wecom-error';
import { encryptedCorpId } from '../store/encrypted-ids';
import { makeLink } from '../control/links';
import { rejectIfBanned, rejectWrongSecret, forgetWrongSecrets } from './secret-ban';
import { ownerOfToken, requireAddress, requireProvider, textOf, tokenFor, type ApiDefinition } from './call';

const GET_PROVIDER_TOKEN = '/cgi-bin/service/get_provider_token';

const getProviderToken: ApiDefinition = {
  path: GET_PROVIDER_TOKEN,
  method: 'POST',
  issuesToken: true,
  bareSuccess: true,
  subject: (_sandbox, call) => String(call.body['corpid'] ?? ''),
  answer: (sandbox, call) => {
    rejectIfBanned(sandbox, GET_PROVIDER_TOKEN, call.ip);
    const corpId = textOf(call.body['corpid'], 41002);
    const secret = textOf(call.body['provider_secret'], 41004);
    const provider = sandbox.store.providers.get(corpId) ?? fail(40013);
    if (secret !== provider.providerSecret) {
      return rejectWrongSecret(sandbox, GET_PROVIDER_TOKEN, call.ip, 40001);
    }
    forgetWrongSecrets(sandbox, GET_PROVIDER_TOKEN, call.ip);
    requireAddress(provider, call.ip);
    const { token, expiresIn } = tokenFor(sandbox, 'provider', provider.id);
    return { provider_access_token: token, expires_in: expiresIn };
  },
};

const MAX_TEMPLATES = 9;

const getCustomizedAuthUrl: ApiDefinition = {
  path: '/cgi-bin/service/get_customized_auth_url',
  method: 'POST',
  subject: (sandbox, call) => ownerOfToken(sandbox, call, 'provider'),
  answer: (sandbox, call) => {
    const provider = requireProvider(sandbox, call);
    const state = textOf(call.body['state'], 40058);
    if (!/^[a-zA-Z0-9]{1,32}$/.test(state)) {
      fail(40058);
    }
    const wanted: unknown = call.body['templateid_list'];
    if (!Array.isArray(wanted) || wanted.length === 0 || wanted.length > MAX_TEMPLATES) {
      return fail(842004);
    }
    const suiteIds = [...new Set(wanted.map(String))];
    for (const suiteId of suiteIds) {
      const template = sandbox.store.templates.get(suiteId);
      if (template?.providerId !== provider.id) {
        fail(842003);
      }
      if (template?.online !== true) {
        fail(842002);
      }
    }
    const lifeMs = sandbox.limits().linkLifeMs;
    const link = makeLink(sandbox, { providerId: provider.id, suiteIds, state, lifeMs });
    return { qrcode_url: link.url, expires_in: Math.floor(lifeMs / 1000) };
  },
};

const corpidToOpencorpid: ApiDefinition = {
  path: '/cgi-bin/service/corpid_to_opencorpid',
  method: 'POST',
  subject: (sandbox, call) => ownerOfToken(sandbox, call, 'provider'),
  answer: (sandbox, call) => {
    const provider = requireProvider(sandbox, call);
    // Plaintext corpids know no case; encrypted ones do.
    const corp = sandbox.store.corps.get(textOf(call.body['corpid'], 41002).toLowerCase()) ?? fail(40013);
    const isRelated = sandbox.store.installations
      .find({ corpId: corp.id, providerId: provider.id })
      .some((app) => app.cancelledAt === undefined);
    return isRelated ? { open_corpid: encryptedCorpId(sandbox.store, provider.id, corp.id) } : fail(48001);
  },
};

export const providerApis: readonly ApiDefinition[] = [getProviderToken, getCustomizedAuthUrl, corpidToOpencorpid];
