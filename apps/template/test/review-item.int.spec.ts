import {
  delegatedTemplateTopic,
  endpointTopic,
  reviewItemTopic,
  type DelegatedTemplateState,
  type ReviewItemState,
} from '@daikaifa/contracts';
import { AppError, text, type Viewer } from '@daikaifa/kernel';
import {
  createConsumers,
  createDeadLetterDesk,
  createMemoryProjectionStore,
  createSender,
  ensureTopics,
} from '@daikaifa/messaging';
import { eventually, silentLogger, uniqueName } from '@daikaifa/testing';
import type { App } from '@daikaifa/service';
import { reviewItemConsumer } from '../src/messaging/review-item.consumer';
import { clientOf, createPublisher, graphqlOf, must, watchTopic } from '@daikaifa/harness';
import { createSteps, EDIT, endpointState, ownConfig, startApp, type TemplateView } from './harness';

const config = ownConfig();
let app: App;
let steps: ReturnType<typeof createSteps>;
let other: Awaited<ReturnType<typeof createPublisher>>;
let tenant: { id: string; admin: Viewer; developer: Viewer };
let topic: Awaited<ReturnType<typeof watchTopic<DelegatedTemplateState>>>;

beforeAll(async () => {
  app = await startApp(config);
  steps = createSteps(graphqlOf(app));
  other = await createPublisher(config);
  tenant = await steps.registerProvider();
  topic = await watchTopic(config, delegatedTemplateTopic);
});
afterAll(async () => {
  await topic.stop();
  await other.stop();
  await app.stop();
});

const itemOf = (
  view: TemplateView,
  state: ReviewItemState['state'],
  more: Partial<ReviewItemState> = {},
): ReviewItemState => ({
  id: `item-${view.workingRevision?.submission?.id}`,
  ticketId: 'ticket-1',
  publisherId: tenant.id,
  subject: {
    kind: 'DELEGATED_TEMPLATE',
    id: view.id,
    revisionId: view.workingRevision?.id ?? '',
    submissionId: view.workingRevision?.submission?.id ?? '',
  },
  corpApp: null,
  state,
  reasons: [],
  verdict: null,
  launch: null,
  dueAt: '2026-03-04T09:00:00.000Z',
  overdue: false,
  previousItemId: null,
  ...more,
});

const submit = async (): Promise<TemplateView> => {
  const draft = await steps.createComplete(tenant.developer, tenant.id);
  await other.state(endpointTopic, 1, endpointState(draft.id, tenant.id));
  await steps.findWhen(tenant.developer, draft.id, steps.hasStep('ENTER_CALLBACK'));
  return steps.changeNow(tenant.developer, 'submit', draft);
};

const reviewed = (view: TemplateView, status: string) =>
  steps.findWhen(tenant.developer, view.id, ({ workingRevision }) => workingRevision?.status === status);
const typesOf = (id: string) => topic.of(id).map(({ type }) => type);
const untilTypes = (id: string, types: readonly string[]) =>
  eventually(() => {
    expect(typesOf(id)).toEqual(types);
    return true;
  });

describe('the template follows its review item', () => {
  it('to a rejection with its reasons, a second submission, approval and launch', async () => {
    const first = await submit();
    const reasons = [{ field: 'name', code: 'NO_BRAND', zh: '名称缺少品牌', en: 'The name lacks the brand' }];
    await other.state(reviewItemTopic, 1, itemOf(first, 'REJECTED', { reasons }));
    const rejected = await reviewed(first, 'REJECTED');
    expect(rejected).toMatchObject({
      status: 'REJECTED',
      workingRevision: {
        failure: {
          stage: 'VERDICT',
          reasons: [{ field: 'name', code: 'NO_BRAND', text: { zh: '名称缺少品牌', en: 'The name lacks the brand' } }],
        },
      },
    });

    const second = await steps.changeNow(tenant.developer, 'submit', rejected);
    await other.state(reviewItemTopic, 1, itemOf(second, 'PENDING'));
    await other.state(reviewItemTopic, 2, itemOf(second, 'APPROVED'));
    expect((await reviewed(second, 'APPROVED')).status).toBe('APPROVED');
    await other.state(reviewItemTopic, 3, itemOf(second, 'LAUNCHING'));
    await reviewed(second, 'LAUNCHING');
    await other.state(reviewItemTopic, 4, itemOf(second, 'APPROVED'));
    await reviewed(second, 'APPROVED');
    await other.state(reviewItemTopic, 5, itemOf(second, 'LAUNCHING'));
    const launch = {
      requestedBy: 'admin',
      requestedAt: '2026-03-03T09:00:00.000Z',
      confirmedBy: 'PERSON' as const,
      confirmedAt: '2026-03-03T10:00:00.000Z',
    };
    await other.state(reviewItemTopic, 6, itemOf(second, 'LAUNCHED', { launch }));
    const online = await steps.findWhen(tenant.developer, first.id, ({ status }) => status === 'ONLINE');
    expect(online).toMatchObject({
      workingRevision: null,
      onlineRevision: { number: 1, launchConfirmedBy: 'PERSON', content: { name: '云帆客户' } },
    });
    await untilTypes(first.id, [
      'template.created',
      'template.submitted',
      'template.review-failed',
      'template.submitted',
      'template.approved',
      'template.launching',
      'template.launch-returned',
      'template.launching',
      'template.launched',
    ]);
  });

  it('from a failed precheck to a withdrawn item and a void one', async () => {
    const first = await submit();
    await other.state(reviewItemTopic, 1, itemOf(first, 'PRECHECK_FAILED'));
    const failed = await reviewed(first, 'REJECTED');
    expect(failed.workingRevision?.failure).toMatchObject({ stage: 'PRECHECK' });

    const second = await steps.changeNow(tenant.developer, 'submit', failed);
    await other.state(reviewItemTopic, 1, itemOf(second, 'WITHDRAWN'));
    const draft = await reviewed(second, 'DRAFT');

    const third = await steps.changeNow(tenant.developer, 'submit', draft);
    await other.state(reviewItemTopic, 1, itemOf(third, 'VOID'));
    await reviewed(third, 'DRAFT');
  });

  it('and goes on beside the online revision; then it is retired, and the history compared and rolled back', async () => {
    const first = await submit();
    await other.state(reviewItemTopic, 1, itemOf(first, 'LAUNCHED'));
    const online = await steps.findWhen(tenant.developer, first.id, ({ status }) => status === 'ONLINE');
    const graphql = graphqlOf(app);
    const input = { templateId: online.id, expectedVersion: online.version, content: { name: '云帆二号' } };
    await must(graphql(tenant.developer, EDIT, { input }));
    const second = await steps.changeNow(tenant.developer, 'submit', await steps.find(tenant.developer, online.id));
    await other.state(reviewItemTopic, 1, itemOf(second, 'LAUNCHED'));
    const twice = await steps.findWhen(tenant.developer, first.id, ({ revisions }) => revisions[0]?.number === 2 && revisions[0].status === 'ONLINE');
    expect(twice.revisions.map(({ number, status }) => [number, status])).toEqual([[2, 'ONLINE'], [1, 'ONLINE']]);

    const [newer, older] = twice.revisions;
    const query = `query ($id: ID!, $a: ID!, $b: ID!) {
      delegatedTemplate(id: $id) { diff(fromRevisionId: $a, toRevisionId: $b) { field before after } }
    }`;
    expect(await must(graphql(tenant.developer, query, { id: twice.id, a: older?.id, b: newer?.id }))).toEqual({
      delegatedTemplate: { diff: [{ field: 'name', before: '云帆客户', after: '云帆二号' }] },
    });

    const rollBack = `mutation ($input: RollBackDelegatedTemplateInput!) {
      rollBackDelegatedTemplate(input: $input) { template { version workingRevision { number status content { name } } } }
    }`;
    const back = { templateId: twice.id, expectedVersion: twice.version, toRevisionId: older?.id };
    const rolledBack = await must(
      graphql<{ rollBackDelegatedTemplate: { template: TemplateView } }>(tenant.developer, rollBack, { input: back }),
    );
    expect(rolledBack).toMatchObject({
      rollBackDelegatedTemplate: { template: { workingRevision: { number: 3, status: 'DRAFT', content: { name: '云帆客户' } } } },
    });

    const { version } = rolledBack.rollBackDelegatedTemplate.template;
    const retired = await steps.changeNow(tenant.admin, 'retire', { id: twice.id, version });
    expect(retired.status).toBe('RETIRED');
    await eventually(() => typesOf(twice.id).at(-1) === 'template.retired');
    expect(topic.of(twice.id).at(-1)?.state).toMatchObject({ status: 'RETIRED', onlineRevision: { number: 2 } });
  });
});

describe('the consumer of review items', () => {
  it('takes a duplicate once', async () => {
    const view = await submit();
    await other.state(reviewItemTopic, 1, itemOf(view, 'APPROVED'));
    await other.state(reviewItemTopic, 1, itemOf(view, 'APPROVED'));
    await other.state(reviewItemTopic, 2, itemOf(view, 'LAUNCHING'));
    await reviewed(view, 'LAUNCHING');
    await untilTypes(view.id, ['template.created', 'template.submitted', 'template.approved', 'template.launching']);
  });

  it('drops an older state that comes after a newer one', async () => {
    const view = await submit();
    await other.state(reviewItemTopic, 3, itemOf(view, 'LAUNCHING'));
    await other.state(reviewItemTopic, 2, itemOf(view, 'REJECTED'));
    await other.state(reviewItemTopic, 4, itemOf(view, 'APPROVED'));
    await reviewed(view, 'APPROVED');
    await untilTypes(view.id, [
      'template.created',
      'template.submitted',
      'template.approved',
      'template.launching',
      'template.launch-returned',
    ]);
  });

  it('is not led astray by a late item of an older submission', async () => {
    const first = await submit();
    const draft = await steps.changeNow(tenant.developer, 'withdraw', first);
    const second = await steps.changeNow(tenant.developer, 'submit', draft);
    const late = { ...itemOf(first, 'LAUNCHED'), id: `item-${second.workingRevision?.submission?.id}` };
    // The same key as the next one: when that was followed, this one was dealt with.
    await other.state(reviewItemTopic, 1, late);
    await other.state(reviewItemTopic, 2, itemOf(second, 'APPROVED'));
    expect(await reviewed(second, 'APPROVED')).toMatchObject({ status: 'APPROVED', onlineRevision: null });
  });

  it('puts what it cannot read among the dead letters and goes on', async () => {
    const view = await submit();
    const item = itemOf(view, 'APPROVED');
    await other.raw(reviewItemTopic, item.id, '{"specversion":"1.0","nonsense":true}');
    await other.state(reviewItemTopic, 1, item);
    await reviewed(view, 'APPROVED');
    // A letter may be there twice, as every event may: its copies count once.
    const [book] = await createDeadLetterDesk(clientOf(config), { send: async () => undefined }).read(['template']);
    expect(book?.letters.map(({ key, reason }) => [key, reason])).toEqual([[item.id, 'CONTRACT_BROKEN']]);
  });

  it('deals with a dead letter again when an operator asks, and answers how it went', async () => {
    const key = `broken-${uniqueName('item')}`;
    await other.raw(reviewItemTopic, key, '{"specversion":"1.0","tenant":"t","nonsense":true}');
    const client = clientOf(config);
    const sender = createSender(client);
    await sender.start();
    const desk = createDeadLetterDesk(client, sender);
    const letterWhen = (attempts: number) =>
      eventually(async () => {
        const [book] = await desk.read(['template']);
        return book?.letters.find((letter) => letter.key === key && letter.attempts === attempts && letter.status === 'OPEN');
      });
    try {
      const letter = await letterWhen(1);
      expect(letter).toMatchObject({ reason: 'CONTRACT_BROKEN', topic: reviewItemTopic.topic, event: { tenant: 't' } });

      await desk.redrive('template', [letter], 'operator');

      expect(await letterWhen(2)).toMatchObject({ id: letter.id, firstFailedAt: letter.firstFailedAt });
      await eventually(async () => {
        const [book] = await desk.read(['template']);
        return book?.journal.some(({ letterId, action }) => letterId === letter.id && action === 'FAILED_AGAIN');
      });
    } finally {
      await sender.stop();
    }
  });

  it('reads from the beginning when it is new', async () => {
    const view = await submit();
    await other.state(reviewItemTopic, 1, itemOf(view, 'APPROVED'));
    await reviewed(view, 'APPROVED');
    const seen: string[] = [];
    const group = uniqueName('new');
    const client = clientOf(config);
    await ensureTopics(client, [], [group]);
    const sender = createSender(client);
    await sender.start();
    const consumers = createConsumers({
      client,
      group,
      consumers: [
        reviewItemConsumer({
          followReviewItem: async ({ templateId, outcome }) => {
            seen.push(`${templateId} ${outcome.state}`);
          },
        }) as never,
      ],
      projections: createMemoryProjectionStore(),
      sender,
      logger: silentLogger(),
    });
    try {
      await consumers.start();
      await eventually(() => seen.includes(`${view.id} APPROVED`));
    } finally {
      await consumers.stop();
      await sender.stop();
    }
  });
});

describe('a crash between effect and projection', () => {
  it('repeats the effect and changes nothing twice', async () => {
    await app.stop();
    let faults = 0;
    app = await startApp(config, {
      projections: (real) => ({
        ...real,
        save: async (name, projection) => {
          if (name === 'review-item' && faults < 2) {
            faults += 1;
            throw new AppError('UNAVAILABLE', text('断', 'gone'));
          }
          return real.save(name, projection);
        },
      }),
    });
    steps = createSteps(graphqlOf(app));
    const view = await submit();
    await other.state(reviewItemTopic, 1, itemOf(view, 'APPROVED'));
    await other.state(reviewItemTopic, 2, itemOf(view, 'LAUNCHING'));
    await reviewed(view, 'LAUNCHING');
    expect(faults).toBe(2);
    await untilTypes(view.id, ['template.created', 'template.submitted', 'template.approved', 'template.launching']);
    const { version } = await steps.find(tenant.developer, view.id);
    expect(version).toBe(view.version + 2);
  });
});
