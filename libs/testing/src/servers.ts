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

/** The test server's MongoDB, reached over something that stands before it. @param address `host:port` */
export const mongoUrlThrough = (address: string): string => {
  const url = new URL(testServers().mongoUrl);
  url.host = address;
  // Its own address, which a replica set would name, leads past what stands before it.
  url.searchParams.set('directConnection', 'true');
  return url.href;
};
