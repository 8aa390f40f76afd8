import { randomUUID } from 'node:crypto';
import { operations } from '@daikaifa/client';
import type { Stack } from '@daikaifa/stack';
import { createGraphqlDoor, createSandboxDoor, type GraphqlDoor, type SandboxDoor } from './doors';
import type { Timeline } from './timeline';

/** The persons of one provider, each with the token of a role, and the persons at WeCom. */
export interface Doors {
  readonly sandbox: SandboxDoor;
  readonly operator: GraphqlDoor;
  readonly admin: GraphqlDoor;
  readonly developer: GraphqlDoor;
  readonly reviewer: GraphqlDoor;
  readonly backendToken: string;
  readonly publisherId: string;
  /** At WeCom, in plaintext. */
  readonly providerCorpId: string;
  readonly providerSecret: string;
}

const EXAMPLE_NAME = '示例服务商';

const register = async (operator: GraphqlDoor, corpId: string, idempotencyKey: string): Promise<{ id: string; status: string }> => {
  const input = { idempotencyKey, corpId, name: EXAMPLE_NAME };
  return (await operator.ask(operations.RegisterProviderDocument, { input })).registerServiceProvider.publisher;
};

export const registerProvider = async (stack: Stack, timeline: Timeline): Promise<Doors> => {
  const sandbox = createSandboxDoor(stack.urls['wecom-sandbox']);
  const door = async (...grant: Parameters<Stack['token']>): Promise<GraphqlDoor> =>
    createGraphqlDoor(stack.urls.gateway, await stack.token(...grant));
  const operator = await door('OPERATOR');

  const provider = await timeline.step('WeCom console', '服务商在企业微信注册 · the provider exists at WeCom', async () => {
    const made = await sandbox.call<{ corpId: string; providerSecret: string }>('POST', '/providers', { name: EXAMPLE_NAME });
    return { observed: `corpid ${made.corpId}`, value: made };
  });
  const publisherId = await timeline.step('GraphQL', '登记服务商 · register the provider (OPERATOR)', async () => {
    const { id, status } = await register(operator, provider.corpId, randomUUID());
    return { observed: `publisher ${id} ${status}`, value: id };
  });
  return {
    sandbox,
    operator,
    publisherId,
    providerCorpId: provider.corpId,
    providerSecret: provider.providerSecret,
    admin: await door('PUBLISHER_ADMIN', [publisherId], 'admin@example'),
    developer: await door('PUBLISHER_DEVELOPER', [publisherId], 'developer@example'),
    reviewer: await door('REVIEWER', [publisherId], 'reviewer@example'),
    backendToken: await stack.token('BACKEND', [publisherId], 'backend@example'),
  };
};

/** For `npm start`: a provider to begin with, the same one at every start. */
export const registerExampleProvider = async (stack: Stack): Promise<string> => {
  const sandbox = createSandboxDoor(stack.urls['wecom-sandbox']);
  const operator = createGraphqlDoor(stack.urls.gateway, await stack.token('OPERATOR'));
  const known = await sandbox.call<{ corpId: string; name: string }[]>('GET', '/providers');
  const { corpId } =
    known.find((provider) => provider.name === EXAMPLE_NAME) ??
    (await sandbox.call<{ corpId: string }>('POST', '/providers', { name: EXAMPLE_NAME }));
  return (await register(operator, corpId, `example-${corpId}`)).id;
};
