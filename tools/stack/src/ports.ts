import { createServer } from 'node:net';

const HOST = '127.0.0.1';

const tryPort = (port: number): Promise<number | null> =>
  new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(null));
    server.listen({ host: HOST, port, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => done(bound));
    });
  });

/** A port that is free now. */
export const freePort = async (): Promise<number> => (await tryPort(0)) ?? freePort();

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
