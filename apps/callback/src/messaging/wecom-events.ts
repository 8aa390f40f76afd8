import { wecomSuiteTopic, type SignalEvent, type WecomSuiteSignal } from '@daikaifa/contracts';
import { currentCorrelationId, currentTraceparent } from '@daikaifa/observability';
import type { KeyRing } from '@daikaifa/security';
import type { EventWriter, SuiteEvent } from '../application/ports';

const HEADERS = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };

const sealedOf = (keyRing: KeyRing, { id, document }: SuiteEvent): WecomSuiteSignal['sealed'] => {
  const { raw, authCode, suiteTicket } = document;
  return {
    raw: keyRing.seal(raw, `${id}:raw`),
    ...(authCode !== null && { authCode: keyRing.seal(authCode, `${id}:authCode`) }),
    ...(suiteTicket !== null && { suiteTicket: keyRing.seal(suiteTicket, `${id}:suiteTicket`) }),
  };
};

const signalOf = (keyRing: KeyRing, event: SuiteEvent): WecomSuiteSignal => {
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
    clockSkewSec: timestampSec === null ? null : Math.round(receivedAt.getTime() / 1_000) - timestampSec,
    sealed: sealedOf(keyRing, event),
  };
};

/** Events that carry what WeCom sent, sealed with the key ring that only the receiving services have. */
export const createEventWriter = (keyRing: KeyRing): EventWriter => ({
  suiteEvent: (event) => {
    const { id, suiteId, document } = event;
    const traceparent = currentTraceparent();
    const envelope: SignalEvent<WecomSuiteSignal> = {
      specversion: '1.0',
      id,
      type: `wecom.suite.${document.infoType}`,
      source: 'daikaifa/callback',
      subject: suiteId,
      time: event.receivedAt.toISOString(),
      datacontenttype: 'application/json',
      ...(traceparent !== undefined && { traceparent }),
      tenant: event.publisherId,
      correlationid: currentCorrelationId() ?? id,
      suite: suiteId,
      ...(document.authCorpId !== null && { corp: document.authCorpId }),
      data: signalOf(keyRing, event),
    };
    return { topic: wecomSuiteTopic.topic, key: suiteId, value: JSON.stringify(envelope), headers: HEADERS };
  },
});
