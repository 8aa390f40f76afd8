import type { ErasureCounts } from '@daikaifa/kernel';
import type { CorpApp } from './corp-app';
import { changed, type CorpAppDecision } from './decision';
import { NO_RANGE_STEPS, NOT_OBSERVED } from './observation';
import { NO_DOMAIN_RECORD } from './trusted-domain';

/** No app was made in the epoch. */
export const NOTHING_ERASED: ErasureCounts = { 'corp-app': 0, observation: 0, drift: 0, 'trusted-domain': 0 };

const countsOf = (app: CorpApp): ErasureCounts => ({
  'corp-app': 1,
  observation: Object.values(app.observed).filter((part) => part !== null).length,
  drift: app.drift.length,
  'trusted-domain': (app.ownershipFile === null ? 0 : 1) + (app.domainProof === null ? 0 : 1),
});

/**
 * The corp has cancelled: from every state, and with it goes what is known of the corp. What the provider wrote itself
 * stays, so that the next corp can be given it; what is in review is left to the review service. Null: done already.
 */
export const cancelCorpApp = (app: CorpApp, cancelledAt: Date, now: Date): CorpAppDecision | null =>
  app.erasure !== null
    ? null
    : changed(
        app,
        {
          cancelledAt: app.cancelledAt ?? cancelledAt,
          corpId: '',
          enabled: false,
          observed: NOT_OBSERVED,
          rangeSteps: NO_RANGE_STEPS,
          drift: [],
          reservation: null,
          ownershipFile: null,
          domainProof: null,
          domainRecord: NO_DOMAIN_RECORD,
          erasure: { erasedAt: now, counts: countsOf(app) },
        },
        now,
        ...(app.cancelledAt === null ? (['corp-app.cancelled', 'corp-app.erased'] as const) : (['corp-app.erased'] as const)),
      );
