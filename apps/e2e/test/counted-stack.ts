import { SERVICES, type Stack } from '@daikaifa/stack';
import { mongoUrlThrough, testServers } from '@daikaifa/testing';
import { mongo } from 'mongoose';
import { makeStack } from './harness';
import type { Service } from './progress';
import { startReverseProxy } from './reverse-proxy';
import { startMongoWire, type WireCall } from './wire';

/** What one operation cost, by service. */
export interface Cost {
  /** Calls of the gateway. */
  readonly calls: Readonly<Record<Service, number>>;
  /** What the service then asked its MongoDB. */
  readonly reads: Readonly<Record<Service, readonly string[]>>;
}

export interface CountedStack {
  readonly stack: Stack;
  /** @param idsOf a read is part of the operation when it names one of them: sweeps look for times and states */
  measure<T>(operation: () => Promise<T>, idsOf: (answer: T) => readonly string[]): Promise<Cost & { readonly answer: T }>;
  stop(): Promise<void>;
}

// The rest of a cursor does not say what it is the rest of: it counts in any case.
const READS = new Set(['find', 'aggregate', 'count', 'distinct', 'getMore']);

/** Of an OP_MSG: header (16), flags (4), kind of the first section (1). */
const COMMAND_AT = 21;

/** Such as `find publishers`. */
const inWords = ({ name, bytes }: WireCall): string => {
  const command = mongo.BSON.deserialize(bytes.subarray(COMMAND_AT, COMMAND_AT + bytes.readInt32LE(COMMAND_AT)));
  return `${name} ${String(command[name === 'getMore' ? 'collection' : name])}`;
};

/** What stands before a service, and between it and its MongoDB; both keep what passes. */
const startCounting = async () => {
  let calls = 0;
  const reads: WireCall[] = [];
  const proxy = await startReverseProxy(({ method }) => {
    calls += method === 'POST' ? 1 : 0;
  });
  const wire = await startMongoWire(testServers().mongoUrl, (call) => {
    if (READS.has(call.name)) {
      reads.push(call);
    }
  });
  return {
    proxy,
    mongoUrl: mongoUrlThrough(wire.address),
    forget: (): void => {
      calls = 0;
      reads.length = 0;
    },
    calls: (): number => calls,
    readsAbout: (ids: readonly string[]): readonly string[] =>
      reads
        .filter(({ name, bytes }) => name === 'getMore' || ids.some((id) => bytes.includes(id)))
        .map(inWords)
        .toSorted(),
    stop: async (): Promise<void> => {
      await Promise.all([proxy.stop(), wire.stop()]);
    },
  };
};

/** A stack whose gateway calls each service through a proxy, and whose services call MongoDB over a wire each. */
export const makeCountedStack = async (): Promise<CountedStack> => {
  const started = await Promise.all(SERVICES.map(async (service) => [service, await startCounting()] as const));
  const perService = <T>(make: (one: Awaited<ReturnType<typeof startCounting>>) => T): Record<Service, T> =>
    Object.fromEntries(started.map(([service, one]) => [service, make(one)])) as Record<Service, T>;

  const subgraphs = started.map(([service, { proxy }]) => `${service}=${proxy.url}/graphql`).join(',');
  const patience = { SUBGRAPH_TIMEOUT_MS: '30000', LIMIT_OPERATION_TIME_MS: '60000' };
  const stack = await makeStack({
    env: {
      ...perService(({ mongoUrl }) => ({ MONGO_URL: mongoUrl })),
      gateway: { SUBGRAPH_URLS: subgraphs, ...patience },
    },
  });
  started.forEach(([service, { proxy }]) => proxy.leadTo(stack.urls[service]));

  return {
    stack,
    measure: async (operation, idsOf) => {
      started.forEach(([, { forget }]) => forget());
      const answer = await operation();
      const ids = idsOf(answer);
      return { answer, calls: perService(({ calls }) => calls()), reads: perService(({ readsAbout }) => readsAbout(ids)) };
    },
    stop: async () => {
      await stack.stop();
      await Promise.all(started.map(([, one]) => one.stop()));
    },
  };
};
