export { secret, type Secret } from './secret';
export { optionalSecretSetting, optionalSetting, secretSetting, setting, type Setting } from './setting';
export { ConfigError, loadConfig, loadConfigOrExit, type ConfigOf, type ConfigShape } from './load-config';
export { describeConfig } from './describe-config';
export {
  environmentSetting,
  httpSettings,
  identitySettings,
  keyRingSetting,
  kafkaSettings,
  mongoSettings,
  redisSettings,
  rolesSetting,
  telemetrySettings,
  tokenSettings,
  values,
} from './pieces';
