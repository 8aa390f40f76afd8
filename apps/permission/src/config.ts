import { setting, tokenSettings, values, type ConfigOf } from '@daikaifa/config';
import { serviceSettings } from '@daikaifa/service';

export const permissionSettings = {
  ...serviceSettings(4006, ['api', 'consumer', 'worker']),
  tokens: tokenSettings(),
  staleAfterHours: setting({
    env: 'PERMISSION_STALE_AFTER_HOURS',
    schema: values.positive,
    default: 72,
    description: 'hours without an answer after which an open request is marked and reminded of',
  }),
  sweepEveryMs: setting({
    env: 'PERMISSION_SWEEP_EVERY_MS',
    schema: values.positive,
    default: 30_000,
    description: 'how often requests that nobody answered and permissions that have ended are looked for',
  }),
  mayCall: {
    maxAgeMs: setting({
      env: 'MAY_CALL_MAX_AGE_MS',
      schema: values.positive,
      default: 2_000,
      description: 'no answer to "may this app call?" comes from an older read of the database',
    }),
    capacity: setting({
      env: 'MAY_CALL_CAPACITY',
      schema: values.positive,
      default: 10_000,
      description: 'apps whose permissions are kept in memory for these answers',
    }),
  },
};

export type PermissionConfig = ConfigOf<typeof permissionSettings>;
