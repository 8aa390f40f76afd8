// What the life of one more corp costs when its template has 10, 100, 1,000 authorizations already, on the whole stack. The
// peer of the run is its own smallest size: a ratio near 1 says that nothing grows with the number of authorizations.
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { OperationRefused } from '@daikaifa/client';
import {
  bringTemplateOnline,
  connectBackend,
  findLinks,
  found,
  makeCorp,
  scan,
  silentTimeline,
  startBackend,
  until,
  type Backend,
} from '@daikaifa/demo';
import { APPS, createStack, type Stack } from '@daikaifa/stack';
import { benchServers, cpuMs, onStack, pidOfPort, print, quantile, residentMb } from './figures';
import { INSPECTABLE, liveHeapMb } from './live-heap';
import { liveOnce, type Surroundings, type Timed } from './life-cycle.steps';

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10,100,1000' },
    repetitions: { type: 'string', default: '10' },
    'fast-mongo': { type: 'boolean' },
  },
});
const SIZES = options.sizes.split(',').map(Number);
const REPETITIONS = Number(options.repetitions);
/** Corps that scan at the same time while the template fills. */
const SCANNERS = 6;
const WAVE = 50;
const WAVE_LIMIT_MS = 180_000;
const IDLE_MS = 10_000;
const LOOK_AT_QUEUE_MS = 500;
/** Empty this often in a row: what is on its way through Kafka is queued between. */
const LOOKS_AT_QUEUE = 6;

const tell = (line: string): void => void process.stderr.write(`… ${line}\n`);

/** Row by row what was measured at one size; the same rows at every size. */
type Column = ReadonlyMap<string, number>;

type Pids = readonly (readonly [name: string, pid: number])[];

const pidsOf = (stack: Stack): Pids => {
  const { MONGO_URL, KAFKA_BROKERS, REDIS_URL } = benchServers();
  const servers = [
    ['(MongoDB)', new URL(MONGO_URL).port],
    ['(Kafka)', KAFKA_BROKERS.split(',')[0]?.split(':').at(-1)],
    ['(Redis)', new URL(REDIS_URL).port],
  ] as const;
  return [
    ...APPS.map((app) => [app, stack.processes[app].pid()] as const),
    // Servers of another machine have no figures here.
    ...servers.flatMap(([name, port]) => {
      const pid = pidOfPort(Number(port));
      return pid === undefined ? [] : [[name, pid] as const];
    }),
  ];
};

const NEWEST = `query Newest($id: ID!, $first: Int!) {
  delegatedTemplate(id: $id) {
    id
    authorizations(status: ACTIVE, first: $first) { nodes { id corpApp { id } } }
  }
}`;

interface Newest {
  readonly delegatedTemplate: {
    readonly authorizations: { readonly nodes: readonly { readonly id: string; readonly corpApp: object | null }[] };
  };
}

const isOverloaded = (error: unknown): boolean => error instanceof OperationRefused && error.errors[0]?.extensions?.code === 'UNAVAILABLE';

/** A full machine may refuse for a while: whoever waits asks again. */
const unlessOverloaded = <T>(answer: Promise<T>, otherwise: T): Promise<T> =>
  answer.catch((error: unknown) => {
    if (isOverloaded(error)) {
      return otherwise;
    }
    throw error;
  });

/** Of the newest so many active authorizations, those whose app is there: what is asked costs the same at every size. */
const newestPresent = async ({ doors, of }: Surroundings, first: number): Promise<readonly string[]> => {
  const { delegatedTemplate } = (await doors.admin.ask(NEWEST, { id: of.templateId, first })) as Newest;
  return delegatedTemplate.authorizations.nodes.filter(({ corpApp }) => corpApp !== null).map(({ id }) => id);
};

const scanMany = async ({ doors, of }: Surroundings, from: number, to: number): Promise<void> => {
  let next = from;
  const scanner = async (): Promise<void> => {
    while (next < to) {
      const corp = await makeCorp(doors, `企业${(next += 1)}`);
      await scan(doors, of.linkUrl, corp);
    }
  };
  await Promise.all(Array.from({ length: SCANNERS }, scanner));
};

/** Wave after wave, so that a stack that does not keep up is seen at once. */
const fillTo = async (surroundings: Surroundings, from: number, size: number): Promise<void> => {
  for (let present = from; present < size; present = Math.min(present + WAVE, size)) {
    const wanted = Math.min(present + WAVE, size);
    const [count, before] = [wanted - present, new Set(await unlessOverloaded(newestPresent(surroundings, WAVE), []))];
    const beganAtMs = performance.now();
    await scanMany(surroundings, present, wanted);
    const isThere = (ids: readonly string[]): boolean => ids.length === count && !ids.some((id) => before.has(id));
    await until(`${wanted} authorizations`, () => unlessOverloaded(newestPresent(surroundings, count), []), isThere, WAVE_LIMIT_MS);
    tell(`${wanted} authorizations present (${((performance.now() - beganAtMs) / 1000).toFixed(1)} s for the last ${wanted - present})`);
  }
};

const cpuDuring = async (pids: Pids, work: () => Promise<unknown>): Promise<readonly (readonly [string, number])[]> => {
  const before = pids.map(([, pid]) => cpuMs(pid));
  await work();
  return pids.map(([name, pid], index) => [name, cpuMs(pid) - before[index]!] as const);
};

const QUEUED = `query Queued($id: ID!) { destination(id: $id) { id deliveryCounts { queued } } }`;

interface Queued {
  readonly destination: { readonly deliveryCounts: { readonly queued: number } };
}

const isQueueEmpty = async ({ doors }: Surroundings, id: string): Promise<boolean> => {
  const { destination } = (await doors.admin.ask(QUEUED, { id })) as Queued;
  return destination.deliveryCounts.queued === 0;
};

/** The backend takes its events at the rate that a destination has: later than the template fills. */
const untilDelivered = async (surroundings: Surroundings, destinationId: string): Promise<void> => {
  for (let idleLooks = 0; idleLooks < LOOKS_AT_QUEUE; ) {
    await pause(LOOK_AT_QUEUE_MS);
    idleLooks = (await unlessOverloaded(isQueueEmpty(surroundings, destinationId), false)) ? idleLooks + 1 : 0;
  }
  tell('every event delivered');
};

/** One after the other: a collection takes a processor. */
const liveHeaps = async (stack: Stack): Promise<readonly (readonly [string, number])[]> => {
  const heaps: (readonly [string, number])[] = [];
  for (const app of APPS) {
    heaps.push([app, await liveHeapMb(stack.processes[app])]);
  }
  return heaps;
};

const measure = async (surroundings: Surroundings, stack: Stack, size: number): Promise<Column> => {
  const pids = pidsOf(stack);
  const steps = new Map<string, number[]>();
  const timed: Timed = async (step, work) => {
    const beganAtMs = performance.now();
    const result = await work();
    steps.set(step, [...(steps.get(step) ?? []), performance.now() - beganAtMs]);
    return result;
  };
  const idle = await cpuDuring(pids, () => pause(IDLE_MS));
  const wholeMs: number[] = [];
  const busy = await cpuDuring(pids, async () => {
    for (let repetition = 1; repetition <= REPETITIONS; repetition += 1) {
      const beganAtMs = performance.now();
      await liveOnce(surroundings, `第${size}-${repetition}家`, timed);
      wholeMs.push(performance.now() - beganAtMs);
      tell(`${size} present: life cycle ${repetition} of ${REPETITIONS}, ${(wholeMs.at(-1)! / 1000).toFixed(1)} s`);
    }
  });
  const resident = pids.map(([name, pid]) => [name, residentMb(pid)] as const);
  const heaps = await liveHeaps(stack);
  return new Map([
    ...[...steps].map(([step, values]) => [`ms, p50: ${step}`, quantile(values, 0.5)] as const),
    ['ms, p50: whole life cycle', quantile(wholeMs, 0.5)] as const,
    ...busy.map(([name, ms]) => [`CPU ms a life cycle: ${name}`, ms / REPETITIONS] as const),
    ...idle.map(([name, ms]) => [`CPU ms a second, nothing to do: ${name}`, (ms * 1000) / IDLE_MS] as const),
    ...resident.map(([name, mb]) => [`MB resident: ${name}`, mb] as const),
    ...heaps.map(([name, mb]) => [`MB of live heap: ${name}`, mb] as const),
  ]);
};

const report = (columns: readonly (readonly [size: number, column: Column])[]): void => {
  const [first, last] = [columns[0], columns.at(-1)];
  if (first === undefined || last === undefined) {
    return;
  }
  print(`| | ${columns.map(([size]) => size).join(' | ')} | ${last[0]} : ${first[0]} |`);
  print(`| --- |${' --- |'.repeat(columns.length + 1)}`);
  for (const row of first[1].keys()) {
    const values = columns.map(([, column]) => column.get(row) ?? Number.NaN);
    print(`| ${row} | ${values.map((value) => value.toFixed(0)).join(' | ')} | ${values[0]! > 0 ? (values.at(-1)! / values[0]!).toFixed(2) : '–'} |`);
  }
};

const measureAll = async (stack: Stack, backend: Backend): Promise<void> => {
  const { doors, templateId, suiteId } = await bringTemplateOnline(stack, silentTimeline);
  const destinationId = await connectBackend(doors, backend, silentTimeline);
  const links = await until('an active link', () => findLinks(doors, templateId), ([one]) => one?.state === 'ACTIVE');
  const of = { templateId, suiteId, linkUrl: found(links[0]?.url, 'the URL of the link') };
  const surroundings = { doors, of, backend };
  print(`resident after start: ${pidsOf(stack).map(([name, pid]) => `${name} ${residentMb(pid)} MB`).join(', ')}`);
  const columns: (readonly [number, Column])[] = [];
  let present = 0;
  for (const size of SIZES) {
    await fillTo(surroundings, present, size);
    present = size;
    await untilDelivered(surroundings, destinationId);
    columns.push([size, await measure(surroundings, stack, size)]);
    // After each size: what was measured before a size fails is worth having.
    report(columns);
  }
};

interface OwnStore {
  readonly url: string;
  stop(): Promise<void>;
}

/** The fast stand-in keeps a unique key after `$unset`; review, which frees one with every verdict, gets the usual one. */
const startReviewStore = async (): Promise<OwnStore> => {
  const launcher = pathToFileURL(resolve('tools/local-servers/index.mjs')).href;
  const { startServer } = (await import(launcher)) as { startServer(name: 'mongo'): Promise<OwnStore> };
  return startServer('mongo');
};

const run = async (): Promise<void> => {
  const name = `bench-${Date.now().toString(36)}`;
  const reviewStore = options['fast-mongo'] === true ? await startReviewStore() : null;
  const stack = await createStack({
    root: process.cwd(),
    servers: benchServers(),
    folder: resolve('.local/bench', name),
    name,
    commonEnv: INSPECTABLE,
    env: reviewStore === null ? {} : { review: { MONGO_URL: reviewStore.url } },
  });
  const backend = await startBackend();
  try {
    await onStack(stack, () => measureAll(stack, backend));
  } finally {
    await backend.stop();
    await reviewStore?.stop();
  }
};

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
