import { kafkaSettings, setting, values, type ConfigOf } from '@daikaifa/config';

const { brokers, topicPrefix } = kafkaSettings();

/** As the services have them; this command makes no topics. */
export const deadLettersSettings = {
  kafka: { brokers, topicPrefix },
  logLevel: setting({
    env: 'LOG_LEVEL',
    schema: values.oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent'),
    default: 'silent',
    description: 'lowest level that is logged, on standard error',
  }),
};

export type DeadLettersConfig = ConfigOf<typeof deadLettersSettings>;
