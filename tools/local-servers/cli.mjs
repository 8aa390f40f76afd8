import { parseArgs } from 'node:util';
import { defaultDataFolder, serverNames, serverStatus, startServers, stopServers } from './index.mjs';

const usage = `node tools/local-servers/cli.mjs start|stop|status [options]

  start    starts ${serverNames.join(', ')} (or finds them running) and leaves them running; prints their addresses
  stop     ends what start left running, and nothing else
  status   shows what runs

  --only <name[,name]>   only these servers
  --fast-mongo           the faster MongoDB-compatible server, for benchmarks
  --fresh                begin with empty data
  --data-folder <path>   default ${defaultDataFolder}
  --force                stop even while another process uses the servers
`;

const options = {
  only: { type: 'string', multiple: true },
  'fast-mongo': { type: 'boolean', default: false },
  fresh: { type: 'boolean', default: false },
  'data-folder': { type: 'string', default: defaultDataFolder },
  force: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

/** Command line → { command, need, fastMongo, fresh, dataFolder, force }; throws on what it does not know. */
export function parseCommandLine(args) {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const need = values.only?.flatMap((part) => part.split(',')) ?? serverNames;
  const unknown = need.filter((name) => !serverNames.includes(name));
  if (unknown.length > 0)
    throw new Error(`no server is called ${unknown.join(', ')}; there are ${serverNames.join(', ')}`);
  if (positionals.length > 1) throw new Error(`one command at a time, not ${positionals.join(' ')}`);
  return {
    command: values.help ? 'help' : (positionals[0] ?? 'help'),
    need,
    fastMongo: values['fast-mongo'],
    fresh: values.fresh,
    dataFolder: values['data-folder'],
    force: values.force,
  };
}

const commands = {
  async start({ need, fastMongo, fresh, dataFolder }) {
    const { env } = await startServers({ need, fastMongo, fresh, dataFolder, pinned: true });
    for (const [name, value] of Object.entries(env)) console.log(`export ${name}=${value}`);
  },
  async stop({ dataFolder, force }) {
    const names = await stopServers({ dataFolder, force });
    console.log(names.length === 0 ? 'nothing was running' : `stopped ${names.join(', ')}`);
  },
  async status({ dataFolder }) {
    const servers = await serverStatus({ dataFolder });
    if (servers.length === 0) console.log('nothing is running');
    for (const { name, running, answers, port, pid, source, logFile } of servers) {
      const state = answers ? 'answers' : running ? 'does not answer' : 'is gone';
      console.log(`${name.padEnd(6)} ${state} on 127.0.0.1:${port}, process ${pid} (${source}), log ${logFile}`);
    }
    if (servers.some(({ answers }) => !answers)) process.exitCode = 1;
  },
  async help() {
    console.log(usage);
  },
};

async function main() {
  const parsed = parseCommandLine(process.argv.slice(2));
  const run = commands[parsed.command];
  if (run === undefined) throw new Error(`unknown command ${parsed.command}\n\n${usage}`);
  await run(parsed);
  // Whoever started us may still hold pipes of ours open; what is left running does not need this process.
  process.exit();
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  main().catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}
