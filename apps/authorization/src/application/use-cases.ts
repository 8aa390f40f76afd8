import { createAuthorizationUseCases } from './authorization-use-cases';
import { recordConsoleLink, regenerateLink, revokeLink } from './change-link';
import { countInstall } from './count-install';
import { createBatchLink, createParametrisedLink } from './create-link';
import { fetchAppToken } from './fetch-app-token';
import {
  findInstallCounts,
  findLinksByIds,
  findProviderCredentials,
  findSuites,
  listLinks,
  listLinksOfTemplates,
  listScansOfLinks,
} from './find-credentials';
import { findPublicLink } from './find-public-link';
import { listTokenDoorEntries } from './find-token-door-entries';
import { followTemplate } from './follow-template';
import type { Dependencies } from './ports';
import { recordProviderCredentials } from './record-provider-credentials';
import { recordSuiteCredentials } from './record-suite-credentials';
import { renewDueLinks, renewLink } from './renew-link';
import { takeSuiteTicket } from './take-suite-ticket';
import { watchSuiteTickets } from './watch-suite-tickets';

/** Everything the service can do, bound to its dependencies. */
export const createUseCases = (deps: Dependencies) => ({
  recordProviderCredentials: recordProviderCredentials(deps),
  recordSuiteCredentials: recordSuiteCredentials(deps),
  takeSuiteTicket: takeSuiteTicket(deps),
  watchSuiteTickets: watchSuiteTickets(deps),
  followTemplate: followTemplate(deps),
  renewLink: renewLink(deps),
  renewDueLinks: renewDueLinks(deps),
  recordConsoleLink: recordConsoleLink(deps),
  revokeLink: revokeLink(deps),
  regenerateLink: regenerateLink(deps),
  createBatchLink: createBatchLink(deps),
  createParametrisedLink: createParametrisedLink(deps),
  listLinks: listLinks(deps),
  listScansOfLinks: listScansOfLinks(deps),
  countInstall: countInstall(deps),
  findProviderCredentials: findProviderCredentials(deps),
  findSuites: findSuites(deps),
  findLinksByIds: findLinksByIds(deps),
  listLinksOfTemplates: listLinksOfTemplates(deps),
  findInstallCounts: findInstallCounts(deps),
  findPublicLink: findPublicLink(deps),
  fetchAppToken: fetchAppToken(deps),
  listTokenDoorEntries: listTokenDoorEntries(deps),
  ...createAuthorizationUseCases(deps),
});

export type UseCases = ReturnType<typeof createUseCases>;
