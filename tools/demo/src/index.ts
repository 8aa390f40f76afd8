export { createGraphqlDoor, createSandboxDoor, RefusedByGraphql, type GraphqlDoor, type SandboxDoor } from './doors';
export * as operations from './operations';
export {
  authorize,
  bringTemplateOnline,
  connectCallback,
  registerProvider,
  reviewAndLaunch,
  writeTemplate,
  type Authorization,
  type Doors,
  type OnlineTemplate,
} from './journey';
export { silentTimeline, type Timeline } from './timeline';
export { until } from './until';
