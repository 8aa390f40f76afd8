import { randomUUID } from 'node:crypto';
import type { Stack } from '@daikaifa/stack';
import { createGraphqlDoor, createSandboxDoor, type GraphqlDoor, type SandboxDoor } from './doors';
import { drawLogo } from './logo';
import * as operations from './operations';
import type { Timeline } from './timeline';
import { until } from './until';

export interface Doors {
  readonly sandbox: SandboxDoor;
  readonly operator: GraphqlDoor;
  readonly admin: GraphqlDoor;
  readonly developer: GraphqlDoor;
  readonly reviewer: GraphqlDoor;
  readonly backendToken: string;
  readonly publisherId: string;
}

interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly verifiedAt: string | null;
}

interface ReviewItem {
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly prechecks: ReadonlyArray<{ readonly code: string; readonly outcome: string }>;
  readonly reasons: ReadonlyArray<{ readonly field: string; readonly text: { readonly zh: string } }>;
  readonly previousItem: { readonly id: string; readonly state: string } | null;
}

export interface Authorization {
  readonly id: string;
  readonly status: string;
  readonly corp: { readonly id: string; readonly name: string | null };
  readonly current: {
    readonly epoch: number;
    readonly status: string;
    readonly secretsDestroyed: boolean;
    readonly observation: {
      readonly agent: { readonly agentId: number } | null;
      readonly scope: { readonly users: number; readonly parties: number } | null;
    };
  };
}

const nodesOf = <T>(connection: { readonly nodes: readonly T[] }): readonly T[] => connection.nodes;

export const registerProvider = async (stack: Stack, timeline: Timeline): Promise<Doors & { providerSecret: string }> => {
  const sandbox = createSandboxDoor(stack.urls['wecom-sandbox']);
  const door = async (...grant: Parameters<Stack['token']>): Promise<GraphqlDoor> =>
    createGraphqlDoor(stack.urls.gateway, await stack.token(...grant));
  const operator = await door('OPERATOR');

  const provider = await timeline.step('WeCom console', '服务商在企业微信注册 · the provider exists at WeCom', async () => {
    const made = await sandbox.call<{ corpId: string; providerSecret: string }>('POST', '/providers', { name: EXAMPLE_NAME });
    return { observed: `corpid ${made.corpId}`, value: made };
  });
  const publisherId = await timeline.step('GraphQL', '登记服务商 · register the provider (OPERATOR)', async () => {
    const input = { idempotencyKey: randomUUID(), corpId: provider.corpId, name: EXAMPLE_NAME };
    const { registerServiceProvider } = await operator.ask<{
      registerServiceProvider: { publisher: { id: string; status: string } };
    }>(operations.REGISTER_PROVIDER, { input });
    const { id, status } = registerServiceProvider.publisher;
    return { observed: `publisher ${id} ${status}`, value: id };
  });
  return {
    sandbox,
    operator,
    publisherId,
    providerSecret: provider.providerSecret,
    admin: await door('PUBLISHER_ADMIN', [publisherId], 'admin@example'),
    developer: await door('PUBLISHER_DEVELOPER', [publisherId], 'developer@example'),
    reviewer: await door('REVIEWER', [publisherId], 'reviewer@example'),
    backendToken: await stack.token('BACKEND', [publisherId], 'backend@example'),
  };
};

const EXAMPLE_NAME = '示例服务商';

/** For `npm start`: a provider to begin with, the same one at every start. */
export const registerExampleProvider = async (stack: Stack): Promise<string> => {
  const sandbox = createSandboxDoor(stack.urls['wecom-sandbox']);
  const operator = createGraphqlDoor(stack.urls.gateway, await stack.token('OPERATOR'));
  const known = await sandbox.call<{ corpId: string; name: string }[]>('GET', '/providers');
  const { corpId } =
    known.find((provider) => provider.name === EXAMPLE_NAME) ??
    (await sandbox.call<{ corpId: string }>('POST', '/providers', { name: EXAMPLE_NAME }));
  const input = { idempotencyKey: `example-${corpId}`, corpId, name: EXAMPLE_NAME };
  const { registerServiceProvider } = await operator.ask<{ registerServiceProvider: { publisher: { id: string } } }>(
    operations.REGISTER_PROVIDER,
    { input },
  );
  return registerServiceProvider.publisher.id;
};

export const writeTemplate = async (doors: Doors, timeline: Timeline): Promise<{ id: string }> => {
  const { developer, publisherId } = doors;
  const logoSha256 = await timeline.step('HTTP', '上传 750×750 logo · upload the logo to a signed address', async () => {
    const { createLogoUpload } = await developer.ask<{ createLogoUpload: { url: string } }>(
      operations.CREATE_LOGO_UPLOAD,
      { input: { publisherId } },
    );
    const bytes = await drawLogo();
    const answer = await fetch(createLogoUpload.url, {
      method: 'PUT',
      headers: { 'content-type': 'image/png' },
      body: new Uint8Array(bytes),
    });
    const stored = (await answer.json()) as { sha256?: string };
    if (!answer.ok || stored.sha256 === undefined) {
      throw new Error(`upload refused: ${answer.status} ${JSON.stringify(stored)}`);
    }
    return { observed: `sha256 ${stored.sha256.slice(0, 12)}… ${bytes.length} bytes`, value: stored.sha256 };
  });
  const template = await timeline.step('GraphQL', '创建模版草稿 · create the template as a draft', async () => {
    const input = { idempotencyKey: randomUUID(), publisherId, content: { logoSha256 } };
    const { createDelegatedTemplate } = await developer.ask<{
      createDelegatedTemplate: { template: { id: string; version: number; status: string } };
    }>(operations.CREATE_TEMPLATE, { input });
    const made = createDelegatedTemplate.template;
    return { observed: `template ${made.id} ${made.status}`, value: made };
  });
  await timeline.step('GraphQL', '提交不完整的模版 · submit it with five faults', async () => {
    const errors = await developer.refusal(operations.SUBMIT_TEMPLATE, {
      input: { templateId: template.id, expectedVersion: template.version },
    });
    const violations = errors.flatMap((error) => error.extensions?.violations ?? []);
    if (violations.length !== 5) {
      throw new Error(`expected five violations, got ${violations.length}: ${JSON.stringify(errors)}`);
    }
    violations.forEach((violation) => timeline.note(`  ✗ ${violation.field}: ${violation.text.zh} · ${violation.text.en}`));
    return { observed: `refused, ${violations.length} violations at once`, value: violations };
  });
  return template;
};

const SAVE_TRIES = 3;

/** WeCom waits one second for a verification; a person whose save was refused presses once more. */
const pressSave = async <T>(save: () => Promise<T>): Promise<T> => {
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

export const connectCallback = async (doors: Doors & { providerSecret: string }, templateId: string, timeline: Timeline) => {
  const { admin, sandbox, publisherId } = doors;
  const askEndpoint = async (): Promise<Endpoint | null> =>
    (await admin.ask<{ delegatedTemplate: { callbackEndpoint: Endpoint | null } }>(operations.TEMPLATE_ENDPOINT, { id: templateId }))
      .delegatedTemplate.callbackEndpoint;

  const endpoint = await timeline.step('GraphQL', '回调端点已创建 · the endpoint was made by the event', async () => {
    const found = await until('the callback endpoint', askEndpoint, (one) => one !== null);
    return { observed: found!.url, value: found! };
  });
  const keys = await timeline.step('GraphQL', '生成 Token 与 EncodingAESKey · issue the keys', async () => {
    const { issueEndpointKeys } = await admin.ask<{ issueEndpointKeys: { token: string; encodingAesKey: string } }>(
      operations.ISSUE_KEYS,
      { input: { endpointId: endpoint.id, idempotencyKey: randomUUID() } },
    );
    return { observed: 'shown once, typed into the console next', value: issueEndpointKeys };
  });
  const provider = await admin.ask<{ publisher: { corpId: string } }>(
    'query Corp($id: ID!) { publisher(id: $id) { id corpId } }',
    { id: publisherId },
  );
  const suite = await timeline.step('WeCom console', '后台创建模版, GET 验证 · console verifies the URL by GET', async () => {
    const made = await pressSave(() =>
      sandbox.call<{ suiteId: string; suiteSecret: string }>('POST', '/templates', {
        providerCorpId: provider.publisher.corpId,
        name: '示例CRM',
        intro: '客户关系管理',
        callbackUrl: endpoint.url,
        token: keys.token,
        encodingAesKey: keys.encodingAesKey,
      }),
    );
    return { observed: `suite_id ${made.suiteId}`, value: made };
  });
  await timeline.step('GraphQL', '端点已通过验证 · the endpoint is verified', async () => {
    const found = await until('the verification', askEndpoint, (one) => typeof one?.verifiedAt === 'string');
    return { observed: `verified at ${found!.verifiedAt}`, value: found };
  });
  await timeline.step('GraphQL', '录入服务商与模版凭证 · record the credentials', async () => {
    await admin.ask(operations.RECORD_PROVIDER_SECRET, { input: { publisherId, providerSecret: doors.providerSecret } });
    await admin.ask(operations.RECORD_SUITE, {
      input: { templateId, suiteId: suite.suiteId, suiteSecret: suite.suiteSecret },
    });
    return { observed: 'write-only: provider_secret, suite_secret', value: undefined };
  });
  await timeline.step('WeCom push', '收到 suite_ticket · the ticket arrived', async () => {
    const ask = () =>
      admin.ask<{ delegatedTemplate: { suite: { ticket: string } | null } }>(operations.TEMPLATE_SUITE, { id: templateId });
    const found = await until('a fresh suite_ticket', ask, (one) => one.delegatedTemplate.suite?.ticket === 'FRESH');
    return { observed: `ticket ${found.delegatedTemplate.suite!.ticket}`, value: found };
  });
  return { suite, endpoint, keys };
};

export const reviewAndLaunch = async (doors: Doors, templateId: string, suiteId: string, timeline: Timeline): Promise<void> => {
  const { developer, reviewer, admin, sandbox } = doors;
  const askTemplate = () =>
    developer.ask<{ delegatedTemplate: { version: number; status: string } }>(operations.TEMPLATE_VERSION, { id: templateId });
  const askItems = async () =>
    nodesOf(
      (await reviewer.ask<{ delegatedTemplate: { reviewItems: { nodes: ReviewItem[] } } }>(operations.REVIEW_ITEMS, { id: templateId }))
        .delegatedTemplate.reviewItems,
    );
  const newest = async (state: string, after?: string) =>
    (
      await until(
        `a review item in ${state}`,
        askItems,
        (items) => items[0]?.state === state && items[0].id !== after,
      )
    )[0]!;
  const edit = async (content: object): Promise<void> => {
    const { delegatedTemplate } = await askTemplate();
    await developer.ask(operations.EDIT_TEMPLATE, {
      input: { templateId, expectedVersion: delegatedTemplate.version, content },
    });
  };
  const submit = async (): Promise<string> => {
    const { delegatedTemplate } = await askTemplate();
    const { submitDelegatedTemplate } = await developer.ask<{ submitDelegatedTemplate: { template: { status: string } } }>(
      operations.SUBMIT_TEMPLATE,
      { input: { templateId, expectedVersion: delegatedTemplate.version } },
    );
    return submitDelegatedTemplate.template.status;
  };

  await timeline.step('GraphQL', '补全并提交审核 · complete it and submit', async () => {
    await edit({ name: '示例CRM', introduction: '客户关系管理', category: 'CUSTOMER_MANAGEMENT', targetIndustry: 'INFORMATION_TECHNOLOGY' });
    return { observed: `template ${await submit()}`, value: undefined };
  });
  const first = await timeline.step('machine', '预检通过 · prechecks passed', async () => {
    const item = await newest('PENDING');
    const outcomes = item.prechecks.map((check) => `${check.code} ${check.outcome}`).join(', ');
    return { observed: outcomes, value: item };
  });
  await timeline.step('GraphQL', '审核驳回 · rejected with a reason', async () => {
    await reviewer.ask(operations.DECIDE, {
      input: {
        itemId: first.id,
        expectedVersion: first.version,
        decision: 'REJECTED',
        reasons: [{ field: 'introduction', message: '请写明适用场景' }],
      },
    });
    await until('the rejected template', askTemplate, (one) => one.delegatedTemplate.status === 'REJECTED');
    return { observed: 'introduction: 请写明适用场景', value: undefined };
  });
  await timeline.step('GraphQL', '修改后再次提交 · mended and submitted again', async () => {
    await edit({ introduction: '销售团队的客户管理工具' });
    return { observed: `template ${await submit()}`, value: undefined };
  });
  const second = await timeline.step('machine', '预检通过, 关联上次 · prechecked, linked to the last', async () => {
    const item = await newest('PENDING', first.id);
    return { observed: `previous item ${item.previousItem?.state ?? 'missing'}`, value: item };
  });
  await timeline.step('GraphQL', '另一人审核通过 · approved by another person', async () => {
    const self = await doors.developer.refusal(operations.DECIDE, {
      input: { itemId: second.id, expectedVersion: second.version, decision: 'APPROVED' },
    });
    await reviewer.ask(operations.DECIDE, {
      input: { itemId: second.id, expectedVersion: second.version, decision: 'APPROVED' },
    });
    return { observed: `the developer was refused (${self[0]?.extensions?.code ?? ''}), the reviewer approved`, value: undefined };
  });
  await timeline.step('GraphQL', '提交上线 · launch (PUBLISHER_ADMIN)', async () => {
    const approved = await newest('APPROVED');
    await admin.ask(operations.LAUNCH, { input: { itemId: approved.id, expectedVersion: approved.version } });
    return { observed: 'LAUNCHING, waits for the console', value: undefined };
  });
  await timeline.step('WeCom console', '后台上线模版 · launched in the console', async () => {
    await sandbox.call('POST', `/templates/${suiteId}/launch`);
    return { observed: 'online at WeCom', value: undefined };
  });
  await timeline.step('GraphQL', '确认已上线 · a person confirms', async () => {
    const launching = await newest('LAUNCHING');
    await admin.ask(operations.CONFIRM_LAUNCH, { input: { itemId: launching.id, expectedVersion: launching.version } });
    const online = await until('the online template', askTemplate, (one) => one.delegatedTemplate.status === 'ONLINE');
    return { observed: `template ${online.delegatedTemplate.status}`, value: undefined };
  });
};

export const authorize = async (doors: Doors, templateId: string, timeline: Timeline) => {
  const { admin, sandbox } = doors;
  const link = await timeline.step('GraphQL', '授权二维码 · the authorization QR', async () => {
    const ask = async () =>
      nodesOf(
        (
          await admin.ask<{
            delegatedTemplate: { authorizationLinks: { nodes: { state: string; url: string | null; pngUrl: string }[] } };
          }>(operations.LINKS, { id: templateId })
        ).delegatedTemplate.authorizationLinks,
      );
    const [found] = await until('an active link', ask, (links) => links[0]?.state === 'ACTIVE');
    const png = await fetch(found!.pngUrl);
    const bytes = (await png.arrayBuffer()).byteLength;
    if (!png.ok || png.headers.get('content-type') !== 'image/png') {
      throw new Error(`the QR picture was not served: ${png.status}`);
    }
    return { observed: `${found!.pngUrl} (PNG, ${bytes} bytes)`, value: found! };
  });
  const corp = await timeline.step('WeCom admin', '企业存在 · a customer corp with members', async () => {
    const made = await sandbox.call<{ corpId: string; members: { userId: string; admin: boolean }[] }>('POST', '/corps', { name: '示例企业' });
    return { observed: `${made.members.length} members`, value: made };
  });
  const installation = await timeline.step('WeCom admin', '管理员扫码并确认 · admin scans and confirms', async () => {
    const linkId = new URL(link.url!).pathname.split('/').at(-1)!;
    const confirmed = await sandbox.call<{ installed: { id: string; agentId: number }[] }>('POST', `/links/${linkId}/confirm`, {
      corpId: corp.corpId,
      adminUserId: corp.members.find((member) => member.admin)!.userId,
    });
    const [app] = confirmed.installed;
    return { observed: `installed, agentid ${app!.agentId}; create_auth pushed`, value: app! };
  });
  const askAuthorizations = async () =>
    nodesOf(
      (await admin.ask<{ delegatedTemplate: { authorizations: { nodes: Authorization[] } } }>(operations.AUTHORIZATIONS, { id: templateId }))
        .delegatedTemplate.authorizations,
    );
  const authorization = await timeline.step('machine', 'create_auth → 换取 → 已授权 · exchanged, ACTIVE', async () => {
    const [found] = await until(
      'the observed authorization',
      askAuthorizations,
      (all) => all[0]?.status === 'ACTIVE' && all[0].current.observation.agent !== null,
    );
    return { observed: `authorization ${found!.id} ACTIVE, corp ${found!.corp.name}, agentid ${found!.current.observation.agent!.agentId}`, value: found! };
  });
  return { installation, corp, authorization, askAuthorizations };
};

export interface OnlineTemplate {
  readonly doors: Doors;
  readonly templateId: string;
  readonly suiteId: string;
  readonly endpoint: { readonly id: string; readonly url: string };
  /** As typed into WeCom's console. */
  readonly keys: { readonly token: string; readonly encodingAesKey: string };
}

/** A provider with a template that went through review and is online at both sides. */
export const bringTemplateOnline = async (stack: Stack, timeline: Timeline): Promise<OnlineTemplate> => {
  const doors = await registerProvider(stack, timeline);
  const { id: templateId } = await writeTemplate(doors, timeline);
  const { suite, endpoint, keys } = await connectCallback(doors, templateId, timeline);
  await reviewAndLaunch(doors, templateId, suite.suiteId, timeline);
  return { doors, templateId, suiteId: suite.suiteId, endpoint, keys };
};
