import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which systems take the local ports of outgoing connections: a port found free there could be
// taken by any client before the server binds it.
const lowest = 20_000;
const highest = 32_000;
const handedOut = new Set();

/** Whether 127.0.0.1:port can be bound now. */
export const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });

/** A port of 127.0.0.1 that is free now and that this process has not handed out before. */
export async function freePort() {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = randomInt(lowest, highest);
    if (handedOut.has(port)) continue;
    if (await isFree(port)) {
      handedOut.add(port);
      return port;
    }
  }
  throw new Error(`no free port between ${lowest} and ${highest}`);
}

/** `wanted` when it is free, else the next free one above it. */
export async function freePortFrom(wanted) {
  for (let port = wanted; port < Math.min(wanted + 100, 65_536); port += 1) {
    if (!handedOut.has(port) && (await isFree(port))) {
      handedOut.add(port);
      return port;
    }
  }
  throw new Error(`no free port from ${wanted} to ${wanted + 99}`);
}

/** Gives back a port whose server could not use it or has ended. */
export const releasePort = (port) => handedOut.delete(port);
