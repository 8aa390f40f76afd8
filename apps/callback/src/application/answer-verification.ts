import type { EndpointKind } from '../domain/endpoint';
import type { RefusalReason } from '../domain/refusal';
import type { LiveEndpoint, LiveEndpoints } from './live-endpoints';
import { openMessage, type SignedRequest } from './open-message';
import type { Dependencies } from './ports';
import { isProbe } from './probe-endpoint';
import { recordRefusal } from './record-refusal';
import { useKeys } from './use-keys';
import { within } from './within';

export interface VerificationRequest {
  readonly endpointId: string;
  /** Of the address that was called. */
  readonly kind: EndpointKind;
  /** Null: a parameter is missing. `encrypt` is `echostr`. */
  readonly signed: SignedRequest | null;
  readonly remoteAddress: string;
  /** Of `performance.now()`. */
  readonly arrivedAt: number;
}

export type VerificationAnswer =
  | { readonly kind: 'ANSWERED'; readonly plaintext: Buffer }
  | { readonly kind: 'REFUSED'; readonly reason: RefusalReason };

/** The report is written before the answer where that is quick: then whoever saw the answer sees the report. */
const REPORT_MS = 400;

/**
 * The URL verification: signature, cipher, receiveid = the provider's own corp id, then the bare plaintext.
 * A pair that was retired by a rotation does not count: it would stop working after its grace time.
 */
export const answerVerification = (
  deps: Pick<
    Dependencies,
    'endpoints' | 'refusals' | 'counters' | 'wakes' | 'limits' | 'clock' | 'newId' | 'logger'
  > & { readonly live: LiveEndpoints },
) => {
  const { live, clock, counters, logger } = deps;
  const refusalOf = recordRefusal(deps);
  const report = useKeys(deps);

  const knowsReceiver = async (endpoint: LiveEndpoint, receiveId: string, arrivedAt: number): Promise<boolean> =>
    endpoint.providerCorpId === receiveId ||
    (await live.reread(endpoint.id, arrivedAt))?.providerCorpId === receiveId;

  return async (request: VerificationRequest): Promise<VerificationAnswer> => {
    const { endpointId, signed, arrivedAt, remoteAddress } = request;
    const refuse = (reason: RefusalReason, endpoint: LiveEndpoint | null): VerificationAnswer => {
      const content = Buffer.from(signed?.encrypt ?? '');
      refusalOf({ method: 'GET', remoteAddress, content }, { reason, endpoint });
      return { kind: 'REFUSED', reason };
    };

    const endpoint = await live.find(endpointId);
    if (endpoint === null || endpoint.kind !== request.kind || endpoint.closed) {
      return refuse('UNKNOWN_ENDPOINT', endpoint);
    }
    if (signed === null) {
      return refuse('ENVELOPE', endpoint);
    }
    const slots = ['CURRENT', 'NEXT'] as const;
    const result = await openMessage(live, { endpoint, request: signed, slots, now: clock.now(), arrivedAt });
    if (!result.ok) {
      return refuse(result.reason, endpoint);
    }
    const { opened } = result;
    if (!(await knowsReceiver(opened.endpoint, opened.receiveId, arrivedAt))) {
      return refuse('RECEIVE_ID', endpoint);
    }
    if (isProbe(opened.message)) {
      counters.verified('PROBE');
    } else {
      counters.verified('ANSWERED');
      const reporting = report(opened.endpoint, opened.pair, 'VERIFICATION');
      const failed = (err: unknown): void =>
        logger.warn({ err, 'endpoint.id': endpointId }, 'a verification was answered and could not be recorded');
      await within(REPORT_MS, reporting.catch(failed)).catch(() => undefined);
    }
    return { kind: 'ANSWERED', plaintext: opened.message };
  };
};
