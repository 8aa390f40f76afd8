import type { Logger } from '@daikaifa/observability';
import { logLevel, type logCreator } from 'kafkajs';

/**
 * What kafkajs shouts about although it is the normal course of a start, a rebalance or a reconnect, and is tried
 * again by itself. A lasting outage shows in the lines of the sender and of the consumers.
 */
const NORMAL_COURSE =
  /coordinator is (not available|loading)|not the correct coordinator|coordinator for this group|group is rebalancing|rebalance|not aware of this member|leadership election|does not host this topic-partition|Connection error|Connection timeout|Failed to connect|Restarting the consumer|Closed connection|request timed out|Failed to send messages/i;

const OWN_FIELDS = new Set(['message', 'timestamp', 'logger', 'stack']);

/** Maps kafkajs to pino. Its INFO is our debug: joining, pausing and resuming are no news. */
export const kafkaLogCreator =
  (logger: Logger): logCreator =>
  () =>
  ({ namespace, level, log }) => {
    const { message } = log;
    const fields = Object.fromEntries(Object.entries(log).filter(([name]) => !OWN_FIELDS.has(name)));
    const line = { 'kafka.namespace': namespace, kafka: fields };
    const normal = NORMAL_COURSE.test(`${message} ${String(fields['error'] ?? '')}`);
    if (level === logLevel.ERROR && !normal) {
      logger.error(line, message);
    } else if (level === logLevel.WARN && !normal) {
      logger.warn(line, message);
    } else {
      logger.debug(line, message);
    }
  };
