import { authorizationTopic, endpointTopic, suiteTopic, type AuthorizationState } from '@daikaifa/contracts';
import { createJobQueues } from '@daikaifa/jobs';
import type { Viewer } from '@daikaifa/kernel';
import { connectMongo } from '@daikaifa/mongo';
import { eventually, silentLogger } from '@daikaifa/testing';
import type { App } from '@daikaifa/service';
import { REPEAT_DECISIONS } from '@daikaifa/service';
import { createPublisher, graphqlOf } from '@daikaifa/harness';
import { change, createSteps, endpointState, ownConfig, startApp } from './harness';

const config = ownConfig();
let app: App;
let steps: ReturnType<typeof createSteps>;
let other: Awaited<ReturnType<typeof createPublisher>>;
let tenant: { id: string; admin: Viewer; developer: Viewer };

beforeAll(async () => {
  app = await startApp(config);
  steps = createSteps(graphqlOf(app));
  other = await createPublisher(config);
  tenant = await steps.registerProvider();
});
afterAll(async () => {
  await other.stop();
  await app.stop();
});

const now = '2026-03-02T09:00:00.000Z';

const suiteState = (templateId: string, ticket: 'NONE' | 'FRESH' | 'STALE') => ({
  id: templateId,
  publisherId: tenant.id,
  suiteId: 'dk0123456789',
  ticket,
  ticketAt: ticket === 'NONE' ? null : now,
});

const authorizationState = (templateId: string): AuthorizationState => ({
  id: `authorization-${templateId}`,
  publisherId: tenant.id,
  templateId,
  suiteId: 'dk0123456789',
  corpId: 'wpABCDEF',
  status: 'CANCELLED',
  epochs: [
    {
      epoch: 1,
      status: 'CANCELLED',
      grantedAt: now,
      cancelledAt: now,
      enabled: true,
      disabledReason: null,
      mode: 'ADMIN',
      environment: 'FORMAL',
      linkState: null,
      observation: { agent: null, permissions: null, publishStatus: null, scope: null },
    },
  ],
});

describe('signals of other services', () => {
  it('tick the checklist, and untick it', async () => {
    const draft = await steps.createDraft(tenant.developer, tenant.id);
    await other.state(suiteTopic, 1, suiteState(draft.id, 'FRESH'));
    await other.state(endpointTopic, 1, endpointState(draft.id, tenant.id));
    const view = await steps.findWhen(
      tenant.developer,
      draft.id,
      (one) => steps.hasStep('RECEIVE_TICKET')(one) && steps.hasStep('ENTER_CALLBACK')(one),
    );
    expect(view.checklist.filter(({ done }) => done).map(({ step, confirmedBy }) => [step, confirmedBy])).toEqual([
      ['CREATE_IN_CONSOLE', 'SIGNAL'],
      ['ENTER_CALLBACK', 'SIGNAL'],
      ['RECEIVE_TICKET', 'SIGNAL'],
    ]);
    expect(view.version).toBe(draft.version);
    await other.state(suiteTopic, 2, suiteState(draft.id, 'STALE'));
    await steps.findWhen(tenant.developer, draft.id, (one) => !steps.hasStep('RECEIVE_TICKET')(one));
  });

  it('keep a template from being deleted once a corp has authorized it, though it cancelled', async () => {
    const draft = await steps.createDraft(tenant.developer, tenant.id);
    const input = { templateId: draft.id, expectedVersion: draft.version };
    // The same partition as nothing else: what is awaited is its own effect.
    await other.state(authorizationTopic, 1, authorizationState(draft.id));
    const mongo = await connectMongo({
      url: config.mongo.url,
      database: `${config.mongo.databasePrefix}template`,
      maxPoolSize: 2,
      logger: silentLogger(),
    });
    const signals = mongo.connection.collection<{ _id: string }>('template_signals');
    await eventually(() => signals.findOne({ _id: draft.id }));
    const { fault } = await graphqlOf(app)(tenant.developer, change('delete'), { input });
    expect(fault?.code).toBe('INVALID_STATE');
    await mongo.close();
  });
});

describe('the job repeat-decisions', () => {
  it('does again what a crash left undone', async () => {
    const draft = await steps.createDraft(tenant.developer, tenant.id);
    await other.state(endpointTopic, 1, endpointState(draft.id, tenant.id));
    await steps.findWhen(tenant.developer, draft.id, steps.hasStep('ENTER_CALLBACK'));
    const mongo = await connectMongo({
      url: config.mongo.url,
      database: `${config.mongo.databasePrefix}template`,
      maxPoolSize: 2,
      logger: silentLogger(),
    });
    const projections = mongo.connection.collection<{ _id: string }>('projection.endpoint');
    await eventually(() => projections.findOne({ _id: `endpoint-${draft.id}` }));
    await mongo.connection.collection<{ _id: string }>('template_signals').deleteOne({ _id: draft.id });
    expect(steps.hasStep('ENTER_CALLBACK')(await steps.find(tenant.developer, draft.id))).toBe(false);

    const queues = createJobQueues({
      redisUrl: config.redis.cacheUrl,
      prefix: config.redis.prefix,
      service: 'template',
      catalog: { 'repeat-decisions': REPEAT_DECISIONS },
      logger: silentLogger(),
    });
    await queues.enqueue('repeat-decisions', {});
    await steps.findWhen(tenant.developer, draft.id, steps.hasStep('ENTER_CALLBACK'));
    await queues.close();
    await mongo.close();
  });
});
