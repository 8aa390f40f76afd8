import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arrived, appToken, authorize, bringOnline, confirm, makeScene, startHarness, type Harness } from './harness';

describe('a restart', () => {
  let folder: string;
  let harness: Harness;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wecom-sandbox-'));
    harness = await startHarness({ SANDBOX_STORE_PATH: join(folder, 'store.sqlite') });
  });
  afterEach(async () => {
    await harness.stop();
    rmSync(folder, { recursive: true });
  });

  it('keeps everything: ids, secrets, tokens, counters, limits and the clock', async () => {
    const scene = await makeScene(harness);
    const app = await authorize(harness, scene);
    const token = await appToken(harness, app);
    await bringOnline(harness, scene, app.installationId);
    const { id } = await harness.control('POST', `/installations/${app.installationId}/permission-requests`, {
      permissions: ['calendar:base:base'],
    });
    await harness.control('PATCH', '/limits', { sendsPerPush: 2 });
    await harness.control('PUT', '/clock', { offsetMs: 60_000 });
    const state = await harness.control<Record<string, unknown>>('GET', '/state');
    const calls = await harness.control<{ total: number }>('GET', '/calls');
    const secrets = await harness.control('GET', '/secrets');

    await harness.restart();

    const { installations, providers, corps } = await harness.control<Record<string, unknown>>('GET', '/state');
    expect({ installations, providers, corps }).toEqual({
      installations: state['installations'],
      providers: state['providers'],
      corps: state['corps'],
    });
    expect((await harness.control<{ total: number }>('GET', '/calls')).total).toBe(calls.total);
    expect(await harness.control('GET', '/secrets')).toEqual(secrets);
    expect(await harness.control('GET', '/limits')).toMatchObject({ sendsPerPush: 2 });
    expect(await harness.control('GET', '/clock')).toMatchObject({ offsetMs: 60_000 });
    expect(await appToken(harness, app)).toBe(token);
    expect(await harness.control('POST', `/permission-requests/${id}/confirm`)).toMatchObject({ state: 'GRANTED' });
  });

  it('sends what was not yet sent', async () => {
    const scene = await makeScene(harness);
    await harness.control('POST', '/faults', { target: 'push', match: 'create_auth', kind: 'hold' });
    await confirm(harness, scene);
    expect(await harness.control('GET', '/pushes?infoType=create_auth')).toMatchObject([{ outcome: 'PENDING' }]);
    await harness.restart();
    await arrived(harness, 'create_auth');
  });

  it("sends a member's message that was not yet sent", async () => {
    const scene = await makeScene(harness);
    const app = await authorize(harness, scene);
    await bringOnline(harness, scene, app.installationId);
    await harness.control('POST', '/faults', { target: 'push', match: 'text', kind: 'hold' });
    await harness.control('POST', `/installations/${app.installationId}/messages`, { userId: 'admin', text: '你好' });
    await harness.restart();
    expect((await arrived(harness, 'text')).value('Content')).toBe('你好');
  });
});
