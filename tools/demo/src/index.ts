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
export { connectBackend, startBackend, type Backend } from './backend';
export {
  configure,
  developInConsole,
  editCorpApp,
  findCorpApp,
  findCorpApps,
  startCorpApp,
  submitApps,
  untilCorpApp,
  untilMade,
  type CorpApp,
} from './corp-app';
export { launchInConsole } from './launch';
export { findPermissions, grantPermissions, requestInConsole, requestPermissions } from './permissions';
export { cancel, type Customers } from './running';
export { bringTemplateOnline, type OnlineTemplate } from './journey';
export { silentTimeline, type Timeline } from './timeline';
export { until } from './until';
