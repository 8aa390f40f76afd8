import {
  environmentSetting,
  httpSettings,
  identitySettings,
  kafkaSettings,
  mongoSettings,
  optionalSetting,
  redisSettings,
  rolesSetting,
  secretSetting,
  setting,
  telemetrySettings,
  values,
  type ConfigOf,
} from '@daikaifa/config';
import { z } from 'zod';

export const templateSettings = {
  environment: environmentSetting(),
  roles: rolesSetting(['api', 'consumer', 'worker']),
  http: httpSettings(4001),
  mongo: mongoSettings(),
  redis: redisSettings(),
  kafka: kafkaSettings(),
  identity: identitySettings(),
  telemetry: telemetrySettings(),
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
  introspection: setting({
    env: 'GRAPHQL_INTROSPECTION',
    schema: values.flag,
    default: true,
    description: 'whether the schema may be asked for, through the gateway only',
  }),
};

export type TemplateConfig = ConfigOf<typeof templateSettings>;
