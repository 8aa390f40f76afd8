import { systemClock } from '@daikaifa/kernel';
import { eventually } from '@daikaifa/testing';
import { corpAppsIn, type CorpApps } from './corp-apps';
import { createWorld, type ItemView, type Tenant, type World } from './harness';

const MINUTE_MS = 60_000;

let world: World;
let tenant: Tenant;
let apps: CorpApps;

beforeAll(async () => {
  world = await createWorld({ REVIEW_LAUNCH_TIMEOUT_MS: String(30 * MINUTE_MS) });
  tenant = await world.addTenant();
  apps = await corpAppsIn(world);
});
afterAll(() => world.stop());

const inputOf = (item: ItemView, more: object = {}) => ({ itemId: item.id, expectedVersion: item.version, ...more });

describe('the launch of a corp app', () => {
  it('is confirmed by the publish status that was read after it was asked for', async () => {
    const { app, item } = await apps.launching(tenant);
    expect(item).toMatchObject({
      state: 'LAUNCHING',
      launch: {
        requestedBy: 'admin-1',
        signalDueAt: new Date(world.clock.now().getTime() + 30 * MINUTE_MS).toISOString(),
        waitsForPersonSince: null,
        confirmedBy: null,
      },
    });
    const before = new Date(world.clock.now().getTime() - 1_000);
    await apps.publishAuthorization(app, { publishStatus: 2, readAt: before });
    world.clock.advance(MINUTE_MS);
    await apps.publishAuthorization(app, { publishStatus: 3 });
    // Both were dealt with before this one, which is of the same authorization: neither has confirmed it.
    const readAt = world.clock.now();
    await apps.publishAuthorization(app, { publishStatus: 2, readAt });
    const launched = await apps.itemWhen(tenant.admin, app, 'LAUNCHED');
    expect(launched).toMatchObject({
      ticket: { state: 'LAUNCHED' },
      launch: { confirmedBy: 'SIGNAL', confirmer: null, confirmedAt: readAt.toISOString() },
    });
    await world.untilTypes(item.id, ['opened', 'prechecked', 'decided', 'launching', 'launched']);
    expect(world.topic.of(item.id).at(-1)?.state).toMatchObject({ state: 'LAUNCHED', launch: { confirmedBy: 'SIGNAL' } });
  });

  it('is not confirmed by a person while the signal may still come', async () => {
    const { item } = await apps.launching(tenant);
    const { fault } = await world.mutate(tenant.admin, 'confirmLaunch', inputOf(item));
    expect(fault).toMatchObject({ code: 'INVALID_STATE', details: { reason: 'WAITS_FOR_SIGNAL' } });
    const returned = await world.change(tenant.admin, 'returnLaunch', item, { note: '控制台提交失败' });
    expect(returned).toMatchObject({ state: 'APPROVED', launch: null });
  });

  it('without a signal in time waits for a person, who confirms it', async () => {
    const { app, item } = await apps.launching(tenant);
    world.clock.advance(30 * MINUTE_MS);
    const waiting = await apps.itemWhen(tenant.admin, app, ({ launch }) => launch?.['waitsForPersonSince'] !== null);
    expect(waiting.state).toBe('LAUNCHING');
    await world.untilTypes(item.id, ['opened', 'prechecked', 'decided', 'launching', 'launch-timed-out']);
    expect(world.topic.of(item.id).at(-1)?.state.launch).toMatchObject({ waitsForPersonSince: world.clock.now().toISOString() });
    const confirmed = await world.change(tenant.admin, 'confirmLaunch', waiting);
    expect(confirmed).toMatchObject({ state: 'LAUNCHED', launch: { confirmedBy: 'PERSON', confirmer: 'admin-1' } });
  });

  it('without a signal in time waits for a person, who returns it and may ask again', async () => {
    const { app } = await apps.launching(tenant);
    world.clock.advance(30 * MINUTE_MS);
    const waiting = await apps.itemWhen(tenant.admin, app, ({ launch }) => launch?.['waitsForPersonSince'] !== null);
    const returned = await world.change(tenant.admin, 'returnLaunch', waiting, { note: '企业微信未上线' });
    const again = await world.change(tenant.admin, 'launchReviewItem', returned);
    expect(again.launch).toMatchObject({ waitsForPersonSince: null });
    world.clock.advance(1_000);
    await apps.publishAuthorization(app, { publishStatus: 2 });
    expect(await apps.itemWhen(tenant.admin, app, 'LAUNCHED')).toMatchObject({ launch: { confirmedBy: 'SIGNAL' } });
  });

  it('is confirmed by a late signal, while a person is waited for', async () => {
    const { app } = await apps.launching(tenant);
    world.clock.advance(30 * MINUTE_MS);
    await apps.itemWhen(tenant.admin, app, ({ launch }) => launch?.['waitsForPersonSince'] !== null);
    await apps.publishAuthorization(app, { publishStatus: 2 });
    expect(await apps.itemWhen(tenant.admin, app, 'LAUNCHED')).toMatchObject({ launch: { confirmedBy: 'SIGNAL' } });
  });

  it('is handed to a person by its own wake-up too, long before the sweep', async () => {
    // The sweep of this deployment comes once at the start, and then in an hour. The wake-up comes by the real time, once:
    // by any other clock it may find that nothing is due.
    const settings = { REVIEW_LAUNCH_TIMEOUT_MS: '300', REVIEW_SWEEP_EVERY_MS: String(60 * MINUTE_MS) };
    const alone = await createWorld(settings, { clock: systemClock });
    try {
      alone.clock.set(systemClock.now());
      const owner = await alone.addTenant();
      const own = await corpAppsIn(alone);
      const { app, item } = await own.launching(owner);
      await own.itemWhen(owner.admin, app, ({ launch }) => launch?.['waitsForPersonSince'] !== null);
      await eventually(() => alone.typesOf(item.id).at(-1) === 'review.item.launch-timed-out');
    } finally {
      await alone.stop();
    }
  });
});
