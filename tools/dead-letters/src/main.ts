import { loadConfigOrExit } from '@daikaifa/config';
import { connectKafka, createDeadLetterDesk, createSender, type DeadLetterDesk } from '@daikaifa/messaging';
import { createLogger } from '@daikaifa/observability';
import { runCommand } from './command';
import { deadLettersSettings } from './config';

const withDesk = async <T>(work: (desk: DeadLetterDesk) => Promise<T>): Promise<T> => {
  const { kafka, logLevel } = loadConfigOrExit(deadLettersSettings, process.env);
  const logger = createLogger({ service: 'dead-letters', level: logLevel, destination: process.stderr });
  // Makes no topics, so how many replicas they have is the services' concern.
  const client = connectKafka({
    ...kafka,
    clientId: 'dead-letters',
    replicationFactor: 1,
    logger,
    environment: 'development',
  });
  const sender = createSender(client);
  await sender.start();
  try {
    return await work(createDeadLetterDesk(client, sender));
  } finally {
    await sender.stop();
  }
};

const print =
  (stream: NodeJS.WriteStream) =>
  (line: string): void =>
    void stream.write(`${line}\n`);

void runCommand(process.argv.slice(2), { out: print(process.stdout), err: print(process.stderr) }, withDesk).then(
  (code) => {
    process.exitCode = code;
  },
);
