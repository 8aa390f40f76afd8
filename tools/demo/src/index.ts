export { createGraphqlDoor, createSandboxDoor, found, type GraphqlDoor, type SandboxDoor } from './doors';
export { registerProvider, type Doors } from './provider';
export { writeTemplate } from './template';
export { connectCallback, issueKeys, type EndpointKeys } from './callback';
export { reviewAndLaunch } from './review';
export {
  authorize,
  findAuthorizations,
  findLinks,
  makeCorp,
  scan,
  untilObserved,
  type Authorization,
  type CorpAtWecom,
  type InstallationAtWecom,
} from './authorization';
export { connectBackend, openSigned, startBackend, type Backend } from './backend';
export {
  configure,
  developInConsole,
  editCorpApp,
  findCorpApp,
  findCorpApps,
  GOOD_CONTENT,
  startCorpApp,
  submitApps,
  untilCorpApp,
  untilMade,
  type CorpApp,
  type Customer,
} from './corp-app';
export { decide, isOnline, launch, launchInConsole, untilItems, type AppOfTemplate } from './launch';
export {
  CUSTOMERS,
  findPermissions,
  grantPermissions,
  requestInConsole,
  requestPermissions,
  untilPermissions,
} from './permissions';
export { cancel, openToMembers, type Customers } from './running';
export { bringTemplateOnline, type OnlineTemplate } from './journey';
export { liveThrough } from './scenario';
export { silentTimeline, type Timeline } from './timeline';
export { until } from './until';
