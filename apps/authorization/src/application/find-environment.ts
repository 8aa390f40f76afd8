import { isAppError } from '@daikaifa/kernel';
import type { Grant } from '../domain/authorization.decide';
import type { Dependencies } from './ports';

/** Plain → encrypted corp id, per publisher: it never changes, and a publisher has 30 test corps at most. */
type OpenCorpIds = Map<string, string>;

type Parts = Pick<Dependencies, 'knownPublishers' | 'tokens' | 'wecom'>;

type Environment = Pick<Grant, 'environment' | 'environmentBasis'>;

const LISTED: Environment = { environment: 'TEST', environmentBasis: 'LIST' };

const INVALID_CORP_ID = 40013;
/** No plain id of a corp, as an entry that is encrypted already: it was compared as it stands, and equals nothing. */
const NO_CORP = '';

/**
 * Null while WeCom has no relation between the corp and the publisher (48001), or cannot be asked. Whether the relation
 * is there as soon as a corp has scanned is not documented, so 48001 says nothing about who the corp is.
 */
const openCorpIdOf = async (
  { tokens, wecom }: Parts,
  publisherId: string,
  corpId: string,
): Promise<string | null> => {
  try {
    const answer = await tokens.withProviderToken(publisherId, (providerAccessToken) =>
      wecom.corpidToOpencorpid({ providerAccessToken, corpId }),
    );
    if (answer.ok) {
      return answer.value.openCorpId;
    }
    return answer.error.errcode === INVALID_CORP_ID ? NO_CORP : null;
  } catch (error) {
    if (isAppError(error)) {
      return null;
    }
    throw error;
  }
};

/**
 * TEST when the corp is on the publisher's list of test corps. The list holds plain corp ids as a rule, the
 * authorization an encrypted one. Who is not compared with every entry, or with none, counts as FORMAL until a person
 * says otherwise.
 */
export const findEnvironment = (parts: Parts) => {
  const known = new Map<string, OpenCorpIds>();

  const encrypted = async (publisherId: string, corpId: string): Promise<string | null> => {
    const ofPublisher = known.get(publisherId) ?? new Map<string, string>();
    known.set(publisherId, ofPublisher);
    const stored = ofPublisher.get(corpId);
    if (stored !== undefined) {
      return stored;
    }
    const found = await openCorpIdOf(parts, publisherId, corpId);
    if (found !== null && found !== NO_CORP) {
      ofPublisher.set(corpId, found);
    }
    return found;
  };

  return async ({
    publisherId,
    corpId,
  }: {
    readonly publisherId: string;
    readonly corpId: string;
  }): Promise<Environment> => {
    const testCorpIds = (await parts.knownPublishers.find(publisherId))?.testCorpIds ?? [];
    if (testCorpIds.includes(corpId)) {
      return LISTED;
    }
    let isCompared = testCorpIds.length > 0;
    for (const testCorpId of testCorpIds) {
      const openCorpId = await encrypted(publisherId, testCorpId);
      if (openCorpId === corpId) {
        return LISTED;
      }
      isCompared &&= openCorpId !== null;
    }
    return { environment: 'FORMAL', environmentBasis: isCompared ? 'LIST' : 'UNDECIDED' };
  };
};

export type FindEnvironment = ReturnType<typeof findEnvironment>;
