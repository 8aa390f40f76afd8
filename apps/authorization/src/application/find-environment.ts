import { isAppError } from '@daikaifa/kernel';
import type { AuthorizationEnvironment } from '../domain/authorization';
import type { Dependencies } from './ports';

/** Plain → encrypted corp id, per publisher: it never changes, and a publisher has 30 test corps at most. */
type OpenCorpIds = Map<string, string>;

type Parts = Pick<Dependencies, 'knownPublishers' | 'tokens' | 'wecom'>;

/** Null while WeCom has no relation between the corp and the publisher (48001), or cannot be asked. */
const openCorpIdOf = async (
  { tokens, wecom }: Parts,
  publisherId: string,
  corpId: string,
): Promise<string | null> => {
  try {
    const answer = await tokens.withProviderToken(publisherId, (providerAccessToken) =>
      wecom.corpidToOpencorpid({ providerAccessToken, corpId }),
    );
    return answer.ok ? answer.value.openCorpId : null;
  } catch (error) {
    if (isAppError(error)) {
      return null;
    }
    throw error;
  }
};

/**
 * TEST when the corp is on the publisher's list of test corps. The list holds plain corp ids as a rule, the
 * authorization an encrypted one. Best effort: who cannot be matched counts as FORMAL.
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
    if (found !== null) {
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
  }): Promise<AuthorizationEnvironment> => {
    const testCorpIds = (await parts.knownPublishers.find(publisherId))?.testCorpIds ?? [];
    if (testCorpIds.includes(corpId)) {
      return 'TEST';
    }
    for (const testCorpId of testCorpIds) {
      if ((await encrypted(publisherId, testCorpId)) === corpId) {
        return 'TEST';
      }
    }
    return 'FORMAL';
  };
};

export type FindEnvironment = ReturnType<typeof findEnvironment>;
