import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const HOST = '127.0.0.1';

/**
 * Below the range from which systems take the ports of clients and of servers that name none: one of those could be
 * taken before the application binds it, which takes seconds. Above the ports that `fetch` refuses to call.
 */
const LOWEST = 10_100;
const HIGHEST = 20_000;
const handedOut = new Set<number>();

const tryPort = (port: number): Promise<number | null> =>
  new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(null));
    server.listen({ host: HOST, port, exclusive: true }, () => server.close(() => done(port)));
  });

/** A port that is free now and that this process was not given before. */
export const freePort = async (): Promise<number> => {
  const port = randomInt(LOWEST, HIGHEST);
  if (handedOut.has(port)) {
    return freePort();
  }
  handedOut.add(port);
  return (await tryPort(port)) ?? freePort();
};

/** The wanted port, or the next free one above it. */
export const portNear = async (wanted: number): Promise<number> => {
  for (let port = wanted; port < wanted + 100; port += 1) {
    const bound = await tryPort(port);
    if (bound !== null) {
      return bound;
    }
  }
  throw new Error(`no free port between ${wanted} and ${wanted + 99}`);
};
