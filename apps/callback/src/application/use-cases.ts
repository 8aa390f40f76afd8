import { acceptEvent } from './accept-event';
import { answerVerification } from './answer-verification';
import { createDeliveryUseCases } from './delivery-use-cases';
import { eraseCorp, ingressEraser } from './erase-corp';
import { deliveryEraser } from './erase-deliveries';
import { createEventLanes } from './event-lanes';
import { createEventWindow } from './event-window';
import { findEndpointsByIds, findEndpointsOfApps, listReceipts, listRefusals } from './find-endpoints';
import { followAuthorization, followCorpApp, followPublisher, followSuite, followTemplate } from './follow-sources';
import { importEndpointKeys } from './import-endpoint-keys';
import { issueEndpointKeys } from './issue-endpoint-keys';
import { createLiveCorps } from './live-corps';
import { createLiveEndpoints } from './live-endpoints';
import type { CorpEraser, Dependencies } from './ports';
import { probeEndpoint, probeInBackground, wakeDueProbes } from './probe-endpoint';
import { moveStored, settleParked, trimRefusals } from './work-off-backlog';

/** Everything the service can do, bound to its dependencies. */
export const createUseCases = (deps: Dependencies) => {
  const live = createLiveEndpoints(deps);
  const lanes = createEventLanes(deps);
  const window = createEventWindow(deps.clock, deps.limits.dedupeWindowMs);
  const corps = createLiveCorps(deps);
  /** Every part of the service that keeps something about a corp. */
  const erasers: readonly CorpEraser[] = [ingressEraser(deps), deliveryEraser(deps)];
  const all = { ...deps, live, lanes, window, corps, eraseCorp: eraseCorp({ ...deps, erasers }) };
  return {
    issueEndpointKeys: issueEndpointKeys(all),
    importEndpointKeys: importEndpointKeys(all),
    probeEndpoint: probeEndpoint(all),
    probeInBackground: probeInBackground(all),
    wakeDueProbes: wakeDueProbes(all),
    findEndpointsByIds: findEndpointsByIds(all),
    findEndpointsOfApps: findEndpointsOfApps(all),
    listRefusals: listRefusals(all),
    listReceipts: listReceipts(all),
    followTemplate: followTemplate(all),
    followPublisher: followPublisher(all),
    followSuite: followSuite(all),
    followCorpApp: followCorpApp(all),
    followAuthorization: followAuthorization(all),
    answerVerification: answerVerification(all),
    acceptEvent: acceptEvent(all),
    moveStored: moveStored(all),
    wakeMover: all.wakes.moveStored,
    settleParked: settleParked(all),
    trimRefusals: trimRefusals(all),
    warmUp: async (limits: { readonly endpoints: number; readonly corps: number }) => {
      await Promise.all([live.warm(limits.endpoints), corps.warm(limits.corps)]);
    },
    takeBacklogMark: lanes.takeBacklogMark,
    ...createDeliveryUseCases(deps),
  };
};

export type UseCases = ReturnType<typeof createUseCases>;
