import { eventually } from '@daikaifa/testing';
import {
  appToken,
  authorize,
  makeScene,
  newAuthCode,
  providerToken,
  startHarness,
  suiteToken,
  ticketOf,
  type Authorized,
  type Harness,
  type Scene,
} from './harness';

const WRONG = 'x'.repeat(43);

describe('the error codes of the server API', () => {
  let harness: Harness;
  let scene: Scene;
  let app: Authorized;

  beforeAll(async () => {
    harness = await startHarness();
    scene = await makeScene(harness);
    app = await authorize(harness, scene);
  });
  afterAll(() => harness.stop());
  afterEach(async () => {
    await harness.control('DELETE', '/bans');
    await harness.control('PUT', '/clock', { offsetMs: 0 });
  });

  const codeOf = async (path: string, body?: unknown): Promise<unknown> => (await harness.api(path, body))['errcode'];

  it('leaves errcode away where WeCom does, and says how long a token still lives', async () => {
    const answer = await harness.api('service/get_provider_token', {
      corpid: scene.provider.corpId,
      provider_secret: scene.provider.providerSecret,
    });
    expect(answer).not.toHaveProperty('errcode');
    expect(answer['expires_in']).toBe(7200);
  });

  it.each<[number, string, () => unknown]>([
    [41002, 'corpid missing', () => ({ provider_secret: WRONG })],
    [41004, 'secret missing', () => ({ corpid: scene.provider.corpId })],
    [40013, 'unknown corpid', () => ({ corpid: 'wwunknown', provider_secret: WRONG })],
    [40001, 'wrong secret', () => ({ corpid: scene.provider.corpId, provider_secret: WRONG })],
    [40058, 'a body that is no JSON', () => 'corpid=1'],
    [40058, 'a secret that is no text', () => ({ corpid: scene.provider.corpId, provider_secret: 7 })],
  ])('get_provider_token answers %i for %s', async (errcode, _what, body) => {
    expect(await codeOf('service/get_provider_token', body())).toBe(errcode);
  });

  it.each<[number, string, Record<string, unknown>]>([
    [41021, 'suite_id missing', { suite_id: undefined }],
    [41024, 'suite_secret missing', { suite_secret: undefined }],
    [41023, 'suite_ticket missing', { suite_ticket: undefined }],
    [40083, 'unknown suite_id', { suite_id: 'dk0000000000000000' }],
    [40080, 'wrong suite_secret', { suite_secret: WRONG }],
    [40085, 'wrong suite_ticket', { suite_ticket: WRONG }],
  ])('get_suite_token answers %i for %s', async (errcode, _what, change) => {
    const ticket = await ticketOf(harness, scene);
    const right = { suite_id: scene.template.suiteId, suite_secret: scene.template.suiteSecret, suite_ticket: ticket };
    expect(await codeOf('service/get_suite_token', { ...right, ...change })).toBe(errcode);
  });

  it('answers 40085 for a ticket older than 30 minutes, and takes the next one', async () => {
    const old = await ticketOf(harness, scene);
    await harness.control('PUT', '/clock', { offsetMs: 1_800_000 });
    const body = { suite_id: scene.template.suiteId, suite_secret: scene.template.suiteSecret };
    expect(await codeOf('service/get_suite_token', { ...body, suite_ticket: old })).toBe(40085);
    const next = await eventually(async () => {
      const ticket = await ticketOf(harness, scene);
      return ticket === old ? null : ticket;
    });
    expect(await harness.api('service/get_suite_token', { ...body, suite_ticket: next })).toHaveProperty(
      'suite_access_token',
    );
  });

  it.each<[number, string, (suite: string) => [string, unknown]]>([
    [41022, 'the suite token missing', () => ['', { auth_code: WRONG }]],
    [40082, 'an unknown suite token', () => [WRONG, { auth_code: WRONG }]],
    [41008, 'the auth code missing', (suite) => [suite, {}]],
    [40078, 'an unknown auth code', (suite) => [suite, { auth_code: WRONG }]],
  ])('get_permanent_code answers %i for %s', async (errcode, _what, call) => {
    const [token, body] = call(app.suiteToken);
    expect(await codeOf(`service/v2/get_permanent_code?suite_access_token=${token}`, body)).toBe(errcode);
  });

  it('takes an auth code once, for ten minutes, and only for its own suite', async () => {
    const other = await makeScene(harness);
    const exchange = (token: string, code: string): Promise<unknown> =>
      codeOf(`service/v2/get_permanent_code?suite_access_token=${token}`, { auth_code: code });
    const otherToken = await suiteToken(harness, other);

    const { authCode: code } = await newAuthCode(harness, other);
    expect(await exchange(app.suiteToken, code)).toBe(40078);
    expect(await exchange(otherToken, code)).toBe(0);
    expect(await exchange(otherToken, code)).toBe(40078);

    const third = await makeScene(harness);
    const thirdToken = await suiteToken(harness, third);
    const { authCode: late } = await newAuthCode(harness, third);
    await harness.control('PUT', '/clock', { offsetMs: 600_000 });
    expect(await exchange(thirdToken, late)).toBe(40078);
  });

  it.each<[number, string, (right: { auth_corpid: string; permanent_code: string }) => unknown]>([
    [84054, 'auth_corpid missing', ({ permanent_code }) => ({ permanent_code })],
    [41025, 'permanent_code missing', ({ auth_corpid }) => ({ auth_corpid })],
    [40013, 'the plaintext corpid', ({ permanent_code }) => ({ auth_corpid: scene.corp.corpId, permanent_code })],
    [40013, 'a lower-cased corpid', (right) => ({ ...right, auth_corpid: right.auth_corpid.toLowerCase() })],
    [40084, 'a wrong permanent_code', ({ auth_corpid }) => ({ auth_corpid, permanent_code: WRONG })],
  ])('get_auth_info answers %i for %s', async (errcode, _what, change) => {
    const right = { auth_corpid: app.corpId, permanent_code: app.permanentCode };
    expect(await codeOf(`service/v2/get_auth_info?suite_access_token=${app.suiteToken}`, change(right))).toBe(errcode);
  });

  it('answers 48004 for a corp that has no app of this template', async () => {
    const provider = { corpId: scene.provider.corpId, providerSecret: scene.provider.providerSecret };
    const made = await makeScene({
      ...harness,
      url: harness.url,
      control: async (method, path, body) =>
        path === '/providers' ? (provider as never) : harness.control(method, path, body),
    });
    const token = await suiteToken(harness, made);
    const body = { auth_corpid: app.corpId, permanent_code: app.permanentCode };
    expect(await codeOf(`service/v2/get_auth_info?suite_access_token=${token}`, body)).toBe(48004);
  });

  it.each<[number, string, () => string]>([
    [41002, 'corpid missing', () => `corpsecret=${app.permanentCode}`],
    [41004, 'corpsecret missing', () => `corpid=${app.corpId}`],
    [40013, 'an unknown corpid', () => `corpid=wpunknown&corpsecret=${app.permanentCode}`],
    [40001, 'a wrong secret', () => `corpid=${app.corpId}&corpsecret=${WRONG}`],
  ])('gettoken answers %i for %s', async (errcode, _what, query) => {
    expect(await codeOf(`gettoken?${query()}`)).toBe(errcode);
  });

  it.each<[number, string, (token: string) => string]>([
    [41001, 'the token missing', () => `agentid=${app.agentId}`],
    [40014, 'an unknown token', () => `access_token=${WRONG}&agentid=${app.agentId}`],
    [40014, 'a suite token in its place', () => `access_token=${app.suiteToken}&agentid=${app.agentId}`],
    [41011, 'agentid missing', (token) => `access_token=${token}`],
    [40056, 'an agentid that is no number', (token) => `access_token=${token}&agentid=x`],
    [301002, 'the agentid of another app', (token) => `access_token=${token}&agentid=1`],
  ])('agent/get answers %i for %s', async (errcode, _what, query) => {
    expect(await codeOf(`agent/get?${query(await appToken(harness, app))}`)).toBe(errcode);
  });

  it('gives the same token while it lives and answers 42001, 42009 afterwards', async () => {
    const token = await appToken(harness, app);
    expect(await appToken(harness, app)).toBe(token);
    await harness.control('PUT', '/clock', { offsetMs: 7_201_000 });
    expect(await codeOf(`agent/get?access_token=${token}&agentid=${app.agentId}`)).toBe(42001);
    expect(
      await codeOf(`service/v2/get_permanent_code?suite_access_token=${app.suiteToken}`, { auth_code: WRONG }),
    ).toBe(42009);
    expect(await appToken(harness, app)).not.toBe(token);
  });

  it.each<[number, string, () => Record<string, unknown>]>([
    [40058, 'the state missing', () => ({ templateid_list: [scene.template.suiteId] })],
    [40058, 'a state with a dash', () => ({ state: 'a-b', templateid_list: [scene.template.suiteId] })],
    [40058, 'a state of 33 bytes', () => ({ state: 'a'.repeat(33), templateid_list: [scene.template.suiteId] })],
    [842004, 'no template', () => ({ state: 'a', templateid_list: [] })],
    [842004, 'ten templates', () => ({ state: 'a', templateid_list: Array<string>(10).fill(scene.template.suiteId) })],
    [842003, 'what is no template', () => ({ state: 'a', templateid_list: ['dkunknown'] })],
  ])('get_customized_auth_url answers %i for %s', async (errcode, _what, body) => {
    const token = await providerToken(harness, scene);
    expect(await codeOf(`service/get_customized_auth_url?provider_access_token=${token}`, body())).toBe(errcode);
  });

  it('answers 842002 until the template is launched', async () => {
    const fresh = await makeScene(harness, { online: false });
    const token = await providerToken(harness, fresh);
    const path = `service/get_customized_auth_url?provider_access_token=${token}`;
    const body = { state: 'a', templateid_list: [fresh.template.suiteId] };
    expect(await codeOf(path, body)).toBe(842002);
    await harness.control('POST', `/templates/${fresh.template.suiteId}/launch`);
    expect(await codeOf(path, body)).toBe(0);
  });

  it('answers 48001 for a corp without a relation, 48002 for the way of third-party apps', async () => {
    const stranger = await harness.control('POST', '/corps', { name: '无关企业' });
    const token = await providerToken(harness, scene);
    expect(
      await codeOf(`service/corpid_to_opencorpid?provider_access_token=${token}`, { corpid: stranger['corpId'] }),
    ).toBe(48001);
    expect(await codeOf(`service/get_corp_token?suite_access_token=${app.suiteToken}`, {})).toBe(48002);
  });

  it('answers 60020 to an address that is not on the list', async () => {
    const path = `/providers/${scene.provider.corpId}/ip-whitelist`;
    await harness.control('PUT', path, { ips: ['222.209.201.*'] });
    const body = { corpid: scene.provider.corpId, provider_secret: scene.provider.providerSecret };
    const answer = await harness.api('service/get_provider_token', body);
    expect(answer['errcode']).toBe(60020);
    expect(answer['errmsg']).toContain('from ip: 127.0.0.1');
    expect(await codeOf(`gettoken?corpid=${app.corpId}&corpsecret=${app.permanentCode}`)).toBe(60020);
    await harness.control('PUT', path, { ips: ['127.0.0.*'] });
    expect(await codeOf(`gettoken?corpid=${app.corpId}&corpsecret=${app.permanentCode}`)).toBe(0);
  });

  it('answers 45009 after too many calls in a minute, and counts every call', async () => {
    await harness.control('PATCH', '/limits', { callsPerMinute: 2 });
    const token = await appToken(harness, app);
    await harness.control('DELETE', '/calls');
    await harness.control('PUT', '/clock', { offsetMs: 120_000 });
    const path = `getcallbackip?access_token=${token}`;
    expect([await codeOf(path), await codeOf(path), await codeOf(path)]).toEqual([0, 0, 45009]);
    await harness.control('PUT', '/clock', { offsetMs: 181_000 });
    expect(await codeOf(path)).toBe(0);
    await harness.control('PATCH', '/limits', { callsPerMinute: 10_000 });
    expect(await harness.control('GET', `/calls?subject=${scene.template.suiteId}`)).toMatchObject({
      total: 4,
      byPath: { '/cgi-bin/getcallbackip': { count: 4, byErrcode: { '0': 3, '45009': 1 } } },
    });
  });

  it('bans an address for an hour after repeated wrong secrets, even from the right one', async () => {
    await harness.control('PATCH', '/limits', { wrongSecretsBeforeBan: 3 });
    const wrong = `gettoken?corpid=${app.corpId}&corpsecret=${WRONG}`;
    const right = `gettoken?corpid=${app.corpId}&corpsecret=${app.permanentCode}`;
    expect([await codeOf(wrong), await codeOf(wrong), await codeOf(wrong)]).toEqual([40001, 40001, 40001]);
    expect(await codeOf(right)).toBe(45009);
    await harness.control('PUT', '/clock', { offsetMs: 3_601_000 });
    expect(await codeOf(right)).toBe(0);
  });
});
