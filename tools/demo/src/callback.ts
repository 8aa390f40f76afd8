import { randomUUID } from 'node:crypto';
import { operations } from '@daikaifa/client';
import { found } from './doors';
import type { Doors } from './provider';
import type { Timeline } from './timeline';
import { until } from './until';

/** As shown once and typed into WeCom's console. */
export interface EndpointKeys {
  readonly token: string;
  readonly encodingAesKey: string;
}

/** Makes Token and EncodingAESKey of an endpoint. */
export const issueKeys = async ({ admin }: Doors, endpointId: string): Promise<EndpointKeys> => {
  const input = { endpointId, idempotencyKey: randomUUID() };
  const { token, encodingAesKey } = (await admin.ask(operations.IssueKeysDocument, { input })).issueEndpointKeys;
  return { token: found(token, 'the Token'), encodingAesKey: found(encodingAesKey, 'the EncodingAESKey') };
};

const SAVE_TRIES = 3;

/** WeCom waits one second for a verification; a person whose save was refused presses once more. */
export const pressSave = async <T>(save: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await save();
    } catch (error) {
      if (tries === SAVE_TRIES || !/CALLBACK_(TIMEOUT|STATUS)/.test(String(error))) {
        throw error;
      }
    }
  }
};

export const connectCallback = async (doors: Doors, templateId: string, timeline: Timeline) => {
  const { admin, sandbox, publisherId, providerCorpId, providerSecret } = doors;
  const askEndpoint = async () =>
    found((await admin.ask(operations.TemplateEndpointDocument, { id: templateId })).delegatedTemplate, 'the template')
      .callbackEndpoint;

  const endpoint = await timeline.step('GraphQL', '回调端点已创建 · the endpoint was made by the event', async () => {
    const made = found(await until('the callback endpoint', askEndpoint, (one) => one !== null), 'the endpoint');
    return { observed: made.url, value: made };
  });
  const keys = await timeline.step('GraphQL', '生成 Token 与 EncodingAESKey · issue the keys', async () => ({
    observed: 'shown once, typed into the console next',
    value: await issueKeys(doors, endpoint.id),
  }));
  const suite = await timeline.step('WeCom console', '后台创建模版, GET 验证 · console verifies the URL by GET', async () => {
    const made = await pressSave(() =>
      sandbox.call<{ suiteId: string; suiteSecret: string }>('POST', '/templates', {
        providerCorpId,
        name: '示例CRM',
        intro: '客户关系管理',
        callbackUrl: endpoint.url,
        ...keys,
      }),
    );
    return { observed: `suite_id ${made.suiteId}`, value: made };
  });
  await timeline.step('GraphQL', '端点已通过验证 · the endpoint is verified', async () => {
    const verified = await until('the verification', askEndpoint, (one) => typeof one?.verifiedAt === 'string');
    return { observed: `verified at ${verified?.verifiedAt}`, value: undefined };
  });
  await timeline.step('GraphQL', '录入服务商与模版凭证 · record the credentials', async () => {
    await admin.ask(operations.RecordProviderSecretDocument, { input: { publisherId, providerSecret } });
    await admin.ask(operations.RecordSuiteDocument, {
      input: { templateId, suiteId: suite.suiteId, suiteSecret: suite.suiteSecret },
    });
    return { observed: 'write-only: provider_secret, suite_secret', value: undefined };
  });
  await timeline.step('WeCom push', '收到 suite_ticket · the ticket arrived', async () => {
    const ask = async () => (await admin.ask(operations.TemplateSuiteDocument, { id: templateId })).delegatedTemplate?.suite;
    const fresh = await until('a fresh suite_ticket', ask, (one) => one?.ticket === 'FRESH');
    return { observed: `ticket ${fresh?.ticket}`, value: undefined };
  });
  return { suite, endpoint, keys };
};
