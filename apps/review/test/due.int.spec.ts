import { eventually } from '@daikaifa/testing';
import { createWorld, type Tenant, type World } from './harness';

const HOUR_MS = 3_600_000;

let world: World;
let tenant: Tenant;

beforeAll(async () => {
  world = await createWorld();
  tenant = await world.addTenant({ dueHours: 8 });
});
afterAll(() => world.stop());

const noticesOf = (itemId: string): readonly string[] =>
  world.typesOf(itemId).filter((type) => type.endsWith('due-soon') || type.endsWith('overdue'));
const queue = (overdue: boolean) =>
  world.graphql<{ reviewItems: { nodes: { id: string }[] } }>(
    tenant.reviewer,
    'query ($overdue: Boolean) { reviewItems(filter: { overdue: $overdue }) { nodes { id } } }',
    { overdue },
  );

describe('a verdict that is due', () => {
  it('is reminded of before, said to be overdue after, each once, also over a restart', async () => {
    const { templateId, item } = await world.pending(tenant);
    const decidedInTime = await world.pending(tenant);
    world.clock.advance(6 * HOUR_MS);
    await eventually(() => noticesOf(item.id).length === 1 && noticesOf(decidedInTime.item.id).length === 1);
    expect(noticesOf(item.id)).toEqual(['review.item.due-soon']);
    expect((await queue(true)).data.reviewItems.nodes).toEqual([]);

    const reminded = await world.itemWhen(tenant.reviewer, decidedInTime.templateId, 'PENDING');
    await world.change(tenant.reviewer, 'decideReviewItem', reminded, { decision: 'APPROVED' });
    world.clock.advance(2 * HOUR_MS);
    await world.restart();
    const overdue = await world.itemWhen(tenant.reviewer, templateId, (view) => view.overdue);
    expect(overdue.state).toBe('PENDING');
    expect((await queue(true)).data.reviewItems.nodes).toEqual([{ id: item.id }]);
    await eventually(() => world.typesOf(item.id).at(-1) === 'review.item.overdue');
    expect(world.topic.of(item.id).at(-1)?.state).toMatchObject({ state: 'PENDING', overdue: true });

    // A later item gets its reminder: by then the sweep has looked at this one again.
    const later = await world.pending(tenant);
    world.clock.advance(7 * HOUR_MS);
    await eventually(() => noticesOf(later.item.id).length === 1);
    expect(noticesOf(item.id)).toEqual(['review.item.due-soon', 'review.item.overdue']);
    expect(noticesOf(decidedInTime.item.id)).toEqual(['review.item.due-soon']);

    const late = await world.itemWhen(tenant.reviewer, templateId, 'PENDING');
    const decided = await world.change(tenant.reviewer, 'decideReviewItem', late, { decision: 'APPROVED' });
    expect(decided.overdue).toBe(false);
    expect((await queue(true)).data.reviewItems.nodes).toEqual([]);
  });

  it('is said to be overdue alone when nobody could be reminded in time', async () => {
    const { item } = await world.pending(tenant);
    world.clock.advance(9 * HOUR_MS);
    await eventually(() => noticesOf(item.id).length === 1);
    expect(noticesOf(item.id)).toEqual(['review.item.overdue']);
  });

  it('is so many hours after the submission as the publisher has set', async () => {
    const { item } = await world.pending(tenant);
    expect(item.dueAt).toBe(new Date(world.clock.now().getTime() + 8 * HOUR_MS).toISOString());
  });
});
