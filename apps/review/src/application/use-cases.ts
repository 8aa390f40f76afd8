import { announceDueItems } from './announce-due-items';
import { correctVerdict, decideReviewItem } from './decide-review-item';
import {
  findItemsByIds,
  findItemsOfTickets,
  findTicketsByIds,
  listItems,
  listItemsOfSubjects,
  listTicketsOfPublishers,
} from './find-items';
import { followAuthorization, timeOutLaunch, timeOutLaunches } from './follow-authorization';
import { followPublisher, followSubject } from './follow-subject';
import { confirmLaunch, launchReviewItem, returnLaunch } from './launch-review-item';
import type { Dependencies } from './ports';
import { followEndpoint, followPermissions, runPrechecks, wakePrechecks } from './run-prechecks';

/** Everything the service can do, bound to its dependencies. */
export const createUseCases = (deps: Dependencies) => ({
  followSubject: followSubject(deps),
  followPublisher: followPublisher(deps),
  followEndpoint: followEndpoint(deps),
  followAuthorization: followAuthorization(deps),
  followPermissions: followPermissions(deps),
  runPrechecks: runPrechecks(deps),
  wakePrechecks: wakePrechecks(deps),
  timeOutLaunch: timeOutLaunch(deps),
  timeOutLaunches: timeOutLaunches(deps),
  announceDueItems: announceDueItems(deps),
  decideReviewItem: decideReviewItem(deps),
  correctVerdict: correctVerdict(deps),
  launchReviewItem: launchReviewItem(deps),
  confirmLaunch: confirmLaunch(deps),
  returnLaunch: returnLaunch(deps),
  findItemsByIds: findItemsByIds(deps),
  listItems: listItems(deps),
  listItemsOfSubjects: listItemsOfSubjects(deps),
  findItemsOfTickets: findItemsOfTickets(deps),
  findTicketsByIds: findTicketsByIds(deps),
  listTicketsOfPublishers: listTicketsOfPublishers(deps),
});

export type UseCases = ReturnType<typeof createUseCases>;
