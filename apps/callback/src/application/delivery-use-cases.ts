import { createDestination } from './create-destination';
import {
  deleteDestination,
  disableDestination,
  editDestination,
  enableDestination,
  rotateDestinationSecret,
} from './change-destination';
import { deliverEvent } from './deliver-event';
import type { DeliveryDeps } from './delivery-ports';
import { followCorp } from './erase-deliveries';
import {
  countDeliveries,
  findDeliveriesByIds,
  findDestinationsByIds,
  findLaneHealth,
  listDeliveries,
  listDestinationsOfPublishers,
} from './find-deliveries';
import { retryDeliveries, retryDelivery } from './retry-deliveries';
import { runLanes } from './run-lane';
import { expireDeliveries, measureDeliveries, wakeDueLanes } from './sweep-deliveries';
import { verifyDestination } from './verify-destination';

/** Destinations and deliveries, bound to their dependencies. */
export const createDeliveryUseCases = (deps: DeliveryDeps) => {
  const lanes = runLanes(deps);
  return {
    createDestination: createDestination(deps),
    editDestination: editDestination(deps),
    enableDestination: enableDestination(deps),
    disableDestination: disableDestination(deps),
    deleteDestination: deleteDestination(deps),
    rotateDestinationSecret: rotateDestinationSecret(deps),
    verifyDestination: verifyDestination(deps),
    findDestinationsByIds: findDestinationsByIds(deps),
    listDestinationsOfPublishers: listDestinationsOfPublishers(deps),
    findDeliveriesByIds: findDeliveriesByIds(deps),
    listDeliveries: listDeliveries(deps),
    countDeliveries: countDeliveries(deps),
    findLaneHealth: findLaneHealth(deps),
    retryDelivery: retryDelivery(deps),
    retryDeliveries: retryDeliveries(deps),
    deliverEvent: deliverEvent(deps),
    followCorp: followCorp(deps),
    runLane: lanes.run,
    stopLanes: lanes.stop,
    wakeDueLanes: wakeDueLanes(deps),
    expireDeliveries: expireDeliveries(deps),
    measureDeliveries: measureDeliveries(deps),
    eventTypes: deps.eventTypes,
  };
};
