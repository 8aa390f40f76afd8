import { eventually } from '@daikaifa/testing';
import { chineseCalendar } from '../src/persistence/working-calendar';
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
    await world.untilTypes(item.id, ['opened', 'prechecked', 'due-soon', 'overdue']);
    await world.untilTypes(decidedInTime.item.id, ['opened', 'prechecked', 'due-soon', 'decided']);

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

  it('is so many Chinese working days after the submission when the publisher wants it so', async () => {
    const owner = await world.addTenant({ dueWorkingDays: 2 });
    const { item } = await world.pending(owner);
    // Submitted on the evening of Monday, 2 March 2026 in China.
    const day = new Date(world.clock.now().getTime() + 8 * HOUR_MS).toISOString().slice(0, 10);
    expect([day, item.dueAt]).toEqual(['2026-03-03', '2026-03-05T16:00:00.000Z']);
  });
});

describe('the Chinese working calendar', () => {
  it.each([
    ['a Monday', '2026-03-02', true],
    ['a Saturday', '2026-03-07', false],
    ['the first day of Spring Festival, a Tuesday', '2026-02-17', false],
    ['the Saturday that makes up for it', '2026-02-28', true],
    ['the National Day, a Thursday', '2026-10-01', false],
    ['the Saturday that makes up for it', '2026-10-10', true],
  ])('knows %s', (_title, day, isWorking) => {
    expect(chineseCalendar.isWorkingDay(day)).toBe(isWorking);
  });
});
