export { testServers, type TestServers } from './servers';
export { eventually } from './eventually';
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
