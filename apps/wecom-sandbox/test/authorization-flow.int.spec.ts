import {
  arrived,
  appToken,
  authorize,
  bringOnline,
  confirm,
  makeScene,
  providerToken,
  startHarness,
  suiteToken,
  type Harness,
} from './harness';

describe('a corp authorizes a template', () => {
  let harness: Harness;

  beforeEach(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.stop());

  it('goes from the QR to everything an app can read', async () => {
    const scene = await makeScene(harness);
    const provider = await providerToken(harness, scene);
    const link = await harness.api(`service/get_customized_auth_url?provider_access_token=${provider}`, {
      state: 'Order42',
      templateid_list: [scene.template.suiteId],
    });
    expect(link).toMatchObject({ errcode: 0, expires_in: 864_000 });

    await confirm(harness, scene, link['qrcode_url'] as string);
    const created = await arrived(harness, 'create_auth');
    expect(created.receiveId).toBe(scene.template.suiteId);
    expect(created.value('State')).toBe('Order42');
    expect(created.value('AuthCorpId')).toBeUndefined();

    const suite = await suiteToken(harness, scene);
    const granted = await harness.api(`service/v2/get_permanent_code?suite_access_token=${suite}`, {
      auth_code: created.value('AuthCode'),
    });
    expect(granted).toMatchObject({ errcode: 0, state: 'Order42', auth_corp_info: { corp_name: '晨星贸易' } });
    expect(granted).not.toHaveProperty('agentid');
    const { corpid } = granted['auth_corp_info'] as { corpid: string };
    expect(corpid).toMatch(/^wp/);
    expect(corpid).not.toBe(scene.corp.corpId);

    const info = await harness.api(`service/v2/get_auth_info?suite_access_token=${suite}`, {
      auth_corpid: corpid,
      permanent_code: granted['permanent_code'],
    });
    expect(info).toMatchObject({
      errcode: 0,
      auth_corp_info: { corpid, corp_type: 'verified' },
      auth_info: { agent: [{ agentid: 1_000_002, is_customized_app: true, auth_mode: 0, privilege: { level: 0 } }] },
    });

    const token = (await harness.api(`gettoken?corpid=${corpid}&corpsecret=${granted['permanent_code'] as string}`))[
      'access_token'
    ] as string;
    expect(await harness.api(`agent/get?access_token=${token}&agentid=1000002`)).toMatchObject({
      errcode: 0,
      close: 0,
      customized_publish_status: 0,
      allow_userinfos: { user: [{ userid: expect.stringMatching(/^wo/) }] },
    });
    expect(await harness.api(`agent/get_permissions?access_token=${token}`, {})).toMatchObject({ app_permissions: [] });
    expect(await harness.api(`getcallbackip?access_token=${token}`)).toMatchObject({ ip_list: ['127.0.0.1'] });
    expect(
      await harness.api(`service/corpid_to_opencorpid?provider_access_token=${provider}`, {
        corpid: scene.corp.corpId,
      }),
    ).toMatchObject({ open_corpid: corpid });
  });

  it('installs every template of a batch link with the same state and one create_auth each', async () => {
    const scene = await makeScene(harness);
    const second = await makeScene({
      ...harness,
      url: harness.url,
      control: secondTemplateOf(harness, scene.provider),
    });
    const provider = await providerToken(harness, scene);
    const suiteIds = [scene.template.suiteId, second.template.suiteId];
    const link = await harness.api(`service/get_customized_auth_url?provider_access_token=${provider}`, {
      state: 'batch1',
      templateid_list: suiteIds,
    });
    await confirm(harness, scene, link['qrcode_url'] as string);
    await arrived(harness, 'create_auth', 2);

    const events = harness.provider.of('create_auth');
    expect(events.map((event) => event.value('SuiteId')).sort()).toEqual([...suiteIds].sort());
    expect(events.map((event) => event.value('State'))).toEqual(['batch1', 'batch1']);
  });

  it('announces every change to the template callback and shows it to the API', async () => {
    const scene = await makeScene(harness);
    const app = await authorize(harness, scene);
    const token = await appToken(harness, app);
    const base = `/installations/${app.installationId}`;

    await harness.control('PUT', `${base}/visible-range`, { users: ['member-a'], parties: [2] });
    const changed = await arrived(harness, 'change_auth');
    expect(changed.value('AuthCorpId')).toBe(app.corpId);
    await harness.control('PUT', `${base}/permissions`, { permissions: ['contact:sensitive:user_name'] });
    await arrived(harness, 'change_auth', 2);
    await bringOnline(harness, scene, app.installationId);

    expect(await harness.api(`agent/get?access_token=${token}&agentid=${app.agentId}`)).toMatchObject({
      allow_partys: { partyid: [2] },
      customized_publish_status: 2,
    });
    expect(await harness.api(`agent/get_permissions?access_token=${token}`, {})).toMatchObject({
      app_permissions: ['contact:sensitive:user_name'],
    });

    await harness.control('POST', `${base}/disable`);
    await arrived(harness, 'change_auth', 3);
    expect(await harness.api(`agent/get?access_token=${token}&agentid=${app.agentId}`)).toMatchObject({
      errcode: 50003,
    });
    expect(await harness.api(`gettoken?corpid=${app.corpId}&corpsecret=${app.permanentCode}`)).toMatchObject({
      errcode: 40001,
    });
    await harness.control('POST', `${base}/enable`);
    await arrived(harness, 'change_auth', 4);
    expect(await harness.api(`agent/get?access_token=${token}&agentid=${app.agentId}`)).toMatchObject({ close: 0 });
  });

  it('replaces the secret by a reset, and the old one is worth nothing', async () => {
    const scene = await makeScene(harness);
    const app = await authorize(harness, scene);
    const oldToken = await appToken(harness, app);
    await harness.control('POST', `/installations/${app.installationId}/reset-secret`);
    const reset = await arrived(harness, 'reset_permanent_code');
    expect(reset.value('AuthCorpId')).toBeUndefined();

    const granted = await harness.api(`service/v2/get_permanent_code?suite_access_token=${app.suiteToken}`, {
      auth_code: reset.value('AuthCode'),
    });
    expect(granted['permanent_code']).not.toBe(app.permanentCode);
    expect((granted['auth_corp_info'] as { corpid: string }).corpid).toBe(app.corpId);
    expect(await harness.api(`gettoken?corpid=${app.corpId}&corpsecret=${app.permanentCode}`)).toMatchObject({
      errcode: 40001,
    });
    expect(await harness.api(`agent/get?access_token=${oldToken}&agentid=${app.agentId}`)).toMatchObject({
      errcode: 40014,
    });
  });

  it('ends with cancel_auth; authorizing again makes another app', async () => {
    const scene = await makeScene(harness);
    const app = await authorize(harness, scene);
    const token = await appToken(harness, app);
    await harness.control('POST', `/installations/${app.installationId}/cancel`);
    const cancelled = await arrived(harness, 'cancel_auth');
    expect(cancelled.value('AuthCorpId')).toBe(app.corpId);
    expect(await harness.api(`agent/get?access_token=${token}&agentid=${app.agentId}`)).toMatchObject({
      errcode: 48004,
    });
    const asked = { auth_corpid: app.corpId, permanent_code: app.permanentCode };
    expect(await harness.api(`service/v2/get_auth_info?suite_access_token=${app.suiteToken}`, asked)).toMatchObject({
      errcode: 40084,
    });

    const again = await authorize(harness, scene);
    expect(again.corpId).toBe(app.corpId);
    expect(again.agentId).not.toBe(app.agentId);
    expect(again.permanentCode).not.toBe(app.permanentCode);
  });

  it('installs a template once per corp', async () => {
    const scene = await makeScene(harness);
    await confirm(harness, scene);
    const answer = await harness.control<{ installed: unknown[]; alreadyInstalled: string[] }>(
      'POST',
      `/links/${scene.template.qrcodeUrl.split('/').at(-1)}/confirm`,
      { corpId: scene.corp.corpId, adminUserId: 'admin' },
    );
    expect(answer).toEqual({ installed: [], alreadyInstalled: [scene.template.suiteId] });
  });

  it('lets only an admin of the corp confirm', async () => {
    const scene = await makeScene(harness);
    const path = `/links/${scene.template.qrcodeUrl.split('/').at(-1)}/confirm`;
    const { status } = await harness.rawControl('POST', path, { corpId: scene.corp.corpId, adminUserId: 'member-a' });
    expect(status).toBe(403);
  });
});

/** The same calls, but for a template of a provider that exists already. */
const secondTemplateOf =
  (harness: Harness, provider: { corpId: string; providerSecret: string }): Harness['control'] =>
  async <T>(method: string, path: string, body?: unknown) =>
    path === '/providers' ? (provider as T) : harness.control<T>(method, path, body);
