import { once } from 'node:events';
import { createServer, request as forwardTo, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delegatedTemplateTopic, publisherTopic } from '@daikaifa/contracts';
import { eventually, uniqueName, viewerOf } from '@daikaifa/testing';
import type { App } from '@daikaifa/service';
import { endpointIdOf } from '../src/domain/endpoint';
import { createPublisher, must } from '@daikaifa/harness';
import {
  createSteps,
  ownConfig,
  patience,
  PROBE,
  publisherState,
  startApp,
  templateState,
  watchTopics,
  type OpenEndpoint,
  type Steps,
} from './harness';
import { verifyUrl } from './wecom';

interface Probed {
  readonly probeEndpoint: {
    readonly endpoint: { readonly health: { readonly status: string; readonly reason: string | null; readonly text: object | null } };
  };
}

/** What stands at the public address: forwards, or answers by itself. */
let front: Server;
let frontUrl: string;
let target = '';
let answerItself: ((response: ServerResponse) => void) | null = null;
const held: ServerResponse[] = [];

let config: ReturnType<typeof ownConfig>;
let app: App;
let others: Awaited<ReturnType<typeof createPublisher>>;
let watched: Awaited<ReturnType<typeof watchTopics>>;
let steps: Steps;
let endpoint: OpenEndpoint;

beforeAll(async () => {
  front = createServer((request, response) => {
    if (answerItself !== null) {
      answerItself(response);
      return;
    }
    const onward = forwardTo(`${target}${request.url}`, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  frontUrl = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  config = ownConfig({ PUBLIC_CALLBACK_BASE_URL: `${frontUrl}/` });
  app = await startApp(config);
  target = app.url;
  others = await createPublisher(config);
  watched = await watchTopics(config);
  steps = createSteps(app, others);
  endpoint = await steps.openEndpoint();
});
afterEach(() => {
  answerItself = null;
  target = app.url;
  held.splice(0).forEach((response) => response.end());
});
afterAll(async () => {
  await watched.stop();
  await others.stop();
  await app.stop();
  front.closeAllConnections();
  front.close();
});

const probe = async (endpointId = endpoint.id, viewer = endpoint.tenant.developer, { graphql } = steps) =>
  (await must(graphql<Probed>(viewer, PROBE, { input: { endpointId } }))).probeEndpoint.endpoint.health;

describe('the health probe', () => {
  it('finds the endpoint healthy through its public address, which makes nothing verified', async () => {
    expect((await steps.find(endpoint.tenant.admin, endpoint.id))?.url).toBe(`${frontUrl}/callback/suite/${endpoint.id}`);
    const health = await eventually(async () => {
      const found = await probe();
      return found.status === 'HEALTHY' ? found : null;
    });
    expect(health).toEqual({ status: 'HEALTHY', reason: null, text: null });
    expect((await steps.find(endpoint.tenant.admin, endpoint.id))?.verifiedAt).toBeNull();
    const event = await eventually(() =>
      watched.endpointsOf(endpoint.id).find(({ type, state }) => type === 'callback.endpoint.probed' && state.health.status === 'HEALTHY'),
    );
    expect(event.state.health.checkedAt).not.toBeNull();
  });

  it('tells apart a wrong key, another status and another answer', async () => {
    // Another deployment of the same product with the same endpoint and keys of its own stands there.
    const otherConfig = ownConfig();
    const other = await startApp(otherConfig);
    const stranger = await createPublisher(otherConfig);
    await stranger.state(publisherTopic, 1, publisherState(endpoint.tenant.id, endpoint.tenant.corpId));
    await stranger.state(delegatedTemplateTopic, 1, templateState(endpoint.templateId, endpoint.tenant.id));
    const otherSteps = createSteps(other, stranger);
    await otherSteps.findWhen(endpoint.tenant.admin, endpoint.id, () => true);
    await otherSteps.issue(endpoint.tenant.admin, endpoint.id);
    target = other.url;
    expect(await probe()).toMatchObject({ status: 'UNHEALTHY', reason: 'WRONG_KEY', text: { zh: expect.stringContaining('密钥') } });
    await stranger.stop();
    await other.stop();

    answerItself = (response) => response.writeHead(502).end();
    expect(await probe()).toMatchObject({ reason: 'WRONG_STATUS' });
    answerItself = (response) => response.writeHead(302, { location: 'https://example.com/' }).end();
    expect(await probe()).toMatchObject({ reason: 'WRONG_STATUS' });
    answerItself = (response) => response.end('<html>hello</html>');
    expect(await probe()).toMatchObject({ reason: 'WRONG_ANSWER' });
    answerItself = (response) => response.destroy();
    expect(await probe()).toMatchObject({ reason: 'UNREACHABLE' });
    answerItself = null;
    target = app.url;
    expect(await probe()).toMatchObject({ status: 'HEALTHY', reason: null });
  });

  it('finds an answer too slow that does not come in time three times in a row', async () => {
    const impatient = await startApp({ ...config, roles: ['api'] }, { limits: { ...patience, probeMs: 500 } });
    const ask = () => probe(endpoint.id, endpoint.tenant.developer, createSteps(impatient, others));
    try {
      const heldBefore = held.length;
      answerItself = (response) => {
        held.push(response);
        // From the second on something answers, and not as it must.
        answerItself = (next) => next.writeHead(502).end();
      };
      expect(await ask()).toMatchObject({ reason: 'WRONG_STATUS' });
      expect(held).toHaveLength(heldBefore + 1);

      answerItself = (response) => held.push(response);
      expect(await ask()).toMatchObject({ status: 'UNHEALTHY', reason: 'TOO_SLOW' });
      expect(held).toHaveLength(heldBefore + 4);

      // Known to be slow: asked once.
      expect(await ask()).toMatchObject({ reason: 'TOO_SLOW' });
      expect(held).toHaveLength(heldBefore + 5);
    } finally {
      await impatient.stop();
    }
  });

  it('names a missing pair of keys', async () => {
    const { endpointId } = await steps.addTemplate(endpoint.tenant);
    expect(await probe(endpointId)).toMatchObject({ status: 'UNHEALTHY', reason: 'NO_KEYS' });
  });

  it('runs by itself after a verification, and when the template goes into review', async () => {
    const own = await steps.openEndpoint();
    await eventually(async () => (await verifyUrl(own.url, own.keys, own.tenant.corpId)).status === 200);
    await steps.findWhen(own.tenant.admin, own.id, ({ health }) => health.status === 'HEALTHY');

    answerItself = (response) => response.writeHead(500).end();
    await others.state(delegatedTemplateTopic, 2, templateState(own.templateId, own.tenant.id, { status: 'IN_REVIEW' }));
    await steps.findWhen(own.tenant.admin, own.id, ({ health }) => health.reason === 'WRONG_STATUS');
  });

  it.each([['REVIEWER'], ['BACKEND'], ['VIEWER'], ['OPERATOR']] as const)('is refused to %s', async (role) => {
    const viewer = viewerOf([role], [endpoint.tenant.id]);
    expect((await steps.graphql(viewer, PROBE, { input: { endpointId: endpoint.id } })).fault?.code).toBe('FORBIDDEN');
  });

  it('does not find another tenant’s endpoint, and refuses what is no id', async () => {
    const other = await steps.addTenant();
    expect((await steps.graphql(other.admin, PROBE, { input: { endpointId: endpoint.id } })).fault?.code).toBe('NOT_FOUND');
    expect((await steps.graphql(other.admin, PROBE, { input: { endpointId: uniqueName('x') } })).fault).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['ENDPOINT_ID_FORMAT'],
    });
  });
});

describe('a public address that moved', () => {
  it.each([
    ['a name that nobody has', 'http://callback.invalid', 'NAME_NOT_RESOLVED'],
    ['a private address', 'http://10.0.0.1', 'ADDRESS_REFUSED'],
  ])('%s is followed by the endpoints, and found', async (_what, baseUrl, reason) => {
    const own = ownConfig({ PUBLIC_CALLBACK_BASE_URL: baseUrl });
    const moved = await startApp(own);
    const publisher = await createPublisher(own);
    const ownSteps = createSteps(moved, publisher);
    try {
      const there = await ownSteps.openEndpoint();
      const health = await eventually(async () => {
        const { data } = await ownSteps.graphql<Probed>(there.tenant.admin, PROBE, { input: { endpointId: there.id } });
        return data?.probeEndpoint.endpoint.health;
      });
      expect(health).toMatchObject({ status: 'UNHEALTHY', reason });
      expect(endpointIdOf(there.templateId)).toBe(there.id);
      await moved.stop();
      // The operator mends the setting: the endpoint has the new address with the next word about its template.
      const mended = await startApp({ ...own, publicBaseUrl: frontUrl });
      await publisher.state(delegatedTemplateTopic, 2, templateState(there.templateId, there.tenant.id));
      const view = await createSteps(mended, publisher).findWhen(there.tenant.admin, there.id, ({ url }) => url.startsWith(frontUrl));
      expect(view.health.status).toBe('UNKNOWN');
      await mended.stop();
    } finally {
      await publisher.stop();
    }
  });
});
