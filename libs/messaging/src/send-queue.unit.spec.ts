import type { OutgoingMessage } from '@daikaifa/contracts';
import { createSendQueue, type SendQueueOptions } from './send-queue';

const message = (key: string, value = 'v'): OutgoingMessage => ({ topic: 't', key, value });

interface Delivery {
  readonly keys: string[];
  resolve(): void;
  reject(error: Error): void;
}

const setUp = (overrides: Partial<SendQueueOptions> = {}) => {
  const deliveries: Delivery[] = [];
  const queue = createSendQueue({
    deliver: (batch) =>
      new Promise((resolve, reject) => {
        deliveries.push({ keys: batch.map(({ key }) => key), resolve, reject });
      }),
    // Nobody gives up but where that is tested.
    timeoutMs: 3_600_000,
    maxBatchBytes: 10_000,
    maxBatchMessages: 100,
    maxWaitingBytes: 100_000,
    ...overrides,
  });
  return { queue, deliveries };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the send queue', () => {
  it('collects while one batch is in flight and sends all of it in the next', async () => {
    const { queue, deliveries } = setUp();

    const first = queue.send([message('1')]);
    await turn();
    const others = ['2', '3', '4'].map((key) => queue.send([message(key)]));
    await turn();
    expect(deliveries.map(({ keys }) => keys)).toEqual([['1']]);
    deliveries[0]!.resolve();
    await first;
    await turn();

    expect(deliveries.map(({ keys }) => keys)).toEqual([['1'], ['2', '3', '4']]);
    deliveries[1]!.resolve();
    await Promise.all(others);
  });

  it('groups what is sent in one turn', async () => {
    const { queue, deliveries } = setUp();
    void queue.send([message('1')]);
    void queue.send([message('2')]);
    await turn();
    expect(deliveries.map(({ keys }) => keys)).toEqual([['1', '2']]);
    deliveries[0]!.resolve();
  });

  it('rejects every caller of a batch that failed, and only those', async () => {
    const { queue, deliveries } = setUp();
    const first = [queue.send([message('1')]), queue.send([message('2')])];
    await turn();
    const later = queue.send([message('3')]);
    deliveries[0]!.reject(new Error('broker away'));

    const settled = await Promise.allSettled(first);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await turn();
    deliveries[1]!.resolve();
    await expect(later).resolves.toBeUndefined();
  });

  it('keeps the order of the calls when a batch is full', async () => {
    const { queue, deliveries } = setUp({ maxBatchMessages: 2 });
    const sent = [queue.send([message('1'), message('2'), message('3')]), queue.send([message('4')])];

    for (let index = 0; index < 2; index += 1) {
      await turn();
      deliveries[index]!.resolve();
    }
    await Promise.all(sent);

    expect(deliveries.map(({ keys }) => keys)).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  it('caps the bytes of a batch', async () => {
    const { queue, deliveries } = setUp({ maxBatchBytes: 1_000 });
    void queue.send([message('1', 'x'.repeat(500))]);
    void queue.send([message('2', 'x'.repeat(500))]);
    await turn();
    expect(deliveries.map(({ keys }) => keys)).toEqual([['1']]);
    deliveries[0]!.resolve();
    await turn();
    deliveries[1]!.resolve();
  });

  it('sends nothing more of a long call whose first part failed', async () => {
    const { queue, deliveries } = setUp({ maxBatchMessages: 1 });
    const sent = queue.send([message('1'), message('2')]);
    await turn();
    deliveries[0]!.reject(new Error('broker away'));

    await expect(sent).rejects.toThrow('broker away');
    await turn();
    expect(deliveries).toHaveLength(1);
  });

  it('lets a caller go when the time is over, and does not send what it gave up', async () => {
    const { queue, deliveries } = setUp({ timeoutMs: 20 });
    const isLetGo = (sent: Promise<void>): Promise<void> => expect(sent).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const stuck = isLetGo(queue.send([message('1')]));
    await turn();
    const waiting = isLetGo(queue.send([message('2')]));

    await Promise.all([stuck, waiting]);
    deliveries[0]!.resolve();
    await turn();
    expect(deliveries.map(({ keys }) => keys)).toEqual([['1']]);
  });

  it('refuses a message that is too large alone, and spoils no batch with it', async () => {
    const { queue, deliveries } = setUp();
    const good = queue.send([message('1')]);
    await expect(queue.send([message('2', 'x'.repeat(20_000))])).rejects.toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      details: { maxBytes: 10_000 },
    });
    deliveries[0]!.resolve();
    await expect(good).resolves.toBeUndefined();
  });

  it('refuses more when too much waits', async () => {
    const { queue, deliveries } = setUp({ maxWaitingBytes: 500 });
    const first = queue.send([message('1', 'x'.repeat(300))]);
    await expect(queue.send([message('2', 'x'.repeat(300))])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await turn();
    deliveries[0]!.resolve();
    await first;
    const third = queue.send([message('3', 'x'.repeat(300))]);
    await turn();
    deliveries[1]!.resolve();
    await third;
  });

  it('finishes what it has before it closes, and refuses what comes then', async () => {
    const { queue, deliveries } = setUp();
    const sent = queue.send([message('1')]);
    await turn();
    let closed = false;
    const closing = queue.close().then(() => (closed = true));

    await expect(queue.send([message('2')])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(closed).toBe(false);
    deliveries[0]!.resolve();

    await Promise.all([sent, closing]);
  });
});
