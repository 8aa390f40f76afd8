import { resolve } from 'node:path';
import {
  authorize,
  connectCallback,
  createSandboxDoor,
  registerProvider,
  reviewAndLaunch,
  silentTimeline,
  writeTemplate,
  type Doors,
  type OnlineTemplate,
} from '@daikaifa/demo';
import { createStack, type Stack } from '@daikaifa/stack';
import { eventually, testServers, uniqueName } from '@daikaifa/testing';
import { watchProgress } from './progress';

export type { OnlineTemplate } from '@daikaifa/demo';

export const root = resolve(__dirname, '../../..');

/** Where processes are killed, those that take over wait for the end of the session: shorter than an operator would want it. */
export const SHORT_SESSION = { KAFKA_SESSION_TIMEOUT_MS: '4000' } as const;

/**
 * For a machine that stands still for some seconds. Less than the 20 s of the client: what a service that dies leaves
 * unanswered has to be told by the gateway.
 */
const PATIENT_GATEWAY = { SUBGRAPH_TIMEOUT_MS: '15000', LIMIT_OPERATION_TIME_MS: '18000' } as const;

/** WeCom's three sends of an event are over in a few seconds: one that dies or stands still for longer would miss it. */
const SENDS_PER_PUSH = 60;

/** Lets WeCom send an event until somebody has taken it in. */
export const letWecomInsist = (stack: Pick<Stack, 'urls'>): Promise<unknown> =>
  createSandboxDoor(stack.urls['wecom-sandbox']).call('PATCH', '/limits', { sendsPerPush: SENDS_PER_PUSH });

export type StackSettings = Pick<Parameters<typeof createStack>[0], 'env' | 'commonEnv'>;

/** Every application as a built process, against the servers of the test run. */
export const makeStack = async ({ env, commonEnv = {} }: StackSettings = {}): Promise<Stack> => {
  const { mongoUrl, kafkaBrokers, redisUrl } = testServers();
  const name = uniqueName('e2e');
  const stack = await createStack({
    root,
    servers: { MONGO_URL: mongoUrl, KAFKA_BROKERS: kafkaBrokers.join(','), REDIS_URL: redisUrl },
    folder: resolve(root, '.local/e2e', name),
    name,
    commonEnv,
    env: { ...env, gateway: { ...PATIENT_GATEWAY, ...env?.gateway } },
  });
  return {
    ...stack,
    start: async (onReady) => {
      await stack.start(onReady);
      await letWecomInsist(stack);
    },
  };
};

const PROBE = /* GraphQL */ `
  mutation Probe($input: ProbeEndpointInput!) { probeEndpoint(input: $input) { endpoint { id health { status } } } }
`;

/**
 * Review refuses a callback that has not answered its probe within a second, which a busy machine may not manage:
 * probed again until it has, and review has heard of it.
 */
export const untilHealthy = async (stack: Stack, { developer }: Doors, endpointId: string): Promise<void> => {
  type Probed = { readonly probeEndpoint: { readonly endpoint: { readonly health: { readonly status: string } } } };
  await eventually(async () => {
    const { endpoint } = (await developer.ask<Probed>(PROBE, { input: { endpointId } })).probeEndpoint;
    return endpoint.health.status === 'HEALTHY';
  });
  const progress = await watchProgress(stack);
  type Known = { readonly health: { readonly status: string } } | undefined;
  await progress.untilProjected('review', 'endpoint', endpointId, (known) => (known as Known)?.health.status === 'HEALTHY');
  await progress.stop();
};

/** A provider with a template that went through review and is online at both sides. */
export const bringTemplateOnline = async (stack: Stack): Promise<OnlineTemplate> => {
  const doors = await registerProvider(stack, silentTimeline);
  const { id: templateId } = await writeTemplate(doors, silentTimeline);
  const { suite, endpoint, keys } = await connectCallback(doors, templateId, silentTimeline);
  await untilHealthy(stack, doors, endpoint.id);
  await reviewAndLaunch(doors, templateId, suite.suiteId, silentTimeline);
  return { doors, templateId, suiteId: suite.suiteId, endpoint, keys };
};

/** A corp whose admin scans; resolves when the authorization is ACTIVE and observed. */
export const authorizeCorp = ({ doors, templateId }: OnlineTemplate) => authorize(doors, templateId, silentTimeline);
