import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { mongoUrlThrough, testServers } from '@daikaifa/testing';

/** A way to MongoDB that can fall silent: connections stay open and nothing comes through. */
export const createMongoProxy = async () => {
  const target = new URL(testServers().mongoUrl);
  const sockets = new Set<Socket>();
  let silent = false;
  const server = createServer((near) => {
    const far = createConnection(Number(target.port), target.hostname);
    for (const [from, to] of [[near, far], [far, near]] as const) {
      sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        if (!silent) {
          to.write(chunk);
        }
      });
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('error', () => to.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: mongoUrlThrough(`127.0.0.1:${port}`),
    silence: () => {
      silent = true;
    },
    /** What was swallowed stays lost; clients connect anew. */
    restore: () => {
      silent = false;
      sockets.forEach((socket) => socket.destroy());
    },
    stop: async () => {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
};
