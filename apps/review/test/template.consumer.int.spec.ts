import { delegatedTemplateTopic } from '@daikaifa/contracts';
import { clientOf } from '@daikaifa/harness';
import { AppError, newId, platformScope, text } from '@daikaifa/kernel';
import {
  createConsumers,
  createMemoryProjectionStore,
  createSender,
  deadLetterTopic,
  ensureTopics,
} from '@daikaifa/messaging';
import { connectMongo, createOutbox, ensureIndexes } from '@daikaifa/mongo';
import { eventually, silentLogger, uniqueName } from '@daikaifa/testing';
import { itemIdOf } from '../src/application/review-ids';
import { openItem } from '../src/domain/review-item.decide';
import { delegatedTemplateConsumer } from '../src/messaging/delegated-template.consumer';
import { reviewItemState } from '../src/messaging/published-state';
import { createReviewItemRepository } from '../src/persistence/review-item.repository';
import { CALLBACK_URL, createWorld, DEVELOPER, type Tenant, type World } from './harness';

let world: World;
let tenant: Tenant;

beforeAll(async () => {
  world = await createWorld();
  tenant = await world.addTenant();
});
afterAll(() => world.stop());

describe('a template that is submitted', () => {
  it('gets an item with a frozen snapshot, announced step by step', async () => {
    const { templateId, submissionId, item } = await world.pending(tenant);
    expect(item).toMatchObject({
      state: 'PENDING',
      revisionId: 'revision-1',
      submissionId,
      submittedBy: DEVELOPER,
      submittedAt: '2026-03-02T09:00:00.000Z',
      dueAt: '2026-03-04T09:00:00.000Z',
      template: { id: templateId },
      ticket: { state: 'OPEN', publisher: { id: tenant.id }, items: [{ id: item.id }] },
      previousItem: null,
      snapshot: {
        name: '云帆客户',
        introduction: '客户跟进管理',
        category: 'CUSTOMER_MANAGEMENT',
        targetIndustry: 'ANY',
        logoSha256: world.logoSha256,
        callbackUrl: CALLBACK_URL,
      },
      verdicts: [],
      launch: null,
    });
    await world.untilTypes(item.id, ['opened', 'prechecked']);
    expect(world.topic.of(item.id).at(-1)).toMatchObject({
      sequence: 2,
      state: {
        id: item.id,
        ticketId: item.ticket.id,
        publisherId: tenant.id,
        subject: { kind: 'DELEGATED_TEMPLATE', id: templateId, revisionId: 'revision-1', submissionId },
        state: 'PENDING',
        verdict: null,
        overdue: false,
      },
    });
  });

  it('and submitted again after a refusal gets a new item linked to the last one', async () => {
    const first = await world.pending(tenant);
    const refused = await world.change(tenant.reviewer, 'decideReviewItem', first.item, {
      decision: 'REJECTED',
      reasons: [{ field: 'name', message: '名称缺少品牌' }],
    });
    world.clock.advance(60_000);
    const submissionId = newId();
    await world.submit(tenant, { templateId: first.templateId, submissionId });
    const second = await world.itemWhen(tenant.admin, first.templateId, 'PENDING', submissionId);
    expect(second.previousItem).toEqual({ id: refused.id, state: 'REJECTED' });
    expect(second.ticket.id).not.toBe(first.item.ticket.id);
    expect((await world.itemsOf(tenant.admin, first.templateId)).map(({ id }) => id)).toEqual([second.id, refused.id]);
  });

  it('waits for the settings of its publisher, whichever event comes first', async () => {
    const late = { ...tenant, id: uniqueName('publisher') };
    const admin = { ...tenant.admin, publisherIds: [late.id] };
    const { templateId } = await world.submit(late);
    await world.untilFollowed('delegated-template', templateId);
    expect(await world.itemsOf(admin, templateId)).toEqual([]);
    await world.publishPublisher(late.id, { dueHours: 5 });
    const item = await world.itemWhen(admin, templateId, 'PENDING');
    expect(item.dueAt).toBe(new Date(world.clock.now().getTime() + 5 * 3_600_000).toISOString());
  });
});

describe('a template that leaves its submission', () => {
  it.each(['PENDING', 'APPROVED', 'LAUNCHING'] as const)('withdraws the item that is %s', async (state) => {
    const { templateId, workingRevision, item } = await world.pending(tenant);
    if (state !== 'PENDING') {
      const approved = await world.change(tenant.reviewer, 'decideReviewItem', item, { decision: 'APPROVED' });
      if (state === 'LAUNCHING') {
        await world.change(tenant.admin, 'launchReviewItem', approved);
      }
    }
    const draft = { ...workingRevision, status: 'DRAFT' as const, submission: null };
    await world.publishTemplate(templateId, tenant.id, { workingRevision: draft });
    expect(await world.itemWhen(tenant.admin, templateId, 'WITHDRAWN')).toMatchObject({ ticket: { state: 'CLOSED' } });
    await eventually(() => world.typesOf(item.id).at(-1) === 'review.item.withdrawn');
  });

  it('withdraws the item that is prechecking; the precheck that is still due changes nothing', async () => {
    world.files.door.isDown = true;
    const { templateId, workingRevision } = await world.submit(tenant);
    const item = await world.itemWhen(tenant.admin, templateId, 'PRECHECKING');
    const draft = { ...workingRevision, status: 'DRAFT' as const, submission: null };
    await world.publishTemplate(templateId, tenant.id, { workingRevision: draft });
    await world.itemWhen(tenant.admin, templateId, 'WITHDRAWN');
    world.files.door.isDown = false;
    const marker = await world.submit(tenant);
    await world.itemWhen(tenant.admin, marker.templateId, 'PENDING');
    expect((await world.itemsOf(tenant.admin, templateId))[0]).toMatchObject({ id: item.id, state: 'WITHDRAWN' });
  });

  it('by a second submission withdraws the first and opens the second', async () => {
    const first = await world.pending(tenant);
    const submissionId = newId();
    await world.submit(tenant, { templateId: first.templateId, submissionId });
    const second = await world.itemWhen(tenant.admin, first.templateId, 'PENDING', submissionId);
    expect(second.previousItem).toEqual({ id: first.item.id, state: 'WITHDRAWN' });
  });

  it.each(['RETIRED', 'DELETED'] as const)('because it is %s voids the item', async (availability) => {
    const { templateId, workingRevision, item } = await world.pending(tenant);
    await world.change(tenant.reviewer, 'decideReviewItem', item, { decision: 'APPROVED' });
    await world.publishTemplate(templateId, tenant.id, { status: availability, availability, workingRevision });
    await world.itemWhen(tenant.admin, templateId, 'VOID');
    await world.untilTypes(item.id, ['opened', 'prechecked', 'decided', 'void']);
  });
});

describe('an echo of the item itself', () => {
  it('changes nothing, up to being online', async () => {
    const { templateId, workingRevision, item } = await world.pending(tenant);
    const echo = (status: 'APPROVED' | 'LAUNCHING') =>
      world.publishTemplate(templateId, tenant.id, { status: 'APPROVED', workingRevision: { ...workingRevision, status } });
    const approved = await world.change(tenant.reviewer, 'decideReviewItem', item, { decision: 'APPROVED' });
    await echo('APPROVED');
    const launching = await world.change(tenant.admin, 'launchReviewItem', approved);
    // Late: the template has not followed the launch yet.
    await echo('APPROVED');
    await echo('LAUNCHING');
    const launched = await world.change(tenant.admin, 'confirmLaunch', launching);
    const onlineRevision = { ...workingRevision, status: 'ONLINE' as const };
    await world.publishTemplate(templateId, tenant.id, { status: 'ONLINE', availability: 'ONLINE', onlineRevision });
    // A next submission of the same template is dealt with after all of these.
    const submissionId = newId();
    await world.publishTemplate(templateId, tenant.id, {
      status: 'ONLINE',
      availability: 'ONLINE',
      onlineRevision,
      workingRevision: world.revisionOf(submissionId, { id: 'revision-2', number: 2 }),
    });
    const second = await world.itemWhen(tenant.admin, templateId, 'PENDING', submissionId);
    expect(second.previousItem).toEqual({ id: item.id, state: 'LAUNCHED' });
    expect(await world.itemWhen(tenant.admin, templateId, 'LAUNCHED', item.submissionId)).toMatchObject({
      version: launched.version,
      ticket: { state: 'LAUNCHED' },
    });
    await world.untilTypes(item.id, ['opened', 'prechecked', 'decided', 'launching', 'launched']);
  });
});

describe('the consumer of templates', () => {
  it('takes a duplicate once', async () => {
    const { templateId, workingRevision, item } = await world.pending(tenant);
    await world.publishTemplate(templateId, tenant.id, { status: 'IN_REVIEW', workingRevision }, 1);
    await world.publishTemplate(templateId, tenant.id, { status: 'IN_REVIEW', workingRevision });
    const marker = newId();
    await world.submit(tenant, { templateId, submissionId: marker });
    await world.itemWhen(tenant.admin, templateId, 'PENDING', marker);
    expect(await world.itemsOf(tenant.admin, templateId)).toHaveLength(2);
    await world.untilTypes(item.id, ['opened', 'prechecked', 'withdrawn']);
  });

  it('drops an older state that comes after a newer one', async () => {
    const templateId = newId();
    const submissionId = newId();
    await world.publishEndpoint(templateId, tenant.id);
    const workingRevision = world.revisionOf(submissionId);
    await world.publishTemplate(templateId, tenant.id, { status: 'IN_REVIEW', workingRevision }, 5);
    const item = await world.itemWhen(tenant.admin, templateId, 'PENDING');
    await world.publishTemplate(templateId, tenant.id, { workingRevision: null }, 4);
    await world.publishTemplate(templateId, tenant.id, { status: 'IN_REVIEW', workingRevision: world.revisionOf(newId()) }, 3);
    await world.publishTemplate(templateId, tenant.id, { status: 'RETIRED', availability: 'RETIRED' }, 6);
    await world.itemWhen(tenant.admin, templateId, 'VOID');
    await world.untilTypes(item.id, ['opened', 'prechecked', 'void']);
    expect(await world.itemsOf(tenant.admin, templateId)).toHaveLength(1);
  });

  it('puts what it cannot read among the dead letters and goes on', async () => {
    const templateId = newId();
    await world.other.raw(delegatedTemplateTopic, templateId, '{"specversion":"1.0","nonsense":true}');
    await world.submit(tenant, { templateId });
    await world.itemWhen(tenant.admin, templateId, 'PENDING');
    const kafka = clientOf(world.config);
    const deadLetters = await kafka.withAdmin((admin) => admin.fetchTopicOffsets(kafka.topicName(deadLetterTopic('review'))));
    expect(deadLetters.reduce((sum, { high }) => sum + Number(high), 0)).toBe(1);
  });

  it('reads from the beginning when it is new', async () => {
    const { templateId, submissionId } = await world.pending(tenant);
    const seen: string[] = [];
    const group = uniqueName('new');
    const client = clientOf(world.config);
    await ensureTopics(client, [], [group]);
    const sender = createSender(client);
    await sender.start();
    const consumer = delegatedTemplateConsumer({
      followSubject: async (subject) => {
        seen.push(`${subject.id} ${subject.submitted?.submission.id}`);
      },
    });
    const consumers = createConsumers({
      client,
      group,
      consumers: [consumer as never],
      projections: createMemoryProjectionStore(),
      sender,
      logger: silentLogger(),
    });
    try {
      await consumers.start();
      await eventually(() => seen.includes(`${templateId} ${submissionId}`));
    } finally {
      await consumers.stop();
      await sender.stop();
    }
  });
});

describe('a crash', () => {
  it('between effect and projection repeats the effect and changes nothing twice', async () => {
    let faults = 0;
    await world.restart({
      projections: (real) => ({
        ...real,
        save: async (name, projection) => {
          if (name === 'delegated-template' && faults < 2) {
            faults += 1;
            throw new AppError('UNAVAILABLE', text('断', 'gone'));
          }
          return real.save(name, projection);
        },
      }),
    });
    const { templateId, item } = await world.pending(tenant);
    await world.publishTemplate(templateId, tenant.id, { workingRevision: null });
    await world.itemWhen(tenant.admin, templateId, 'WITHDRAWN');
    expect(faults).toBe(2);
    expect(await world.itemsOf(tenant.admin, templateId)).toHaveLength(1);
    await world.untilTypes(item.id, ['opened', 'prechecked', 'withdrawn']);
  });
});

describe('one subject', () => {
  it('has at most one open item, also when two are opened at once', async () => {
    const logger = silentLogger();
    const { url, databasePrefix } = world.config.mongo;
    const mongo = await connectMongo({ url, database: `${databasePrefix}race`, maxPoolSize: 2, logger });
    const sender = { send: async () => undefined };
    const outbox = createOutbox({ connection: mongo.connection, sender, logger, clock: world.clock, source: 'test' });
    const items = createReviewItemRepository({ connection: mongo.connection, outbox, publicState: reviewItemState });
    await ensureIndexes(mongo.connection);
    const subjectId = newId();
    const itemOf = (submissionId: string, subjectSequence: number) =>
      openItem(
        {
          id: itemIdOf(submissionId),
          ticketId: newId(),
          publisherId: tenant.id,
          subject: {
            kind: 'DELEGATED_TEMPLATE',
            id: subjectId,
            templateId: subjectId,
            corpApp: null,
            revisionId: 'r',
            submissionId,
            batchId: submissionId,
          },
          subjectSequence,
          snapshot: {
            kind: 'DELEGATED_TEMPLATE', logo: null, name: null, introduction: null, category: null, targetIndustry: null, callbackUrl: '',
          },
          submittedBy: DEVELOPER,
          submittedAt: world.clock.now(),
          dueAt: world.clock.now(),
          previousItemId: null,
        },
        world.clock.now(),
      );
    const create = (submissionId: string, sequence: number) => {
      const { next, facts } = itemOf(submissionId, sequence);
      return items.create(next, facts);
    };
    try {
      const outcomes = await Promise.allSettled([create('s1', 1), create('s2', 2), create('s3', 3)]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes) {
        expect(outcome.status === 'rejected' ? outcome.reason : { code: 'CONFLICT' }).toMatchObject({ code: 'CONFLICT' });
      }
      const open = await items.findOpenOfSubject(platformScope('test'), subjectId);
      // Repeated: the same item, not a second one.
      expect(await create(open!.subject.submissionId, open!.subjectSequence)).toMatchObject({ id: open!.id, version: 1 });
    } finally {
      await mongo.close();
    }
  });
});
