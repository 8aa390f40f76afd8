import {
  context,
  metrics,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const SCOPE = 'daikaifa';
const SPAN_EXPORT_DELAY_MS = 500;

export interface Telemetry {
  /** Every metric of the process in Prometheus' text format. */
  metricsText(): Promise<string>;
  /** Sends what is still buffered. */
  stop(): Promise<void>;
}

/** Once per process, before anything else. Without `otlpUrl` spans are made (for log lines) and not exported. */
export const startTelemetry = (options: { readonly service: string; readonly otlpUrl?: string }): Telemetry => {
  const resource = resourceFromAttributes({ 'service.name': `daikaifa-${options.service}` });
  const spanProcessors =
    options.otlpUrl === undefined
      ? []
      : [
          new BatchSpanProcessor(new OTLPTraceExporter({ url: `${options.otlpUrl.replace(/\/$/, '')}/v1/traces` }), {
            scheduledDelayMillis: SPAN_EXPORT_DELAY_MS,
          }),
        ];
  const tracing = new NodeTracerProvider({ resource, spanProcessors });
  tracing.register({ propagator: new W3CTraceContextPropagator() });

  const reader = new PrometheusExporter({ preventServerStart: true });
  const meters = new MeterProvider({ resource, readers: [reader] });
  metrics.setGlobalMeterProvider(meters);
  const serializer = new PrometheusSerializer();

  return {
    metricsText: async () => serializer.serialize((await reader.collect()).resourceMetrics),
    stop: async () => {
      await Promise.allSettled([tracing.shutdown(), meters.shutdown()]);
    },
  };
};

export interface SpanOptions {
  readonly attributes?: Attributes;
  /** Continues a trace that arrived in a header, an event or a job. */
  readonly parentTraceparent?: string | undefined;
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
}

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** Runs `fn` inside a span; a thrown error marks the span and is thrown on. */
export const startSpan = async <T>(
  name: string,
  options: SpanOptions,
  fn: (span: Span) => Promise<T> | T,
): Promise<T> => {
  const parent =
    options.parentTraceparent === undefined
      ? context.active()
      : propagation.extract(context.active(), { traceparent: options.parentTraceparent });
  const span = trace
    .getTracer(SCOPE)
    .startSpan(name, { kind: KINDS[options.kind ?? 'internal'], attributes: options.attributes ?? {} }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), () => fn(span));
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'unknown' });
    throw error;
  } finally {
    span.end();
  }
};

/** W3C `traceparent` of the active span, for headers, events and jobs. */
export const currentTraceparent = (): string | undefined => {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier['traceparent'];
};

export interface Counter {
  add(count: number, labels?: Attributes): void;
}

export interface Histogram {
  record(value: number, labels?: Attributes): void;
}

// Instruments bind to the provider that is global at their first use, so they may be declared at module level.
const lazily = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

export const counter = (name: string, description: string): Counter => {
  const instrument = lazily(() => metrics.getMeter(SCOPE).createCounter(name, { description }));
  return { add: (count, labels) => instrument().add(count, labels) };
};

export const histogram = (name: string, description: string, unit: string): Histogram => {
  const instrument = lazily(() => metrics.getMeter(SCOPE).createHistogram(name, { description, unit }));
  return { record: (value, labels) => instrument().record(value, labels) };
};

/** Asked at each scrape. */
export const gauge = (name: string, description: string, observe: () => number | Promise<number>): void => {
  metrics
    .getMeter(SCOPE)
    .createObservableGauge(name, { description })
    .addCallback(async (result) => result.observe(await observe()));
};
