import { createCache } from './cache.mjs';
import { createDocker } from './docker.mjs';

/** Where a server may come from, best first; a URL in the environment comes before all of these. */
export const sourceOrder = ['binary', 'cache', 'docker', 'download'];

export class MissingPrerequisites extends Error {
  constructor(missing) {
    const lines = missing.map(({ what, todo }) => `  - ${what}\n      ${todo}`);
    super(`These are needed to start the local servers and were not found:\n${lines.join('\n')}`);
    this.name = 'MissingPrerequisites';
    this.missing = missing;
  }
}

/** What the servers' source functions are given. */
export const createContext = ({ env, cacheFolder, fastMongo, sources }) => ({
  env,
  fastMongo,
  sources,
  cache: createCache(cacheFolder),
  docker: createDocker(env),
});

async function chooseOne(server, context) {
  const missing = [];
  for (const source of sourceOrder.filter((name) => context.sources.includes(name))) {
    if (source === 'docker' && !(await context.docker.available())) continue;
    const plan = await server[source](context);
    if (plan?.missing) missing.push(...plan.missing);
    else if (plan) return { server, plan: { ...plan, source } };
  }
  if (missing.length === 0) {
    missing.push({
      what: `${server.name}: nothing found by ${context.sources.join(', ')}`,
      todo: `set ${server.variable}`,
    });
  }
  return { server, missing };
}

/** One plan per server, or one error that names what all of them lack together. */
export async function chooseSources(servers, context) {
  const choices = await Promise.all(servers.map((server) => chooseOne(server, context)));
  const missing = choices.flatMap((choice) => choice.missing ?? []);
  if (missing.length > 0) throw new MissingPrerequisites(missing);
  return new Map(choices.map((choice) => [choice.server.name, choice.plan]));
}

/** Fetches what the plan still lacks and gives its launch function. */
export async function prepare(server, plan, context, tell) {
  if (plan.source === 'docker') {
    if (!(await context.docker.hasImage(plan.image))) {
      tell(`pulling ${plan.image} …`);
      await context.docker.pull(plan.image);
    }
    return plan.launch;
  }
  if (plan.launch) return plan.launch;
  tell(`fetching ${plan.what} …`);
  const onWait = (pid) => tell(`process ${pid} is fetching it, waiting …`);
  return plan.prepare({ onWait });
}
