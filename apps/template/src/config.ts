import { optionalSetting, secretSetting, values, type ConfigOf } from '@daikaifa/config';
import { serviceSettings } from '@daikaifa/service';
import { z } from 'zod';

export const templateSettings = {
  ...serviceSettings(4001, ['api', 'consumer', 'worker']),
  files: {
    publicUrl: optionalSetting({
      env: 'TEMPLATE_PUBLIC_URL',
      schema: values.url,
      description: 'address under which browsers reach the signed file URLs of this service; its own when absent',
    }),
    secret: secretSetting({
      env: 'FILE_URL_SECRET',
      schema: z.string().min(32, 'at least 32 characters'),
      description: 'signs file URLs; shared with the services that fetch files from here',
    }),
  },
  rulesPath: optionalSetting({
    env: 'RULES_FILE',
    schema: values.text,
    description: 'JSON file with words, categories and industries added to the built-in rules',
  }),
};

export type TemplateConfig = ConfigOf<typeof templateSettings>;
