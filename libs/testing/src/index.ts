export { mongoUrlThrough, testServers, type TestServers } from './servers';
export { eventually } from './eventually';
export { startPrivateKafka, type PrivateKafka } from './private-kafka';
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
