import { allowedRangesSetting, ConfigError, keyRingSetting, setting, values, type ConfigOf } from '@daikaifa/config';
import { serviceSettings } from '@daikaifa/service';

export const callbackSettings = {
  ...serviceSettings(4003, ['ingress', 'api', 'consumer', 'worker']),
  publicBaseUrl: setting({
    env: 'PUBLIC_CALLBACK_BASE_URL',
    schema: values.url,
    description: 'address under which WeCom reaches `/callback/…` of this service; https in production',
  }),
  keyRing: keyRingSetting('CALLBACK_KEY_RING', 'seals Token and EncodingAESKey: `kid:base64key,…`, the first seals'),
  transportKeyRing: keyRingSetting(
    'TRANSPORT_KEY_RING',
    'seals WeCom content inside events; shared with the authorization service only',
  ),
  probe: {
    allowedRanges: allowedRangesSetting('CIDR ranges that the health probe and deliveries may reach although they are private, comma-separated'),
    everySec: setting({
      env: 'PROBE_INTERVAL_SEC',
      schema: values.positive,
      default: 600,
      description: 'seconds between health probes of an endpoint whose template or app is in review or online',
    }),
  },
  ingress: {
    maxBodyBytes: setting({
      env: 'CALLBACK_MAX_BODY_BYTES',
      schema: values.positive,
      default: 262_144,
      description: 'larger callbacks are refused',
    }),
    kafkaWaitMs: setting({
      env: 'CALLBACK_KAFKA_WAIT_MS',
      schema: values.positive,
      default: 400,
      description: 'how long a callback waits for Kafka before it is stored in MongoDB; WeCom waits one second in all',
    }),
    keyGraceHours: setting({
      env: 'KEY_GRACE_HOURS',
      schema: values.positive,
      default: 24,
      description: 'hours for which events signed with the key pair of before a rotation or a cancellation are still accepted',
    }),
    parkedHours: setting({
      env: 'PARKED_EVENT_HOURS',
      schema: values.positive,
      default: 24,
      description: 'hours for which events of a suite or corp that is not known are kept',
    }),
  },
  journal: {
    keepDays: setting({
      env: 'JOURNAL_DAYS',
      schema: values.positive,
      default: 30,
      description: 'days for which receipts and refusals are kept',
    }),
    refusalsPerEndpoint: setting({
      env: 'REFUSALS_PER_ENDPOINT',
      schema: values.positive,
      default: 1_000,
      description: 'refusals that are kept per endpoint',
    }),
  },
  delivery: {
    timeoutSec: setting({
      env: 'DELIVERY_TIMEOUT_SEC',
      schema: values.positive,
      default: 15,
      description: 'seconds within which a destination must answer',
    }),
    concurrency: setting({
      env: 'DELIVERY_CONCURRENCY',
      schema: values.positive,
      default: 8,
      description: 'requests at one time to a destination that sets nothing else',
    }),
    perSecond: setting({
      env: 'DELIVERY_RATE_PER_SEC',
      schema: values.positive,
      default: 100,
      description: 'requests a second to a destination that sets nothing else',
    }),
    disableAfterDays: setting({
      env: 'DELIVERY_DISABLE_AFTER_DAYS',
      schema: values.positive,
      default: 5,
      description: 'days of nothing but failures after which a destination is disabled',
    }),
    keepDays: setting({
      env: 'DELIVERY_KEEP_DAYS',
      schema: values.positive,
      default: 14,
      description: 'days for which deliveries are kept, with their sealed content for a retry by hand',
    }),
    secretOverlapHours: setting({
      env: 'DESTINATION_SECRET_OVERLAP_HOURS',
      schema: values.positive,
      default: 24,
      description: 'hours for which a replaced signing secret signs beside the new one',
    }),
  },
};

export type CallbackConfig = ConfigOf<typeof callbackSettings>;

/** @throws ConfigError when settings that are right by themselves do not go together */
export const refuseUnsafe = ({ environment, publicBaseUrl, ingress }: CallbackConfig): void => {
  const faults = [
    {
      broken: environment === 'production' && !publicBaseUrl.startsWith('https://'),
      env: 'PUBLIC_CALLBACK_BASE_URL',
      zh: '生产环境必须使用 https',
      en: 'production needs https',
    },
    {
      broken: ingress.kafkaWaitMs > 500,
      env: 'CALLBACK_KAFKA_WAIT_MS',
      zh: '最多 500：企业微信共等待 1 秒，还须留出写入 MongoDB 的时间',
      en: 'at most 500: WeCom waits one second in all, and storing in MongoDB needs its part',
    },
  ].flatMap(({ broken, ...fault }) => (broken ? [fault] : []));
  if (faults.length > 0) {
    throw new ConfigError(faults);
  }
};
