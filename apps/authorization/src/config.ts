import { keyRingSetting, optionalSetting, setting, tokenSettings, values, type ConfigOf } from '@daikaifa/config';
import { serviceSettings } from '@daikaifa/service';

export const authorizationSettings = {
  ...serviceSettings(4004, ['api', 'consumer', 'worker']),
  tokens: tokenSettings(),
  keyRing: keyRingSetting(
    'AUTHORIZATION_KEY_RING',
    'seals every secret that is stored: kid:base64key of 32 bytes, comma-separated; the first key seals, all open',
  ),
  transportKeyRing: keyRingSetting(
    'TRANSPORT_KEY_RING',
    'opens tickets and auth codes in events; the same as that of the callback service',
  ),
  wecomApiBaseUrl: setting({
    env: 'WECOM_API_BASE_URL',
    schema: values.url,
    default: 'https://qyapi.weixin.qq.com',
    description: 'which WeCom: the real one or a stand-in',
  }),
  reconcileEveryMinutes: setting({
    env: 'RECONCILE_EVERY_MINUTES',
    schema: values.positive,
    default: 1440,
    description: 'how often an authorization is read again although no event asks for it, give or take a quarter',
  }),
  tokenDoorKeepsDays: setting({
    env: 'TOKEN_JOURNAL_DAYS',
    schema: values.positive,
    default: 180,
    description: 'how long it is kept who fetched the token of which app',
  }),
  erasure: {
    services: setting({
      env: 'ERASURE_SERVICES',
      schema: values.list,
      default: 'app-config,permission,review,callback',
      description: 'services that must answer with what they erased of a corp that has cancelled, comma-separated',
    }),
    dueMinutes: setting({
      env: 'ERASURE_DUE_MINUTES',
      schema: values.positive,
      default: 1440,
      description: 'an erasure that is not answered by all of them after this time raises an alarm',
    }),
  },
  links: {
    publicBaseUrl: optionalSetting({
      env: 'PUBLIC_LINK_BASE_URL',
      schema: values.url,
      description: 'address under which corps reach the QR pictures of this service; its own when absent',
    }),
    templateUrl: optionalSetting({
      env: 'TEMPLATE_INTERNAL_URL',
      schema: values.url,
      description: 'the template service, for the logo inside the QR pictures; none is shown when absent',
    }),
  },
};

export type AuthorizationConfig = ConfigOf<typeof authorizationSettings>;

/**
 * What production does not take although each value is right by itself.
 * @returns every fault, in English
 */
export const productionFaults = (config: AuthorizationConfig): readonly string[] => {
  if (config.environment !== 'production') {
    return [];
  }
  const urls = [
    ['WECOM_API_BASE_URL', config.wecomApiBaseUrl],
    ['PUBLIC_LINK_BASE_URL', config.links.publicBaseUrl],
  ] as const;
  return [
    ...urls.flatMap(([env, url]) =>
      url !== undefined && new URL(url).protocol !== 'https:' ? [`${env} must be https`] : [],
    ),
    ...(config.links.publicBaseUrl === undefined ? ['PUBLIC_LINK_BASE_URL is missing'] : []),
    ...(config.tokens.developmentSecret === undefined ? [] : ['AUTH_DEVELOPMENT_SECRET is for development only']),
    ...(config.tokens.jwksUrl === undefined ? ['AUTH_JWKS_URL is missing'] : []),
  ];
};
