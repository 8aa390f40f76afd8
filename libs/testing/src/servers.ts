/** Real servers for integration tests: from the environment, or started once by jest's globalSetup. */
export interface TestServers {
  readonly mongoUrl: string;
  readonly redisUrl: string;
  readonly kafkaBrokers: readonly string[];
}

const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`${name} is not set: integration tests run through tools/jest/run.mjs, which starts the servers`);
  }
  return value;
};

export const testServers = (): TestServers => ({
  mongoUrl: required('MONGO_URL'),
  redisUrl: required('REDIS_URL'),
  kafkaBrokers: required('KAFKA_BROKERS').split(','),
});
