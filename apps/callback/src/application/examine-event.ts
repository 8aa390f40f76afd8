import type { EndpointKind } from '../domain/endpoint';
import type { RefusalReason } from '../domain/refusal';
import type { LiveCorps } from './live-corps';
import { isShut, type LiveEndpoint, type LiveEndpoints } from './live-endpoints';
import { openMessage, type OpenedMessage, type SignedRequest } from './open-message';
import type { Dependencies, ReadDocument } from './ports';
import { ruleOnDocument, type Ruling } from './rule-on-document';

export interface EventRequest {
  readonly endpointId: string;
  /** Of the address that was called. */
  readonly kind: EndpointKind;
  /** Null: a parameter is missing. */
  readonly query: Omit<SignedRequest, 'encrypt'> | null;
  /** As far as it was read. */
  readonly body: Buffer;
  /** Of the whole body, as far as it is known. */
  readonly sizeBytes: number;
  readonly tooLarge: boolean;
  readonly remoteAddress: string;
  /** Of `performance.now()`. */
  readonly arrivedAt: number;
}

/** An event that WeCom sent to this endpoint. */
export interface GenuineEvent {
  readonly opened: OpenedMessage;
  readonly document: ReadDocument;
  readonly ruling: Ruling;
  readonly receivedAt: Date;
  /** By WeCom's clock, but not later than it was received. */
  readonly occurredAt: Date;
}

export type Examined =
  | { readonly ok: true; readonly event: GenuineEvent }
  | { readonly ok: false; readonly reason: RefusalReason; readonly endpoint: LiveEndpoint | null };

const earlier = (receivedAt: Date, timestampSec: number | null): Date =>
  timestampSec === null ? receivedAt : new Date(Math.min(receivedAt.getTime(), timestampSec * 1_000));

/**
 * size → envelope → signature → cipher → class and receiveid.
 * @throws AppError UNAVAILABLE when nothing is known of the endpoint or the corp and the database does not answer
 */
export const examineEvent = ({
  live,
  corps,
  reader,
  clock,
}: Pick<Dependencies, 'reader' | 'clock'> & { readonly live: LiveEndpoints; readonly corps: LiveCorps }) => {
  const ruleOn = ruleOnDocument({ live, corps });

  return async (request: EventRequest): Promise<Examined> => {
    const { query, arrivedAt } = request;
    const receivedAt = clock.now();
    const endpoint = await live.find(request.endpointId);
    if (endpoint === null || endpoint.kind !== request.kind || isShut(endpoint, receivedAt)) {
      return { ok: false, reason: 'UNKNOWN_ENDPOINT', endpoint };
    }
    if (request.tooLarge) {
      return { ok: false, reason: 'TOO_LARGE', endpoint };
    }
    const encrypt = query === null ? null : reader.encryptedOf(request.body);
    if (query === null || encrypt === null) {
      return { ok: false, reason: 'ENVELOPE', endpoint };
    }
    const slots = ['CURRENT', 'NEXT', 'PREVIOUS'] as const;
    const signed = { ...query, encrypt };
    const result = await openMessage(live, { endpoint, request: signed, slots, now: receivedAt, arrivedAt });
    if (!result.ok) {
      return result;
    }
    const { opened } = result;
    const document = reader.document(opened.message);
    const occurredAt = earlier(receivedAt, document.timestampSec);
    const ruling = await ruleOn({ opened, document, occurredAt }, arrivedAt);
    return ruling === null
      ? { ok: false, reason: 'RECEIVE_ID', endpoint }
      : { ok: true, event: { opened, document, ruling, receivedAt, occurredAt } };
  };
};
