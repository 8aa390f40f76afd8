import type { CorpStanding } from '../domain/corp';
import { createLiveCache, type LiveCache } from './live-cache';
import type { Dependencies } from './ports';

/** Standing of corps in memory, by `corpKeyOf`. */
export interface LiveCorps extends Pick<LiveCache<CorpStanding>, 'find' | 'reread' | 'forget'> {
  /** Reads corps with a live authorization, so that a later outage of the database does not matter for them. */
  warm(limit: number): Promise<void>;
}

export const createLiveCorps = ({ directory, limits }: Pick<Dependencies, 'directory' | 'limits'>): LiveCorps => {
  const { find, reread, forget, put } = createLiveCache<CorpStanding>({
    read: (corpKey) => directory.findCorp(corpKey),
    limits,
    // Nobody guesses here: a right signature comes first.
    unknownReadsPerSec: Number.POSITIVE_INFINITY,
  });
  return {
    find,
    reread,
    forget,
    warm: async (limit) => {
      const readAt = performance.now();
      (await directory.activeCorps(limit)).forEach((corp) => put(corp.corpKey, corp, readAt));
    },
  };
};
