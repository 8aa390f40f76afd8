import {
  wecomAppTopic,
  wecomSuiteTopic,
  type SignalEvent,
  type WecomAppSignal,
  type WecomSuiteSignal,
} from '@daikaifa/contracts';
import { currentCorrelationId, currentTraceparent } from '@daikaifa/observability';
import type { KeyRing } from '@daikaifa/security';
import type { AppEvent, EventWriter, OutgoingEvent, SuiteEvent } from '../application/ports';

const HEADERS = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };

/** Seconds between our clock and WeCom's. */
const skewOf = (receivedAt: Date, timestampSec: number | null): number | null =>
  timestampSec === null ? null : Math.round(receivedAt.getTime() / 1_000) - timestampSec;

const sealedOf = (keyRing: KeyRing, { id, document }: SuiteEvent): WecomSuiteSignal['sealed'] => {
  const { raw, authCode, suiteTicket } = document;
  return {
    raw: keyRing.seal(raw, `${id}:raw`),
    ...(authCode !== null && { authCode: keyRing.seal(authCode, `${id}:authCode`) }),
    ...(suiteTicket !== null && { suiteTicket: keyRing.seal(suiteTicket, `${id}:suiteTicket`) }),
  };
};

const suiteSignal = (keyRing: KeyRing, event: SuiteEvent): WecomSuiteSignal => {
  const { document, receivedAt } = event;
  const { timestampSec } = document;
  return {
    endpointId: event.endpointId,
    suiteId: event.suiteId,
    infoType: document.infoType,
    timestampSec,
    receivedAt: receivedAt.toISOString(),
    receiveIdMatched: event.matched,
    authCorpId: document.authCorpId,
    state: document.state,
    clockSkewSec: skewOf(receivedAt, timestampSec),
    sealed: sealedOf(keyRing, event),
  };
};

const appSignal = (keyRing: KeyRing, event: AppEvent): WecomAppSignal => {
  const { id, document, receivedAt } = event;
  const { msgType, event: name, agentId, timestampSec } = document;
  return {
    endpointId: event.endpointId,
    suiteId: event.suiteId,
    corpId: event.corpId,
    agentId,
    msgType,
    event: name,
    createTimeSec: timestampSec,
    receivedAt: receivedAt.toISOString(),
    receiveIdMatched: event.matched,
    clockSkewSec: skewOf(receivedAt, timestampSec),
    sealed: { raw: keyRing.seal(document.raw, `${id}:raw`) },
  };
};

/** The subject of a signal is its key. */
const recordOf = <Signal>(
  topic: string,
  event: Pick<SuiteEvent, 'id' | 'publisherId' | 'suiteId' | 'receivedAt'>,
  content: { readonly type: string; readonly key: string; readonly corp: string | null; readonly data: Signal },
): OutgoingEvent => {
  const { id, suiteId, receivedAt } = event;
  const { type, key, corp, data } = content;
  const traceparent = currentTraceparent();
  const envelope: SignalEvent<Signal> = {
    specversion: '1.0',
    id,
    type,
    source: 'daikaifa/callback',
    subject: key,
    time: receivedAt.toISOString(),
    datacontenttype: 'application/json',
    ...(traceparent !== undefined && { traceparent }),
    tenant: event.publisherId,
    correlationid: currentCorrelationId() ?? id,
    suite: suiteId,
    ...(corp !== null && { corp }),
    data,
  };
  return { topic, key, value: JSON.stringify(envelope), headers: HEADERS };
};

/** Events that carry what WeCom sent, sealed with the key ring that only the receiving services have. */
export const createEventWriter = (keyRing: KeyRing): EventWriter => ({
  suiteEvent: (event) => {
    const { suiteId, document } = event;
    const { infoType, authCorpId: corp } = document;
    const data = suiteSignal(keyRing, event);
    return recordOf(wecomSuiteTopic.topic, event, { type: `wecom.suite.${infoType}`, key: suiteId, corp, data });
  },
  appEvent: (event) => {
    const { suiteId, corpId: corp, document } = event;
    const data = appSignal(keyRing, event);
    return recordOf(wecomAppTopic.topic, event, {
      type: `wecom.app.${document.infoType}`,
      key: `${suiteId}:${corp}`,
      corp,
      data,
    });
  },
});
