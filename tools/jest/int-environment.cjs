// Runs before each integration spec file: says at once what is wrong when the servers' addresses did not arrive,
// instead of letting every test run into its time limit.
const missing = ['MONGO_URL', 'KAFKA_BROKERS', 'REDIS_URL'].filter((name) => !process.env[name]);
if (missing.length > 0) {
  throw new Error(
    `${missing.join(', ')} not set: run integration specs through tools/jest/run.mjs or with their jest.config.cjs`,
  );
}
process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
