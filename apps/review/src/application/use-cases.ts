import { announceDueItems } from './announce-due-items';
import { correctVerdict, decideReviewItem } from './decide-review-item';
import {
  findItemsByIds,
  findItemsOfTickets,
  findTicketsByIds,
  listItems,
  listItemsOfTemplates,
  listTicketsOfPublishers,
} from './find-items';
import { followPublisher, followTemplate } from './follow-template';
import { confirmLaunch, launchReviewItem, returnLaunch } from './launch-review-item';
import type { Dependencies } from './ports';
import { followEndpoint, runPrechecks, wakePrechecks } from './run-prechecks';

/** Everything the service can do, bound to its dependencies. */
export const createUseCases = (deps: Dependencies) => ({
  followTemplate: followTemplate(deps),
  followPublisher: followPublisher(deps),
  followEndpoint: followEndpoint(deps),
  runPrechecks: runPrechecks(deps),
  wakePrechecks: wakePrechecks(deps),
  announceDueItems: announceDueItems(deps),
  decideReviewItem: decideReviewItem(deps),
  correctVerdict: correctVerdict(deps),
  launchReviewItem: launchReviewItem(deps),
  confirmLaunch: confirmLaunch(deps),
  returnLaunch: returnLaunch(deps),
  findItemsByIds: findItemsByIds(deps),
  listItems: listItems(deps),
  listItemsOfTemplates: listItemsOfTemplates(deps),
  findItemsOfTickets: findItemsOfTickets(deps),
  findTicketsByIds: findTicketsByIds(deps),
  listTicketsOfPublishers: listTicketsOfPublishers(deps),
});

export type UseCases = ReturnType<typeof createUseCases>;
