/** What is known about whom an endpoint receives for. */
export interface ExpectedIds {
  /** The suite id of the template, once it was recorded. */
  readonly suiteId: string | null;
  /** The publisher's own corp id. */
  readonly providerCorpId: string | null;
}

export interface ReceivedIds {
  /** Of the ciphertext. */
  readonly receiveId: string;
  /** SuiteId of the decrypted document; null where it has none. */
  readonly innerSuiteId: string | null;
}

export type ReceiveIdVerdict =
  | {
      readonly verdict: 'ACCEPTED' | 'PARKED';
      readonly suiteId: string;
      readonly matched: 'SUITE_ID' | 'PROVIDER_CORP_ID' | 'PARKED';
    }
  | { readonly verdict: 'REFUSED' };

const REFUSED: ReceiveIdVerdict = { verdict: 'REFUSED' };

/**
 * Whether an event with a right signature is for this endpoint. Ids are compared as they are: encrypted ones differ by
 * case.
 *
 * The inner SuiteId decides under which suite an event is published, so it must be the endpoint's own: whoever holds
 * the keys of one endpoint must not be able to speak for the suite of another. A suite id that is not recorded (yet)
 * waits: a ticket may overtake the recording, or somebody mistyped the id.
 */
export const judgeReceiveId = (expected: ExpectedIds, received: ReceivedIds): ReceiveIdVerdict => {
  const { receiveId, innerSuiteId } = received;
  const suiteId = innerSuiteId ?? expected.suiteId;
  const byProvider = expected.providerCorpId !== null && receiveId === expected.providerCorpId;
  if (receiveId === '' || suiteId === null || (receiveId !== suiteId && !byProvider)) {
    return REFUSED;
  }
  if (suiteId === expected.suiteId) {
    return { verdict: 'ACCEPTED', suiteId, matched: byProvider ? 'PROVIDER_CORP_ID' : 'SUITE_ID' };
  }
  return { verdict: 'PARKED', suiteId, matched: byProvider ? 'PROVIDER_CORP_ID' : 'PARKED' };
};
