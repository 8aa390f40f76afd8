import { z } from 'zod';
import { httpSettings, optionalSetting, setting, telemetrySettings, values, type ConfigOf } from '@daikaifa/config';
import { DEFAULT_LIMITS, type Limits } from './rules/limits';

const milliseconds = z.coerce.number().int().min(0);

const limit = (env: string, name: keyof Limits, description: string) =>
  setting({ env, schema: milliseconds, default: DEFAULT_LIMITS[name], description });

export const configShape = {
  http: httpSettings(4100),
  storePath: setting({
    env: 'SANDBOX_STORE_PATH',
    schema: values.text,
    default: '.local/wecom-sandbox.sqlite',
    description: 'SQLite file that holds everything; `:memory:` forgets at the end of the process',
  }),
  publicUrl: optionalSetting({
    env: 'SANDBOX_PUBLIC_URL',
    schema: values.url,
    description: 'address of the pages in QR codes; the listening address when absent',
  }),
  allowHttpCallbacks: setting({
    env: 'SANDBOX_ALLOW_HTTP_CALLBACKS',
    schema: values.flag,
    default: true,
    description: 'take plain http callback addresses, which WeCom refuses',
  }),
  callbackIps: setting({
    env: 'SANDBOX_CALLBACK_IPS',
    schema: values.list,
    default: '127.0.0.1',
    description: 'what getcallbackip answers, comma-separated',
  }),
  limits: {
    tokenLifeMs: limit('SANDBOX_TOKEN_LIFE_MS', 'tokenLifeMs', 'life of provider, suite and app tokens'),
    suiteTicketLifeMs: limit('SANDBOX_TICKET_LIFE_MS', 'suiteTicketLifeMs', 'life of a suite_ticket'),
    suiteTicketIntervalMs: limit(
      'SANDBOX_TICKET_INTERVAL_MS',
      'suiteTicketIntervalMs',
      'time between suite_ticket pushes',
    ),
    authCodeLifeMs: limit('SANDBOX_AUTH_CODE_LIFE_MS', 'authCodeLifeMs', 'life of an auth code'),
    linkLifeMs: limit('SANDBOX_LINK_LIFE_MS', 'linkLifeMs', 'life of a get_customized_auth_url link'),
    banMs: limit('SANDBOX_BAN_MS', 'banMs', 'how long an address is banned after repeated wrong secrets'),
    resendAfterMs: limit('SANDBOX_RESEND_AFTER_MS', 'resendAfterMs', 'pause before a failed push is sent again'),
  },
  telemetry: telemetrySettings(),
};

export type SandboxConfig = ConfigOf<typeof configShape>;
