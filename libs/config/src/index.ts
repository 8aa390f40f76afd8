export { secret, type Secret } from './secret';
export { optionalSecretSetting, optionalSetting, secretSetting, setting, type ConfigShape, type Setting } from './setting';
export { ConfigError, loadConfig, loadConfigOrExit, type ConfigOf } from './load-config';
export { describeConfig } from './describe-config';
export {
  allowedRangesSetting,
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
