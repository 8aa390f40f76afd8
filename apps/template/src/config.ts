import { optionalSetting, values, type ConfigOf } from '@daikaifa/config';
import { serviceSettings } from '@daikaifa/service';

export const templateSettings = {
  ...serviceSettings(4001, ['api', 'consumer', 'worker']),
  publicUrl: optionalSetting({
    env: 'TEMPLATE_PUBLIC_URL',
    schema: values.url,
    description: 'address under which browsers reach the signed file URLs of this service; its own when absent',
  }),
  rulesPath: optionalSetting({
    env: 'RULES_FILE',
    schema: values.text,
    description: 'JSON file with words, categories and industries added to the built-in rules',
  }),
};

export type TemplateConfig = ConfigOf<typeof templateSettings>;
