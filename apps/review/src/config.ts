import { optionalSetting, setting, values, type ConfigOf } from '@daikaifa/config';
import { serviceSettings } from '@daikaifa/service';

export const reviewSettings = {
  ...serviceSettings(4002, ['api', 'consumer', 'worker']),
  templateUrl: setting({
    env: 'TEMPLATE_INTERNAL_URL',
    schema: values.url,
    description: 'internal address of the template service; logos are read again from there',
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
    description: 'how often due prechecks, reminders and overdue reviews are looked for',
  }),
};

export type ReviewConfig = ConfigOf<typeof reviewSettings>;
