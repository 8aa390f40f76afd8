import { derivedId, type Aggregate, type Fact } from '@daikaifa/kernel';
import type { Health } from './health';

/** Token and EncodingAESKey of an endpoint, sealed. The domain never sees them open. */
export interface SealedKeyPair {
  readonly id: string;
  readonly token: string;
  readonly encodingAesKey: string;
  readonly issuedAt: Date;
}

/** A pair that was replaced by a rotation. Events that WeCom signed with it are accepted until then. */
export interface RetiredKeyPair extends SealedKeyPair {
  readonly acceptedUntil: Date;
}

/** SUITE: a template's command callback, shared by the apps that were pre-filled from it. APP: of one corp's app. */
export type EndpointKind = 'SUITE' | 'APP';

/** An address that receives WeCom's callbacks of one subject. */
export interface Endpoint extends Aggregate {
  readonly kind: EndpointKind;
  readonly subject: { readonly kind: 'DELEGATED_TEMPLATE' | 'CORP_APP'; readonly id: string };
  /** The template whose suite it receives for. */
  readonly templateId: string;
  /** Of an APP endpoint: the one corp that it receives for, as `corpKeyOf`. */
  readonly corpKey: string | null;
  readonly url: string;
  /** What WeCom's console holds, or is to hold before the first verification. */
  readonly current: SealedKeyPair | null;
  /** Issued after the first verification; becomes current when WeCom uses it. */
  readonly next: SealedKeyPair | null;
  readonly previous: RetiredKeyPair | null;
  /** Idempotency keys of `issueKeys`, newest last. */
  readonly issues: readonly string[];
  /** When WeCom last proved that it holds the current pair. */
  readonly verifiedAt: Date | null;
  readonly health: Health;
  /** Whether the subject is in review or online, so that the health probe runs by itself. */
  readonly watched: boolean;
  /** When the probe is due; null: only on demand. */
  readonly nextProbeAt: Date | null;
  readonly closedAt: Date | null;
}

export const ENDPOINT_MADE = 'callback.endpoint.made';
export const KEYS_ISSUED = 'callback.endpoint.keys-issued';
export const ENDPOINT_VERIFIED = 'callback.endpoint.verified';
export const ENDPOINT_PROBED = 'callback.endpoint.probed';
export const ENDPOINT_CLOSED = 'callback.endpoint.closed';

export interface EndpointFact extends Fact {
  readonly type:
    | typeof ENDPOINT_MADE
    | typeof KEYS_ISSUED
    | typeof ENDPOINT_VERIFIED
    | typeof ENDPOINT_PROBED
    | typeof ENDPOINT_CLOSED;
}

/** Whoever makes the endpoint, and however often, it is the same one. */
export const endpointIdOf = (templateId: string): string => derivedId('endpoint', 'suite', templateId);
export const appEndpointIdOf = (corpAppId: string): string => derivedId('endpoint', 'app', corpAppId);

const ENDPOINT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isEndpointId = (id: string): boolean => ENDPOINT_ID.test(id);

const PATHS: Readonly<Record<EndpointKind, string>> = { SUITE: 'suite', APP: 'app' };

export const endpointUrl = (baseUrl: string, kind: EndpointKind, endpointId: string): string =>
  `${baseUrl.replace(/\/+$/, '')}/callback/${PATHS[kind]}/${endpointId}`;
