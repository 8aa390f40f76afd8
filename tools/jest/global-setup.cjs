// Runs once before the integration specs of a jest run, and only when at least one of them is selected. Addresses in
// the environment win; else all runs on this machine share one set of servers, started by the first and ended by the last.
const { resolve } = require('node:path');

const root = resolve(__dirname, '../..');

module.exports = async () => {
  const { startServers } = await import('../local-servers/index.mjs');
  const servers = await startServers({
    dataFolder: resolve(root, '.local/test'),
    durable: false,
    fresh: true,
  });
  // Jest hands this environment to its workers; global-teardown.cjs runs in this same process.
  Object.assign(process.env, servers.env);
  globalThis.daikaifaTestServers = servers;
};
