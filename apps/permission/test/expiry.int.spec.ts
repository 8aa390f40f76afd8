import { eventually } from '@daikaifa/testing';
import { bearerOf, createWorld, HOUR_MS, type Corp, type Tenant, type World } from './harness';

const BASE = 'externalcontact:base:base';
const CONVERSION = 'externalcontact:customer_acquisition:conversion_data';

let world: World;
let tenant: Tenant;
let backend: string;

beforeAll(async () => {
  world = await createWorld();
  await world.start();
  tenant = world.newTenant();
  backend = await bearerOf(['BACKEND'], [tenant.id], 100_000_000);
});
afterAll(() => world.stop());

const inHours = (hours: number): Date => new Date(world.clock.now().getTime() + hours * HOUR_MS);
/** An app that has both permissions, one of them until then. */
const endingAt = async (end: Date): Promise<Corp> => {
  const { corp } = await world.authorized(tenant, [BASE]);
  await world.seen(tenant.viewer, corp, await world.observe(corp, [BASE, CONVERSION], { ends: { [CONVERSION]: end } }));
  return corp;
};
const allowed = async ({ setId }: Corp, name: string): Promise<boolean> => {
  const url = `${world.app().url}/v1/corp-apps/${setId}/permissions/${name}`;
  const response = await fetch(url, { headers: { authorization: backend } });
  return ((await response.json()) as { readonly allowed: boolean }).allowed;
};
const expired = ({ setId }: Corp) =>
  world.setWhen(tenant.viewer, setId, ({ changes }) => changes.nodes[0]?.cause === 'EXPIRY');

describe('a permission with an end', () => {
  it('is shown with it, and is gone at that time without any event of WeCom', async () => {
    const end = inHours(24);
    const corp = await endingAt(end);
    const before = await world.setWhen(tenant.viewer, corp.setId);
    expect(before.confirmed?.expiring).toEqual([{ permission: { id: CONVERSION }, expiresAt: end.toISOString() }]);
    expect(before.settings.map(({ permission, expiresAt }) => [permission.id, expiresAt])).toEqual([
      [BASE, null],
      [CONVERSION, end.toISOString()],
    ]);
    expect(await allowed(corp, CONVERSION)).toBe(true);

    world.clock.advance(25 * HOUR_MS);
    expect(await allowed(corp, CONVERSION)).toBe(false);
    const after = await expired(corp);
    expect(after.confirmed?.permissions.map(({ id }) => id)).toEqual([BASE]);
    expect(after.changes.nodes[0]).toMatchObject({ removed: [{ id: CONVERSION }], readAt: end.toISOString() });
    await world.untilTypes(corp.setId, ['set-made', 'effective-changed', 'effective-changed', 'effective-changed']);
    expect(world.events.of(corp.setId).at(-1)?.state.effective).toEqual([BASE]);
    expect(await allowed(corp, BASE)).toBe(true);
  });

  it('that ended while no process ran is taken away by the next one', async () => {
    const corp = await endingAt(inHours(1));
    await world.app().stop();
    world.clock.advance(2 * HOUR_MS);
    await world.start();
    await expired(corp);
  });

  it('goes on when the corp has renewed it', async () => {
    const corp = await endingAt(inHours(1));
    const other = await endingAt(inHours(1));
    const readAt = await world.observe(corp, [BASE, CONVERSION], { ends: { [CONVERSION]: inHours(100) } });
    await world.seen(tenant.viewer, corp, readAt);
    world.clock.advance(2 * HOUR_MS);
    await expired(other);

    expect((await world.setWhen(tenant.viewer, corp.setId)).changes.nodes.map(({ cause }) => cause)).not.toContain('EXPIRY');
    expect(await allowed(corp, CONVERSION)).toBe(true);
    await eventually(async () => !(await allowed(other, CONVERSION)));
  });
});
