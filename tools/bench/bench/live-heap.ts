// What a process of the stack holds on to: its heap after a collection. Resident memory alone does not tell what grows from
// what V8 has not bothered to collect on a machine with memory to spare.
import { until } from '@daikaifa/demo';
import type { AppProcess } from '@daikaifa/stack';

const LISTENING = /Debugger listening on (ws:\/\/\S+)/g;

/** For the environment of every process that is to be asked: a port of its own for the inspector, opened by SIGUSR1 only. */
export const INSPECTABLE = { NODE_OPTIONS: '--inspect-port=127.0.0.1:0' } as const;

const inspectorOf = async (one: AppProcess): Promise<string> => {
  process.kill(one.pid(), 'SIGUSR1');
  const address = async (): Promise<string> => [...one.log().matchAll(LISTENING)].at(-1)?.[1] ?? '';
  return until(`the inspector of ${one.name}, started with INSPECTABLE,`, address, (url) => url !== '');
};

interface Answer {
  readonly id?: number;
  readonly result?: { readonly usedSize?: number };
}

const askInspector = (socket: WebSocket) => {
  let asked = 0;
  return (method: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const id = (asked += 1);
      const take = ({ data }: MessageEvent): void => {
        const answer = JSON.parse(String(data)) as Answer;
        if (answer.id === id) {
          socket.removeEventListener('message', take);
          resolve(answer);
        }
      };
      socket.addEventListener('message', take);
      socket.addEventListener('close', () => reject(new Error(`the inspector closed before it answered ${method}`)), { once: true });
      socket.send(JSON.stringify({ id, method }));
    });
};

/** @returns MB in use by objects that something still refers to */
export const liveHeapMb = async (one: AppProcess): Promise<number> => {
  const socket = new WebSocket(await inspectorOf(one));
  await new Promise<void>((opened, failed) => {
    socket.addEventListener('open', () => opened(), { once: true });
    socket.addEventListener('error', () => failed(new Error(`${one.name}: the inspector takes no connection`)), { once: true });
  });
  try {
    const ask = askInspector(socket);
    await ask('HeapProfiler.enable');
    await ask('HeapProfiler.collectGarbage');
    const { result } = await ask('Runtime.getHeapUsage');
    return (result?.usedSize ?? Number.NaN) / 2 ** 20;
  } finally {
    socket.close();
  }
};
