import { allowedRangesSetting, optionalSetting, setting, values, type ConfigOf } from '@daikaifa/config';
import { serviceSettings } from '@daikaifa/service';

export const appConfigSettings = {
  ...serviceSettings(4005, ['api', 'consumer', 'worker']),
  publicUrl: optionalSetting({
    env: 'APP_CONFIG_PUBLIC_URL',
    schema: values.url,
    description: 'address under which browsers reach the signed file URLs of this service; its own when absent',
  }),
  templateUrl: setting({
    env: 'TEMPLATE_INTERNAL_URL',
    schema: values.url,
    description: 'internal address of the template service; logos that apps are pre-filled with are read from there',
  }),
  rulesPath: optionalSetting({
    env: 'RULES_FILE',
    schema: values.text,
    description: 'JSON file with words, categories and industries added to the built-in rules',
  }),
  allowedRanges: allowedRangesSetting('CIDR ranges in which ownership files may be read although they are private, comma-separated'),
  batches: {
    sweepEveryMs: setting({
      env: 'SUBMISSION_SWEEP_EVERY_MS',
      schema: values.positive,
      default: 30_000,
      description: 'how often batches that a crash left behind are looked for',
    }),
    stuckAfterMs: setting({
      env: 'SUBMISSION_STUCK_AFTER_MS',
      schema: values.positive,
      default: 60_000,
      description: 'a batch that has not moved for so long is taken for left behind',
    }),
  },
};

export type AppConfigConfig = ConfigOf<typeof appConfigSettings>;
