import { AppError, newId, text } from '@daikaifa/kernel';
import { eventually, uniqueName } from '@daikaifa/testing';
import { corpAppsIn, nameApp, type CorpApps } from './corp-apps';
import { CALLBACK_URL, createWorld, DEVELOPER, must, startApp, type Tenant, type World } from './harness';

let world: World;
let tenant: Tenant;
let apps: CorpApps;

beforeAll(async () => {
  world = await createWorld();
  tenant = await world.addTenant();
  apps = await corpAppsIn(world);
});
afterAll(() => world.stop());

describe('a corp app that is submitted', () => {
  it('gets an item with a frozen snapshot, announced with where the app lives', async () => {
    const menu = [
      { name: '帮助', entry: { kind: 'URL' as const, target: 'https://crm.example.com/help' }, children: [] },
      { name: '更多', entry: null, children: [{ name: '联系我们', kind: 'CLICK' as const, target: 'CONTACT' }] },
    ];
    const { app, templateId, batchId, item } = await apps.pending(tenant, { content: { menu } });
    expect(item).toMatchObject({
      state: 'PENDING',
      kind: 'CORP_APP',
      batchId,
      submittedBy: DEVELOPER,
      template: { id: templateId },
      corpApp: { id: app.id },
      ticket: { state: 'OPEN', items: [{ id: item.id }] },
      snapshot: {
        name: '云帆客户',
        category: null,
        targetIndustry: null,
        logoSha256: apps.logoSha256,
        callbackUrl: CALLBACK_URL,
        callback: 'TEMPLATE',
        homePageUrl: 'https://crm.example.com/home',
        miniProgram: null,
        trustedDomain: 'crm.example.com',
        trustedDomainProof: 'PROVED',
        ipWhitelist: ['10.0.0.1'],
        selfTested: true,
        menu: [
          { name: '帮助', kind: 'URL', target: 'https://crm.example.com/help', children: [] },
          { name: '更多', kind: null, target: null, children: [{ name: '联系我们', kind: 'CLICK', target: 'CONTACT' }] },
        ],
      },
    });
    await world.untilTypes(item.id, ['opened', 'prechecked']);
    expect(world.topic.of(item.id).at(-1)?.state).toMatchObject({
      subject: { kind: 'CORP_APP', id: app.id },
      corpApp: { templateId, authorizationId: app.authorizationId, epoch: 1, batchId },
    });
  });

  it('waits for the settings of its publisher, whichever event comes first', async () => {
    const id = uniqueName('publisher');
    const late = { ...tenant, id, admin: { ...tenant.admin, publisherIds: [id] } };
    const { apps: [app] } = await apps.submitBatch(late, 1);
    await world.publishPublisher(id, { dueHours: 5 });
    const item = await apps.itemWhen(late.admin, app!, 'PENDING');
    expect(item.dueAt).toBe(new Date(world.clock.now().getTime() + 5 * 3_600_000).toISOString());
  });

  it('and withdrawn or edited withdraws its item', async () => {
    const { app, workingRevision, item } = await apps.pending(tenant);
    await apps.publishApp(app, { workingRevision: { ...workingRevision, status: 'DRAFT', submission: null } });
    await apps.itemWhen(tenant.admin, app, 'WITHDRAWN');
    await world.untilTypes(item.id, ['opened', 'prechecked', 'withdrawn']);
  });

  it('and rejected, when it is mended, gets a new item linked to the last one', async () => {
    const { app, item } = await apps.pending(tenant);
    const reasons = [{ field: 'homePageUrl', message: '主页无法打开' }];
    await world.change(tenant.reviewer, 'decideReviewItem', item, { decision: 'REJECTED', reasons });
    world.clock.advance(60_000);
    await world.publishEndpoint(app.templateId, tenant.id);
    await apps.publishApp(app, { status: 'IN_REVIEW', workingRevision: apps.revision(newId()) });
    const second = await apps.itemWhen(tenant.admin, app, 'PENDING');
    expect(second.previousItem).toEqual({ id: item.id, state: 'REJECTED' });
    expect(second.ticket.id).not.toBe(item.ticket.id);
  });

  it('and cancelled by its own word voids the item', async () => {
    const { app, item } = await apps.pending(tenant);
    await apps.publishApp(app, { status: 'CANCELLED' });
    await apps.itemWhen(tenant.admin, app, 'VOID');
    await world.untilTypes(item.id, ['opened', 'prechecked', 'void']);
  });
});

const BATCH = `query ($batchId: ID!) {
  reviewItems(filter: { batchId: $batchId, kind: CORP_APP }, first: 100) { nodes { ticket { id } corpApp { id } } }
}`;
interface BatchView {
  readonly reviewItems: { readonly nodes: readonly { readonly ticket: { readonly id: string }; readonly corpApp: { readonly id: string } }[] };
}

describe('a batch', () => {
  it('is one ticket with one item per app, decided and launched one by one', async () => {
    const batch = await apps.submitBatch(tenant, 3);
    const items = await Promise.all(batch.apps.map((app) => apps.itemWhen(tenant.admin, app, 'PENDING')));
    const ticketId = items[0]!.ticket.id;
    expect(items.map(({ ticket }) => ticket.id)).toEqual([ticketId, ticketId, ticketId]);
    const ofBatch = await world.itemsWhere(tenant.admin, { batchId: batch.batchId });
    expect(ofBatch.map(({ id }) => id).sort()).toEqual(items.map(({ id }) => id).sort());

    const first = await world.change(tenant.reviewer, 'decideReviewItem', items[0]!, { decision: 'APPROVED' });
    expect(first.ticket.state).toBe('PARTLY_APPROVED');
    const reasons = [{ field: 'name', message: '名称缺少品牌' }];
    await world.change(tenant.reviewer, 'decideReviewItem', items[1]!, { decision: 'REJECTED', reasons });
    const launched = await world.change(tenant.admin, 'launchReviewItem', first);
    expect(launched).toMatchObject({ state: 'LAUNCHING', ticket: { state: 'PARTLY_APPROVED' } });
    expect((await apps.itemWhen(tenant.admin, batch.apps[2]!, 'PENDING')).ticket.state).toBe('PARTLY_APPROVED');
    const third = await world.change(tenant.reviewer, 'decideReviewItem', items[2]!, { decision: 'APPROVED' });
    expect(third).toMatchObject({ state: 'APPROVED', ticket: { state: 'PARTLY_APPROVED' } });
    world.clock.advance(1_000);
    await apps.publishAuthorization(batch.apps[0]!, { publishStatus: 2 });
    await apps.itemWhen(tenant.admin, batch.apps[0]!, 'LAUNCHED');
    expect((await apps.itemWhen(tenant.admin, batch.apps[2]!, 'APPROVED')).ticket.state).toBe('PARTLY_APPROVED');
  });

  it('of thirty, read by two processes at once, is one ticket with thirty items', async () => {
    const second = await startApp(world.config, { clock: world.clock });
    try {
      const batch = await apps.submitBatch(tenant, 30);
      const items = await eventually(async () => {
        const found = await must(world.graphql<BatchView>(tenant.admin, BATCH, { batchId: batch.batchId }));
        return found.reviewItems.nodes.length === 30 ? found.reviewItems.nodes : null;
      }, { timeoutMs: 30_000 });
      expect(new Set(items.map(({ ticket }) => ticket.id)).size).toBe(1);
      expect(new Set(items.map(({ corpApp }) => corpApp.id))).toEqual(new Set(batch.apps.map(({ id }) => id)));
    } finally {
      await second.stop();
    }
  });

  it('in which an app leaves goes on with the others', async () => {
    const batch = await apps.submitBatch(tenant, 2);
    const [leaving, staying] = batch.apps as [(typeof batch.apps)[0], (typeof batch.apps)[0]];
    await apps.itemWhen(tenant.admin, leaving, 'PENDING');
    const item = await apps.itemWhen(tenant.admin, staying, 'PENDING');
    await apps.publishApp(leaving, { workingRevision: null });
    await apps.itemWhen(tenant.admin, leaving, 'WITHDRAWN');
    const approved = await world.change(tenant.reviewer, 'decideReviewItem', item, { decision: 'APPROVED' });
    expect(approved.ticket.state).toBe('APPROVED');
  });
});

describe('the consumer of corp apps', () => {
  it('takes a duplicate once and drops an older state', async () => {
    const app = nameApp(tenant.id);
    await world.publishEndpoint(app.templateId, tenant.id);
    const workingRevision = apps.revision(newId());
    await apps.publishApp(app, { status: 'IN_REVIEW', workingRevision }, 5);
    const item = await apps.itemWhen(tenant.admin, app, 'PENDING');
    await apps.publishApp(app, { status: 'IN_REVIEW', workingRevision }, 5);
    await apps.publishApp(app, { workingRevision: null }, 4);
    await apps.publishApp(app, { status: 'IN_REVIEW', workingRevision: apps.revision(newId()) }, 3);
    await apps.publishApp(app, { status: 'CANCELLED' }, 6);
    await apps.itemWhen(tenant.admin, app, 'VOID');
    await world.untilTypes(item.id, ['opened', 'prechecked', 'void']);
    expect(await apps.itemsOf(tenant.admin, app)).toHaveLength(1);
  });

  it('after a crash between effect and projection repeats the effect and changes nothing twice', async () => {
    let faults = 0;
    await world.restart({
      projections: (real) => ({
        ...real,
        save: async (name, projection) => {
          if (name === 'corp-app' && faults < 2) {
            faults += 1;
            throw new AppError('UNAVAILABLE', text('断', 'gone'));
          }
          return real.save(name, projection);
        },
      }),
    });
    const { app, item } = await apps.pending(tenant);
    await eventually(() => faults === 2);
    expect(await apps.itemsOf(tenant.admin, app)).toHaveLength(1);
    await world.untilTypes(item.id, ['opened', 'prechecked']);
  });
});
