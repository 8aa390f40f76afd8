import { counter, histogram, startSpan, type Logger } from '@daikaifa/observability';
import type { AroundCall, CallRecord } from '@daikaifa/wecom-protocol';

const calls = counter('wecom_calls_total', 'calls of WeCom by call and outcome');
const durations = histogram('wecom_call_duration_seconds', 'time until WeCom answered', 's');

/** Counts the calls of WeCom, and logs the ones that gave nothing. A record holds no secret, token or URL. */
export const recordCalls =
  (logger: Logger) =>
  ({ call, outcome, durationMs, errcode, httpStatus }: CallRecord): void => {
    calls.add(1, { call, outcome, errcode: errcode ?? 0 });
    durations.record(durationMs / 1000, { call });
    const fields = { 'wecom.call': call, 'wecom.outcome': outcome, 'wecom.durationMs': Math.round(durationMs) };
    if (outcome === 'OK') {
      logger.debug(fields, 'WeCom answered');
    } else {
      logger.warn({ ...fields, 'wecom.errcode': errcode, 'http.status': httpStatus }, 'WeCom gave no answer');
    }
  };

/** A span of its own for each call, which goes out with it: WeCom's part of a trace is seen as such. */
export const traceCall: AroundCall = (call, perform) =>
  startSpan(`wecom ${call}`, { kind: 'client', attributes: { 'wecom.call': call } }, async (span) => {
    const result = await perform();
    span.setAttributes(
      result.ok
        ? { 'wecom.outcome': 'OK' }
        : { 'wecom.outcome': result.error.kind, 'wecom.errcode': result.error.errcode ?? 0 },
    );
    return result;
  });
