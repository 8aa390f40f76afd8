import { trace } from '@opentelemetry/api';
import pino, { type DestinationStream, type Logger as PinoLogger } from 'pino';
import { currentCorrelationId } from './correlation';

export type Logger = PinoLogger;
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** Field names that hold secrets somewhere in the product; blotted out wherever a log object has them. */
const SECRET_FIELDS = [
  'accessToken',
  'access_token',
  'authCode',
  'auth_code',
  'authorization',
  'corpsecret',
  'encodingAesKey',
  'permanentCode',
  'permanent_code',
  'providerSecret',
  'provider_secret',
  'secret',
  'suiteSecret',
  'suite_secret',
  'suiteTicket',
  'suite_ticket',
  'token',
];

const redactPaths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

interface LoggerOptions {
  readonly service: string;
  readonly level: LogLevel;
  readonly destination?: DestinationStream;
}

const activeIds = (): Record<string, string> => {
  const correlationId = currentCorrelationId();
  const span = trace.getActiveSpan()?.spanContext();
  return {
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(span === undefined ? {} : { traceId: span.traceId }),
  };
};

/** Constant messages, dotted fields: `logger.info({ 'event.id': id }, 'event handled')`. */
export const createLogger = ({ service, level, destination }: LoggerOptions): Logger =>
  pino(
    {
      level,
      base: { service, pid: process.pid },
      mixin: activeIds,
      redact: { paths: redactPaths, censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.errWithCause },
    },
    ...(destination === undefined ? [] : [destination]),
  );
