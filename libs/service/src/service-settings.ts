import {
  environmentSetting,
  httpSettings,
  identitySettings,
  kafkaSettings,
  mongoSettings,
  redisSettings,
  rolesSetting,
  setting,
  telemetrySettings,
  values,
  type ConfigOf,
} from '@daikaifa/config';

/** What every service is configured with; a service spreads it into its own settings. */
export const serviceSettings = <Role extends string>(defaultPort: number, roles: readonly [Role, ...Role[]]) => ({
  environment: environmentSetting(),
  roles: rolesSetting(roles),
  http: httpSettings(defaultPort),
  mongo: mongoSettings(),
  redis: redisSettings(),
  kafka: kafkaSettings(),
  identity: identitySettings(),
  telemetry: telemetrySettings(),
  introspection: setting({
    env: 'GRAPHQL_INTROSPECTION',
    schema: values.flag,
    default: true,
    description: 'whether the schema may be asked for, through the gateway only',
  }),
});

export type ServiceConfig<Role extends string> = ConfigOf<ReturnType<typeof serviceSettings<Role>>>;
