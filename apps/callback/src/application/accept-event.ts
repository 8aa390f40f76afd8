import { isAppError } from '@daikaifa/kernel';
import type { RefusalReason } from '../domain/refusal';
import type { LaneEvent } from './event-lanes';
import { examineEvent, type EventRequest, type GenuineEvent } from './examine-event';
import { makeDurable } from './make-durable';
import type { OpenedMessage } from './open-message';
import type { Dependencies, OutgoingEvent, ReadDocument } from './ports';
import type { Ruling } from './rule-on-document';
import { recordRefusal } from './record-refusal';
import { useKeys } from './use-keys';
import { within } from './within';

export type EventAnswer =
  /** What WeCom wants to read depends on whom the event was for. */
  | { readonly kind: 'ACCEPTED'; readonly class: Ruling['class'] }
  | { readonly kind: 'REFUSED'; readonly reason: RefusalReason }
  | { readonly kind: 'UNAVAILABLE' };

const CLOCK_SKEW_SEC = 300;

type DurableRuling = Extract<Ruling, { verdict: 'ACCEPTED' | 'PARKED' }>;

type Deps = Parameters<typeof makeDurable>[0] &
  Pick<Dependencies, 'endpoints' | 'reader' | 'writer' | 'refusals' | 'counters' | 'newId'>;

/**
 * One event of WeCom: found genuine, made durable, and only then answered. A re-send of something durable is answered
 * and counted. Parked events are durable as well.
 */
export const acceptEvent = (deps: Deps) => {
  const { reader, writer, counters, limits, logger } = deps;
  const examine = examineEvent(deps);
  const durable = makeDurable(deps);
  const refusalOf = recordRefusal(deps);
  const report = useKeys(deps);

  const messageOf = (event: GenuineEvent, ruling: DurableRuling, id: string): OutgoingEvent => {
    const { document, receivedAt } = event;
    const { id: endpointId, publisherId } = event.opened.endpoint;
    const { suiteId } = ruling;
    return ruling.class === 'SUITE'
      ? writer.suiteEvent({ id, publisherId, endpointId, suiteId, matched: ruling.matched, document, receivedAt })
      : writer.appEvent({
          id,
          publisherId,
          endpointId,
          suiteId,
          corpId: ruling.corpId,
          matched: ruling.matched,
          document,
          receivedAt,
        });
  };

  const laneEventOf = (event: GenuineEvent, ruling: DurableRuling): LaneEvent => {
    const { endpoint, message } = event.opened;
    const id = reader.contentId(endpoint.id, message);
    const corpKey = ruling.class === 'APP' ? ruling.corpKey : null;
    return {
      id,
      publisherId: endpoint.publisherId,
      endpointId: endpoint.id,
      templateId: endpoint.templateId,
      key: corpKey ?? ruling.suiteId,
      suiteId: ruling.suiteId,
      corpKey,
      infoType: event.document.infoType,
      receivedAt: event.receivedAt,
      occurredAt: event.occurredAt,
      parked: ruling.verdict === 'PARKED',
      message: messageOf(event, ruling, id),
    };
  };

  const countOddities = ({ fault, timestampSec }: ReadDocument, receivedAt: Date): void => {
    if (fault !== null) {
      counters.odd('FAULT');
    }
    if (timestampSec !== null && Math.abs(receivedAt.getTime() / 1_000 - timestampSec) > CLOCK_SKEW_SEC) {
      counters.odd('CLOCK_SKEW');
    }
  };

  const reportUse = ({ endpoint, pair }: OpenedMessage): void => {
    if (pair.slot === 'NEXT' || (pair.slot === 'CURRENT' && !endpoint.verified)) {
      report(endpoint, pair, 'EVENT').catch((err: unknown) =>
        logger.warn({ err, 'endpoint.id': endpoint.id }, 'the use of a key pair could not be recorded'),
      );
    }
  };

  const keep = async (event: GenuineEvent, ruling: DurableRuling, deadline: number): Promise<EventAnswer> => {
    const { infoType } = event.document;
    const laneEvent = laneEventOf(event, ruling);
    try {
      const { outcome } = await within(Math.max(1, deadline - performance.now()), durable(laneEvent));
      counters.accepted(outcome, infoType);
      if (outcome !== 'DUPLICATE') {
        countOddities(event.document, event.receivedAt);
      }
      return { kind: 'ACCEPTED', class: ruling.class };
    } catch (err) {
      counters.accepted('UNAVAILABLE', infoType);
      logger.warn(
        { err, 'event.id': laneEvent.id, 'event.infoType': infoType },
        'an event could not be made durable in time',
      );
      return { kind: 'UNAVAILABLE' };
    }
  };

  const accept = async (event: GenuineEvent, deadline: number): Promise<EventAnswer> => {
    const { ruling } = event;
    reportUse(event.opened);
    if (ruling.verdict === 'ACCEPTED' || ruling.verdict === 'PARKED') {
      return keep(event, ruling, deadline);
    }
    counters.accepted(ruling.verdict, event.document.infoType);
    return { kind: 'ACCEPTED', class: ruling.class };
  };

  return async (request: EventRequest): Promise<EventAnswer> => {
    const examined = await examine(request).catch((error: unknown) => {
      if (isAppError(error) && error.code === 'UNAVAILABLE') {
        return null;
      }
      throw error;
    });
    if (examined === null) {
      return { kind: 'UNAVAILABLE' };
    }
    if (examined.ok) {
      return accept(examined.event, request.arrivedAt + limits.answerMs);
    }
    const { reason, endpoint } = examined;
    const { remoteAddress, sizeBytes, body } = request;
    refusalOf({ method: 'POST', remoteAddress, sizeBytes, content: body }, { reason, endpoint });
    return { kind: 'REFUSED', reason };
  };
};
