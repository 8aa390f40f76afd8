import { optionalSetting, setting, values, type ConfigOf } from '@daikaifa/config';
import { serviceSettings } from '@daikaifa/service';

export const reviewSettings = {
  ...serviceSettings(4002, ['api', 'consumer', 'worker']),
  templateUrl: setting({
    env: 'TEMPLATE_INTERNAL_URL',
    schema: values.url,
    description: 'internal address of the template service; logos of templates are read again from there',
  }),
  appConfigUrl: setting({
    env: 'APP_CONFIG_INTERNAL_URL',
    schema: values.url,
    default: 'http://127.0.0.1:4005',
    description: 'internal address of the app-config service; logos of corp apps are read again from there',
  }),
  launchTimeoutMs: setting({
    env: 'REVIEW_LAUNCH_TIMEOUT_MS',
    schema: values.positive,
    default: 3_600_000,
    description: "how long the publish status of a launched corp app is waited for before a person is asked",
  }),
  rulesPath: optionalSetting({
    env: 'RULES_FILE',
    schema: values.text,
    description: 'JSON file with words, categories and industries added to the built-in rules',
  }),
  fingerprintsPath: optionalSetting({
    env: 'LOGO_FINGERPRINTS_FILE',
    schema: values.text,
    description: 'JSON list of `{ name, perceptualHash }` of logos that none may resemble; not checked when absent',
  }),
  sweepEveryMs: setting({
    env: 'REVIEW_SWEEP_EVERY_MS',
    schema: values.positive,
    default: 30_000,
    description: 'how often due prechecks, launches, reminders and overdue reviews are looked for',
  }),
};

export type ReviewConfig = ConfigOf<typeof reviewSettings>;
