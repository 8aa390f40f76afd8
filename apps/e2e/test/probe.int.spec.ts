import { operations } from '@daikaifa/client';
import {
  connectCallback,
  registerProvider,
  silentTimeline,
  writeTemplate,
  type Doors,
} from '@daikaifa/demo';
import type { Stack } from '@daikaifa/stack';
import { eventually } from '@daikaifa/testing';
import { makeStack } from './harness';
import { watchProgress, type Progress } from './progress';
import { startReverseProxy, type ProxyFault, type ReverseProxy } from './reverse-proxy';

// A label is at most 63 characters long: the resolver refuses this name by itself, without asking a name server.
const UNRESOLVABLE = `http://${'callback'.repeat(8)}.invalid`;

const CONTENT = {
  name: '示例CRM',
  introduction: '销售团队的客户管理工具',
  category: 'CUSTOMER_MANAGEMENT',
  targetIndustry: 'INFORMATION_TECHNOLOGY',
};

const PROBE = /* GraphQL */ `
  mutation Probe($input: ProbeEndpointInput!) {
    probeEndpoint(input: $input) { endpoint { id url health { status reason } } }
  }
`;

const OUTCOME = /* GraphQL */ `
  query Outcome($id: ID!) {
    delegatedTemplate(id: $id) {
      id status version
      callbackEndpoint { id url verifiedAt health { status reason } }
      workingRevision { number status failure { stage reasons { field code text { zh en } } } }
      reviewItems(first: 1) { nodes { id state prechecks { code outcome reason field text { zh en } } } }
    }
  }
`;

interface Text {
  readonly zh: string;
  readonly en: string;
}

interface Health {
  readonly status: string;
  readonly reason: string | null;
}

interface Failure {
  readonly stage: string;
  readonly reasons: ReadonlyArray<{ readonly field: string; readonly code: string; readonly text: Text }>;
}

interface Precheck {
  readonly code: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly text: Text;
}

interface ReviewItem {
  readonly id: string;
  readonly state: string;
  readonly prechecks: readonly Precheck[];
}

interface Outcome {
  readonly status: string;
  readonly version: number;
  readonly callbackEndpoint: { readonly verifiedAt: string | null; readonly health: Health };
  readonly workingRevision: { readonly failure: Failure | null };
  readonly reviewItems: { readonly nodes: readonly ReviewItem[] };
}

interface Template {
  readonly id: string;
  readonly endpointId: string;
  readonly path: string;
}

let stack: Stack;
let proxy: ReverseProxy;
let progress: Progress;
let doors: Awaited<ReturnType<typeof registerProvider>>;
/** Published, with an endpoint that WeCom has verified. */
let template: Template;
/** Another one of the same deployment, with keys of its own. */
let other: Template;

const makeTemplate = async (own: typeof doors): Promise<Template> => {
  const { id } = await writeTemplate(own, silentTimeline);
  const { endpoint } = await connectCallback(own, id, silentTimeline);
  return { id, endpointId: endpoint.id, path: new URL(endpoint.url).pathname };
};

const outcomeOf = async ({ id }: Template): Promise<Outcome> =>
  (await doors.developer.ask<{ delegatedTemplate: Outcome }>(OUTCOME, { id })).delegatedTemplate;

interface Probed {
  readonly url: string;
  readonly health: Health;
}

/** Has the endpoint probed, again where a busy machine itself was too slow for the second that a probe has. */
const probe = ({ endpointId }: Template, wanted: string): Promise<Probed> =>
  eventually(async () => {
    const { probeEndpoint } = await doors.developer.ask<{ probeEndpoint: { endpoint: Probed } }>(PROBE, {
      input: { endpointId },
    });
    const { endpoint } = probeEndpoint;
    expect(endpoint.health.reason ?? endpoint.health.status).toBe(wanted);
    return endpoint;
  });

/** Completes it and submits; resolves with what review made of it. */
const submit = async (one: Template): Promise<Outcome> => {
  // Review hears of the last probe and of the submission by different topics.
  await progress.untilSettled();
  const before = await outcomeOf(one);
  const edit = { templateId: one.id, expectedVersion: before.version, content: CONTENT };
  await doors.developer.ask(operations.EditTemplateDocument, { input: edit });
  const { version } = await outcomeOf(one);
  await doors.developer.ask(operations.SubmitTemplateDocument, { input: { templateId: one.id, expectedVersion: version } });
  return eventually(
    async () => {
      const found = await outcomeOf(one);
      const [item] = found.reviewItems.nodes;
      const isNew = item !== undefined && item.id !== before.reviewItems.nodes[0]?.id && item.state !== 'PRECHECKING';
      return isNew && (item.state === 'PENDING') === (found.status === 'IN_REVIEW') ? found : null;
    },
    { timeoutMs: 30_000 },
  );
};

const expectRefusal = (found: Outcome, reason: string, words: RegExp): void => {
  const [item] = found.reviewItems.nodes;
  const failed = item!.prechecks.filter(({ outcome }) => outcome === 'FAILED');
  expect(item!.state).toBe('PRECHECK_FAILED');
  expect(failed).toEqual([
    expect.objectContaining({
      code: 'CALLBACK_HEALTHY',
      reason,
      field: 'callbackUrl',
      text: { zh: expect.stringMatching(words) as string, en: expect.stringMatching(words) as string },
    }),
  ]);
  expect(found.callbackEndpoint).toMatchObject({
    verifiedAt: expect.any(String) as string,
    health: { status: 'UNHEALTHY', reason },
  });
  expect(found.status).toBe('REJECTED');
  expect(found.workingRevision.failure).toEqual({
    stage: 'PRECHECK',
    reasons: [{ field: 'callbackUrl', code: reason, text: failed[0]!.text }],
  });
};

describe('the health probe goes through the public URL', () => {
  beforeAll(async () => {
    proxy = await startReverseProxy();
    stack = await makeStack({ env: { callback: { PUBLIC_CALLBACK_BASE_URL: proxy.url } } });
    proxy.leadTo(stack.urls.callback);
    progress = await watchProgress(stack);
    await stack.start();
    doors = await registerProvider(stack, silentTimeline);
    template = await makeTemplate(doors);
    other = await makeTemplate(doors);
  }, 90_000);

  afterAll(async () => {
    await stack?.stop();
    await progress?.stop();
    await proxy?.stop();
  }, 60_000);

  afterEach(() => proxy.spoil({ kind: 'NONE' }));

  it('and finds it healthy when nothing is wrong', async () => {
    const { url, health } = await probe(template, 'HEALTHY');

    expect(url).toBe(`${proxy.url}${template.path}`);
    expect(health).toEqual({ status: 'HEALTHY', reason: null });
  });

  it.each<[string, () => ProxyFault, string, RegExp]>([
    [
      'answered with the keys of another endpoint',
      () => ({ kind: 'LEADS_TO', path: other.path }),
      'WRONG_KEY',
      /密钥不一致|wrong key/,
    ],
    ['not answered within a second', () => ({ kind: 'SILENT' }), 'TOO_SLOW', /1 秒|within a second/],
    [
      'answered by a parking page',
      () => ({ kind: 'ANSWERS', status: 200, body: 'welcome' }),
      'WRONG_ANSWER',
      /应答内容|wrong content/,
    ],
  ])('and review refuses a template whose callback is %s', async (_case, fault, reason, words) => {
    proxy.spoil(fault());

    const { health } = await probe(template, reason);
    const found = await submit(template);

    expect(health).toEqual({ status: 'UNHEALTHY', reason });
    expectRefusal(found, reason, words);
  });

  it('and review takes the template as soon as the callback answers again', async () => {
    await probe(template, 'HEALTHY');

    const found = await submit(template);

    expect(found.callbackEndpoint.health).toEqual({ status: 'HEALTHY', reason: null });
    expect(found.reviewItems.nodes[0]).toMatchObject({ state: 'PENDING' });
    expect(found.status).toBe('IN_REVIEW');
  });

  it('and review refuses a template whose callback has a host name that cannot be resolved', async () => {
    // The deployment was given a wrong name, and the person typed the right one into the console of WeCom.
    await stack.processes.callback.stop();
    const misnamed = await stack.another('callback', 'callback-misnamed', {
      HTTP_PORT: new URL(stack.urls.callback).port,
      PUBLIC_CALLBACK_BASE_URL: UNRESOLVABLE,
    });
    await misnamed.start({ waitForReady: false });
    await eventually(async () => (await fetch(`${stack.urls.callback}/health/ready`)).ok, { timeoutMs: 30_000 });
    const rightly = (body: object): object =>
      JSON.parse(JSON.stringify(body).replaceAll(UNRESOLVABLE, proxy.url)) as object;
    const typeRightName: Doors['sandbox'] = {
      call: (method, path, body = {}) => doors.sandbox.call(method, path, rightly(body)),
    };
    const misled = await makeTemplate({ ...doors, sandbox: typeRightName });

    const { url, health } = await probe(misled, 'NAME_NOT_RESOLVED');
    const found = await submit(misled);

    expect(url).toBe(`${UNRESOLVABLE}${misled.path}`);
    expect(health).toEqual({ status: 'UNHEALTHY', reason: 'NAME_NOT_RESOLVED' });
    expectRefusal(found, 'NAME_NOT_RESOLVED', /域名无法解析|does not resolve/);
  }, 90_000);
});
