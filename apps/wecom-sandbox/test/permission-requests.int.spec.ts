import {
  APP_FIELDS,
  appToken,
  arrived,
  authorize,
  makeScene,
  startHarness,
  type Authorized,
  type Harness,
  type Scene,
} from './harness';

const NAME = 'contact:sensitive:user_name';
const CALENDAR = 'calendar:base:base';
const LINK = 'externalcontact:customer_acquisition:link';
const CONVERSION = 'externalcontact:customer_acquisition:conversion_data';

describe('custom permissions', () => {
  let harness: Harness;
  let scene: Scene;
  let app: Authorized;
  let base: string;

  beforeEach(async () => {
    harness = await startHarness();
    scene = await makeScene(harness);
    app = await authorize(harness, scene);
    base = `/installations/${app.installationId}`;
    await harness.control('POST', `${base}/app`, APP_FIELDS);
  });
  afterEach(() => harness.stop());

  const ask = async (...permissions: string[]): Promise<string> =>
    (await harness.control('POST', `${base}/permission-requests`, { permissions }))['id']!;
  const decide = (id: string, what: string, body: object = {}) =>
    harness.rawControl('POST', `/permission-requests/${id}/${what}`, body);
  const stateOf = async (id: string): Promise<string> =>
    (await harness.control('GET', `/permission-requests/${id}`))['state']!;
  const effective = async (): Promise<unknown> =>
    (await harness.api(`agent/get_permissions?access_token=${await appToken(harness, app)}`, {}))['app_permissions'];

  it('take effect at once when the corp confirms, launched or not, and are announced by change_auth', async () => {
    const id = await ask(NAME, CALENDAR);
    expect(await effective()).toEqual([]);
    expect(await harness.control('GET', `/corps/${scene.corp.corpId}/messages`)).toMatchObject([
      { kind: 'PERMISSION_REQUEST', requestId: id, requestState: 'PENDING' },
    ]);
    expect(await harness.control('GET', base)).toMatchObject({ openRequestId: id, publishStatus: 1 });

    const { json } = await decide(id, 'confirm', { adminUserId: 'admin' });

    expect(json).toMatchObject({ state: 'GRANTED', added: [NAME, CALENDAR], removed: [], decidedBy: 'admin' });
    expect((await arrived(harness, 'change_auth')).value('AuthCorpId')).toBe(app.corpId);
    expect(await effective()).toEqual([NAME, CALENDAR]);
    expect(await harness.control('GET', base)).toMatchObject({ openRequestId: null });
  });

  it('become exactly the set that was asked for', async () => {
    await decide(await ask(NAME, CALENDAR), 'confirm');
    const { json } = await decide(await ask(CALENDAR), 'confirm');
    expect(json).toMatchObject({ added: [], removed: [NAME] });
    expect(await effective()).toEqual([CALENDAR]);
  });

  it('stay as they were when the corp declines, and nothing is pushed', async () => {
    await decide(await ask(NAME), 'confirm');
    await arrived(harness, 'change_auth');
    const id = await ask(NAME, CALENDAR);

    expect((await decide(id, 'decline')).json).toMatchObject({ state: 'DECLINED', stateText: '暂不授权' });

    expect(await effective()).toEqual([NAME]);
    expect(await harness.control('GET', '/pushes?infoType=change_auth')).toHaveLength(1);
    expect((await decide(id, 'confirm')).status).toBe(409);
  });

  it('are asked for again and again: each save writes to the admins, a newer one supersedes', async () => {
    const first = await ask(NAME);
    const second = await ask(NAME);
    expect([await stateOf(first), await stateOf(second)]).toEqual(['SUPERSEDED', 'PENDING']);
    expect(await harness.control<unknown[]>('GET', `/corps/${scene.corp.corpId}/messages`)).toHaveLength(2);
    expect((await decide(first, 'confirm')).status).toBe(409);
  });

  it('can be withdrawn while the corp has not decided', async () => {
    const id = await ask(NAME);
    expect((await decide(id, 'withdraw')).json).toMatchObject({ state: 'WITHDRAWN' });
    expect((await decide(id, 'confirm')).json).toMatchObject({
      code: 'INVALID_STATE',
      details: { state: 'WITHDRAWN' },
    });
    expect(await effective()).toEqual([]);
  });

  it('are void when the corp cancels', async () => {
    const id = await ask(NAME);
    await harness.control('POST', `${base}/cancel`);
    expect(await stateOf(id)).toBe('VOID');
    expect((await harness.rawControl('POST', `${base}/permission-requests`, { permissions: [] })).status).toBe(409);
  });

  it('leave a request open when the admin edits them directly meanwhile', async () => {
    const id = await ask(NAME, CALENDAR);
    await harness.control('PUT', `${base}/permissions`, { permissions: [CALENDAR] });
    expect([await stateOf(id), await effective()]).toEqual(['PENDING', [CALENDAR]]);
    await decide(id, 'confirm');
    expect(await effective()).toEqual([NAME, CALENDAR]);
  });

  it('of 获客助手 wait for a second confirmation, the others do not', async () => {
    const id = await ask(NAME, LINK, CONVERSION);

    expect((await decide(id, 'confirm-second')).status).toBe(409);
    expect((await decide(id, 'confirm')).json).toMatchObject({ state: 'PENDING_SECOND' });
    await arrived(harness, 'change_auth');
    expect(await effective()).toEqual([NAME]);
    expect(await harness.control('GET', '/pushes?infoType=approve_special_auth')).toEqual([]);

    const until = Math.floor(Date.now() / 1000) + 3600;
    expect((await decide(id, 'confirm-second', { expireTime: until })).json).toMatchObject({ state: 'GRANTED' });
    const approved = await arrived(harness, 'approve_special_auth');
    expect([approved.value('AuthCorpId'), approved.value('AuthType')]).toEqual([app.corpId, 'customer_acquisition']);
    await arrived(harness, 'change_auth', 2);
    expect(
      await harness.api(`agent/get_permissions?access_token=${await appToken(harness, app)}`, {}),
    ).toMatchObject({
      app_permissions: [NAME, LINK, CONVERSION, 'externalcontact:customer_acquisition:base'],
      app_permissions_ext: [
        { permission_name: LINK, expire_time: 0 },
        { permission_name: CONVERSION, expire_time: until },
      ],
    });

    await harness.control('PUT', '/clock', { advanceMs: 3_601_000 });
    expect(await effective()).not.toContain(CONVERSION);
  });

  it('keep the confirmed part when the second confirmation is declined', async () => {
    const id = await ask(NAME, 'datazone:data:chat');
    await decide(id, 'confirm');
    expect((await decide(id, 'decline')).json).toMatchObject({ state: 'DECLINED' });
    expect(await effective()).toEqual([NAME]);
  });

  it('end with cancel_special_auth when the admin takes 获客助手 away', async () => {
    const id = await ask(NAME, LINK);
    await decide(id, 'confirm');
    await decide(id, 'confirm-second');
    await harness.control('PUT', `${base}/permissions`, { permissions: [NAME] });
    await arrived(harness, 'cancel_special_auth');
    expect(await effective()).toEqual([NAME]);
  });

  it('are decided by admins of the corp only', async () => {
    const id = await ask(NAME);
    for (const what of ['confirm', 'decline']) {
      expect((await decide(id, what, { adminUserId: 'member-a' })).status).toBe(403);
    }
    expect(await stateOf(id)).toBe('PENDING');
  });

  it('must be known, and the app started', async () => {
    expect(
      (await harness.rawControl('POST', `${base}/permission-requests`, { permissions: [NAME, 'a:b:c', 'x'] })).json,
    ).toMatchObject({ violations: [{ code: 'UNKNOWN_PERMISSION', errcode: 85012, given: 'a:b:c, x' }] });
    const fresh = await authorize(harness, await makeScene(harness));
    const path = `/installations/${fresh.installationId}/permission-requests`;
    expect((await harness.rawControl('POST', path, { permissions: [NAME] })).status).toBe(409);
  });

  it('are listed', async () => {
    const first = await ask(NAME);
    const second = await ask(CALENDAR);
    const list = (query: string) => harness.control<{ id: string }[]>('GET', `/permission-requests?${query}`);
    expect((await list(`installationId=${app.installationId}`)).map(({ id }) => id)).toEqual([first, second]);
    expect((await list('state=PENDING')).map(({ id }) => id)).toEqual([second]);
  });
});
