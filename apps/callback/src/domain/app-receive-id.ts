import { corpKeyOf, isBeforeCancellation, type CorpStanding } from './corp';
import type { ExpectedIds } from './receive-id';

export interface ReceivedAppIds {
  /** Of the ciphertext. */
  readonly receiveId: string;
  /** ToUserName of the decrypted document; null where it has none. */
  readonly toUserName: string | null;
}

/** For which corp a document speaks, and which id of the ciphertext vouches for that. */
export interface CorpClaim {
  readonly suiteId: string;
  readonly corpId: string;
  readonly corpKey: string;
  readonly matched: 'CORP_ID' | 'SUITE_ID' | 'PROVIDER_CORP_ID';
  /** Said inside the ciphertext as well as by it. */
  readonly named: boolean;
}

export type AppVerdict =
  | {
      readonly verdict: 'ACCEPTED' | 'PARKED';
      readonly suiteId: string;
      readonly corpId: string;
      readonly corpKey: string;
      readonly matched: CorpClaim['matched'] | 'PARKED';
    }
  | { readonly verdict: 'DROPPED' | 'REFUSED' };

const vouching = ({ suiteId, providerCorpId }: ExpectedIds, receiveId: string, corpId: string): CorpClaim['matched'] | null => {
  if (receiveId === corpId) {
    return 'CORP_ID';
  }
  if (receiveId === suiteId) {
    return 'SUITE_ID';
  }
  return receiveId === providerCorpId ? 'PROVIDER_CORP_ID' : null;
};

/**
 * The corp that an app document is from: the one it names, for which the receiveid must vouch. The endpoint of one
 * corp's app speaks for no other corp. Null: refused.
 */
export const claimOf = (
  expected: ExpectedIds & { readonly ownCorpKey: string | null },
  received: ReceivedAppIds,
): CorpClaim | null => {
  const { suiteId, ownCorpKey } = expected;
  const { receiveId, toUserName } = received;
  const corpId = toUserName ?? receiveId;
  const matched = receiveId === '' ? null : vouching(expected, receiveId, corpId);
  if (suiteId === null || matched === null) {
    return null;
  }
  const corpKey = corpKeyOf(suiteId, corpId);
  return ownCorpKey !== null && ownCorpKey !== corpKey
    ? null
    : { suiteId, corpId, corpKey, matched, named: toUserName !== null };
};

/**
 * What becomes of a document by the standing of its corp. A message may overtake the exchange of its authorization, so
 * that an unknown corp waits; what was sent before a cancellation comes too late and must not bring the corp back.
 */
export const judgeApp = (claim: CorpClaim, standing: CorpStanding | null, occurredAt: Date): AppVerdict => {
  const { suiteId, corpId, corpKey, matched } = claim;
  if (standing !== null && isBeforeCancellation(standing, occurredAt)) {
    return { verdict: 'DROPPED' };
  }
  if (standing !== null && standing.active) {
    return { verdict: 'ACCEPTED', suiteId, corpId, corpKey, matched };
  }
  return claim.named
    ? { verdict: 'PARKED', suiteId, corpId, corpKey, matched: matched === 'CORP_ID' ? 'PARKED' : matched }
    : { verdict: 'REFUSED' };
};
