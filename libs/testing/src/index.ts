export { mongoUrlThrough, testServers, type TestServers } from './servers';
export { eventually } from './eventually';
export { startPrivateServer, type PrivateServer } from './private-server';
export {
  capturedLogger,
  manualClock,
  silentLogger,
  testIdentitySecret,
  testKeyRingSpec,
  uniqueName,
  viewerOf,
  type ManualClock,
} from './builders';
