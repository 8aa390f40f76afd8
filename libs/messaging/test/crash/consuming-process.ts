// A process of its own, for crash.int.spec.ts to kill: handles the first event and then hangs where CRASH_AT says.
// Each line of its output is one JSON object: what it has done so far.
import { createMemoryProjectionStore, type ProjectionStore } from '../../src';
import { connectAs, createThingConsumers } from './thing-consumers';

const say = (line: Record<string, unknown>): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const hang = (): Promise<never> => new Promise(() => undefined);

const memory = createMemoryProjectionStore();
const projections: ProjectionStore = {
  ...memory,
  save: async (name, projection) => {
    if (process.env['CRASH_AT'] === 'before-projection') {
      say({ at: 'before-projection' });
      await hang();
    }
    const stored = await memory.save(name, projection);
    say({ at: 'before-commit', projection });
    await hang();
    return stored;
  },
};

const main = async (): Promise<void> => {
  const { client, sender } = connectAs(process.env['KAFKA_BROKERS']!.split(','), process.env['TOPIC_PREFIX']!);
  await sender.start();
  const consumers = createThingConsumers({
    client,
    sender,
    projections,
    onEffect: (line) => say({ at: 'effect', line }),
  });
  await consumers.start();
};

void main();
