import { capturedLogger } from '@daikaifa/testing';
import { logLevel } from 'kafkajs';
import { kafkaLogCreator } from './kafka-logs';

const write = (level: logLevel, message: string, fields: Record<string, unknown> = {}) => {
  const { logger, lines } = capturedLogger();
  kafkaLogCreator(logger)(level)({
    namespace: 'Connection',
    level,
    label: logLevel[level],
    log: { timestamp: '2026-03-02T09:00:00.000Z', logger: 'kafkajs', message, ...fields },
  });
  return lines[0];
};

describe('log lines of kafkajs', () => {
  it('keep the level of what is wrong, with the fields', () => {
    const fields = { error: 'The message is too large', broker: 'b:9092' };
    expect(write(logLevel.ERROR, 'Response Produce', fields)).toMatchObject({
      level: 'error',
      msg: 'Response Produce',
      'kafka.namespace': 'Connection',
      kafka: fields,
    });
    expect(write(logLevel.WARN, 'Something odd')).toMatchObject({ level: 'warn' });
  });

  it.each([
    ['Response GroupCoordinator', { error: 'The group coordinator is not available' }],
    ['Response Fetch', { error: 'The coordinator is loading and hence can\'t process requests for this group' }],
    ['Connection error: connect ECONNREFUSED', {}],
    ['The group is rebalancing, re-joining', {}],
  ])('are quiet about the normal course: %s', (message, fields) => {
    expect(write(logLevel.ERROR, message, fields)).toMatchObject({ level: 'debug' });
  });

  it('turn its INFO into debug', () => {
    expect(write(logLevel.INFO, 'Consumer has joined the group')).toMatchObject({ level: 'debug' });
  });
});
