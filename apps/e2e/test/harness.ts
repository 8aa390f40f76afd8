import { resolve } from 'node:path';
import {
  authorize,
  bringTemplateOnline as walkToOnline,
  silentTimeline,
  type OnlineTemplate,
} from '@daikaifa/demo';
import { createStack, type Stack } from '@daikaifa/stack';
import { testServers, uniqueName } from '@daikaifa/testing';

export type { OnlineTemplate } from '@daikaifa/demo';

export const root = resolve(__dirname, '../../..');

/** Where processes are killed, those that take over wait for the end of the session: shorter than an operator would want it. */
export const SHORT_SESSION = { KAFKA_SESSION_TIMEOUT_MS: '4000' } as const;

export type StackSettings = Pick<Parameters<typeof createStack>[0], 'env' | 'commonEnv'>;

/** Every application as a built process, against the servers of the test run. */
export const makeStack = (settings: StackSettings = {}): Promise<Stack> => {
  const { mongoUrl, kafkaBrokers, redisUrl } = testServers();
  const name = uniqueName('e2e');
  return createStack({
    root,
    servers: { MONGO_URL: mongoUrl, KAFKA_BROKERS: kafkaBrokers.join(','), REDIS_URL: redisUrl },
    folder: resolve(root, '.local/e2e', name),
    name,
    ...settings,
  });
};

/** A provider with a template that went through review and is online at both sides. */
export const bringTemplateOnline = (stack: Stack): Promise<OnlineTemplate> => walkToOnline(stack, silentTimeline);

/** A corp whose admin scans; resolves when the authorization is ACTIVE and observed. */
export const authorizeCorp = ({ doors, templateId }: OnlineTemplate) => authorize(doors, templateId, silentTimeline);
