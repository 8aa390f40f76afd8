import { eventually } from '@daikaifa/testing';
import { createWorld, HOUR_MS, type Tenant, type World } from './harness';

const TAG = 'externalcontact:contact:tag';

let world: World;
let tenant: Tenant;

beforeAll(async () => {
  world = await createWorld({ PERMISSION_STALE_AFTER_HOURS: '48' });
  await world.start();
  tenant = world.newTenant();
});
afterAll(() => world.stop());

const remindersOf = (id: string): number => world.typesOf(id).filter((type) => type === 'stale').length;

describe('a request that nobody answers', () => {
  it('is marked and reminded of once, also over a restart; an answered one never', async () => {
    const { set } = await world.authorized(tenant, []);
    const answered = await world.authorized(tenant, []);
    const waiting = (await world.request(tenant.developer, set, [TAG])).permissionSet;
    const ended = (await world.request(tenant.developer, answered.set, [TAG])).permissionSet;
    await world.change(tenant.developer, 'recordPermissionDecline', ended);
    expect(waiting.requests.nodes[0]?.stale).toBe(false);
    world.clock.advance(48 * HOUR_MS);
    const stale = await world.setWhen(tenant.viewer, set.id, ({ requests }) => requests.nodes[0]?.stale === true);
    expect(stale.requests.nodes[0]?.state).toBe('PENDING');
    await eventually(() => remindersOf(set.id) === 1);
    await world.restart();
    world.clock.advance(48 * HOUR_MS);
    // A newer one that becomes due is announced after whatever else was due.
    const later = await world.authorized(tenant, []);
    await world.request(tenant.developer, later.set, [TAG]);
    world.clock.advance(48 * HOUR_MS);
    await eventually(() => remindersOf(later.set.id) === 1);
    await world.untilTypes(set.id, ['set-made', 'effective-changed', 'requested', 'stale']);
    await world.untilTypes(answered.set.id, ['set-made', 'effective-changed', 'requested', 'declined']);
  });

  it('can still be granted, and a new request starts its own time', async () => {
    const { corp, set } = await world.authorized(tenant, []);
    await world.request(tenant.developer, set, [TAG]);
    world.clock.advance(48 * HOUR_MS);
    const stale = await world.setWhen(tenant.viewer, set.id, ({ requests }) => requests.nodes[0]?.stale === true);
    const { permissionSet } = await world.request(tenant.developer, stale, [TAG]);
    expect(permissionSet.requests.nodes.map((request) => request.stale)).toEqual([false, true]);
    expect((await world.observed(tenant.viewer, corp, [TAG])).requests.nodes[0]?.state).toBe('GRANTED');
  });
});
