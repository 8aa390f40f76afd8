export { currentCorrelationId, withCorrelation } from './correlation';
export { createLogger, type Logger, type LogLevel } from './logger';
export {
  counter,
  currentTraceparent,
  gauge,
  histogram,
  startSpan,
  startTelemetry,
  type Counter,
  type Histogram,
  type SpanOptions,
  type Telemetry,
} from './telemetry';
export { CORRELATION_HEADER, createHttpServer, listen, type HttpServerOptions } from './http-server';
export { runProcess, type RunningApp } from './run-process';
