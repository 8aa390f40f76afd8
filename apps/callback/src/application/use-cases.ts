import { acceptEvent } from './accept-event';
import { answerVerification } from './answer-verification';
import { createEventLanes } from './event-lanes';
import { createEventWindow } from './event-window';
import { findEndpointsByIds, listReceipts, listRefusals } from './find-endpoints';
import { followPublisher, followSuite, followTemplate } from './follow-sources';
import { issueEndpointKeys } from './issue-endpoint-keys';
import { createLiveEndpoints } from './live-endpoints';
import type { Dependencies } from './ports';
import { probeEndpoint, probeInBackground, wakeDueProbes } from './probe-endpoint';
import { moveStored, settleParked, trimRefusals } from './work-off-backlog';

/** Everything the service can do, bound to its dependencies. */
export const createUseCases = (deps: Dependencies) => {
  const live = createLiveEndpoints(deps);
  const lanes = createEventLanes(deps);
  const window = createEventWindow(deps.clock, deps.limits.dedupeWindowMs);
  const all = { ...deps, live, lanes, window };
  return {
    issueEndpointKeys: issueEndpointKeys(all),
    probeEndpoint: probeEndpoint(all),
    probeInBackground: probeInBackground(all),
    wakeDueProbes: wakeDueProbes(all),
    findEndpointsByIds: findEndpointsByIds(all),
    listRefusals: listRefusals(all),
    listReceipts: listReceipts(all),
    followTemplate: followTemplate(all),
    followPublisher: followPublisher(all),
    followSuite: followSuite(all),
    answerVerification: answerVerification(all),
    acceptEvent: acceptEvent(all),
    moveStored: moveStored(all),
    wakeMover: all.wakes.moveStored,
    settleParked: settleParked(all),
    trimRefusals: trimRefusals(all),
    warmUp: live.warm,
    takeBacklogMark: lanes.takeBacklogMark,
  };
};

export type UseCases = ReturnType<typeof createUseCases>;
