import { judgeReceiveId, type ReceiveIdVerdict } from '../domain/receive-id';
import type { RefusalReason } from '../domain/refusal';
import type { LiveEndpoint, LiveEndpoints } from './live-endpoints';
import { openMessage, type OpenedMessage, type SignedRequest } from './open-message';
import type { Dependencies, ReadDocument } from './ports';

export interface EventRequest {
  readonly endpointId: string;
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
  readonly verdict: Exclude<ReceiveIdVerdict, { verdict: 'REFUSED' }>;
}

export type Examined =
  | { readonly ok: true; readonly event: GenuineEvent }
  | { readonly ok: false; readonly reason: RefusalReason; readonly endpoint: LiveEndpoint | null };

/**
 * size → envelope → signature → cipher → receiveid.
 * @throws AppError UNAVAILABLE when nothing is known of the endpoint and the database does not answer
 */
export const examineEvent = ({
  live,
  reader,
  clock,
}: Pick<Dependencies, 'reader' | 'clock'> & { readonly live: LiveEndpoints }) => {
  /** A suite id that is not known may have been recorded a moment ago. */
  const judge = async (
    opened: OpenedMessage,
    innerSuiteId: string | null,
    arrivedAt: number,
  ): Promise<ReceiveIdVerdict> => {
    const ids = { receiveId: opened.receiveId, innerSuiteId };
    const verdict = judgeReceiveId(opened.endpoint, ids);
    if (verdict.verdict === 'ACCEPTED') {
      return verdict;
    }
    const reread = await live.reread(opened.endpoint.id, arrivedAt);
    return reread === null ? verdict : judgeReceiveId(reread, ids);
  };

  return async (request: EventRequest): Promise<Examined> => {
    const { query, arrivedAt } = request;
    const endpoint = await live.find(request.endpointId);
    if (endpoint === null || endpoint.closed) {
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
    const result = await openMessage(live, { endpoint, request: signed, slots, now: clock.now(), arrivedAt });
    if (!result.ok) {
      return result;
    }
    const { opened } = result;
    const document = reader.document(opened.message);
    const verdict = await judge(opened, document.suiteId, arrivedAt);
    return verdict.verdict === 'REFUSED'
      ? { ok: false, reason: 'RECEIVE_ID', endpoint }
      : { ok: true, event: { opened, document, verdict } };
  };
};
