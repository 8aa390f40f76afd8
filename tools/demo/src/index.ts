export { createGraphqlDoor, createSandboxDoor, RefusedByGraphql, type GraphqlDoor, type SandboxDoor } from './doors';
export * as operations from './operations';
export {
  authorize,
  connectCallback,
  registerProvider,
  reviewAndLaunch,
  writeTemplate,
  type Authorization,
  type Doors,
} from './scenario';
export { silentTimeline, type Timeline } from './timeline';
export { until } from './until';
