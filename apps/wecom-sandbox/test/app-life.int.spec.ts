import { APP_KEYS, KEYS } from './fake-provider';
import {
  APP_FIELDS,
  appToken,
  authorize,
  bringOnline,
  confirm,
  launch,
  makeScene,
  startHarness,
  type Authorized,
  type Harness,
  type Scene,
} from './harness';

interface Violations {
  violations: { field: string; code: string; errcode?: number; given?: string }[];
}

describe('the app of a corp in the provider console', () => {
  let harness: Harness;
  let scene: Scene;
  let app: Authorized;
  let base: string;

  beforeEach(async () => {
    harness = await startHarness();
    scene = await makeScene(harness);
    app = await authorize(harness, scene);
    base = `/installations/${app.installationId}`;
  });
  afterEach(() => harness.stop());

  const agent = async (): Promise<Record<string, unknown>> =>
    harness.api(`agent/get?access_token=${await appToken(harness, app)}&agentid=${app.agentId}`);
  const submit = (ids: string[]) =>
    harness.rawControl('POST', `/templates/${scene.template.suiteId}/submit-apps`, { installationIds: ids });
  const refused = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; found: (string | number | undefined)[][] }> => {
    const { status, json } = await harness.rawControl(method, path, body);
    const { violations } = json as unknown as Violations;
    return { status, found: violations.map(({ field, code, errcode }) => [field, code, errcode]) };
  };

  it('is 0 until 开始代开发 and filled in from the template, callback included', async () => {
    expect(await agent()).toMatchObject({ customized_publish_status: 0, name: '云启订单', home_url: '' });

    const started = await harness.control('POST', `${base}/app`, APP_FIELDS);

    expect(started).toMatchObject({
      publishStatus: 1,
      corpLabel: 'IN_DEVELOPMENT',
      corpLabelText: '开发中',
      draft: { name: '云启订单', intro: '订单跟进与提醒', ...APP_FIELDS, miniProgram: null, menu: [] },
      online: null,
      callback: { source: 'TEMPLATE', url: harness.provider.url },
    });
    expect(await agent()).toMatchObject({
      customized_publish_status: 1,
      home_url: APP_FIELDS.homePageUrl,
      redirect_domain: APP_FIELDS.trustedDomain,
      square_logo_url: APP_FIELDS.logoUrl,
    });
    expect(await harness.control('GET', '/pushes?infoType=change_auth')).toEqual([]);
  });

  it("takes the template's logo over, which is a full address or none", async () => {
    const template = {
      ...{ providerCorpId: scene.provider.corpId, name: '云启客户', intro: '客户跟进与提醒' },
      ...{ callbackUrl: harness.provider.url, ...KEYS },
    };
    expect((await refused('POST', '/templates', { ...template, logoUrl: 'logo.png' })).found).toEqual([
      ['logoUrl', 'URL', undefined],
    ]);
    const { logoUrl, ...fields } = APP_FIELDS;
    const { suiteId } = await harness.control('POST', '/templates', { ...template, logoUrl });
    const { qrcodeUrl } = await harness.control('POST', `/templates/${suiteId}/launch`);
    const installed = await confirm(harness, scene, qrcodeUrl);
    expect(await harness.control('POST', `/installations/${installed.id}/app`, fields)).toMatchObject({
      draft: { logoUrl, name: '云启客户' },
    });
  });

  it("verifies the app's own callback by GET, with the provider's corpid as receiveid", async () => {
    const before = harness.provider.verified.length;
    const started = await harness.control('POST', `${base}/app`, {
      ...APP_FIELDS,
      callbackUrl: harness.provider.appUrl,
      ...APP_KEYS,
    });

    expect(started).toMatchObject({ callback: { source: 'OWN', url: harness.provider.appUrl } });
    expect(harness.provider.verified.slice(before)).toMatchObject([
      { path: '/callback/app', receiveId: scene.provider.corpId },
    ]);
  });

  it('saves nothing when the callback does not answer the verification', async () => {
    harness.provider.answerVerification((_plaintext, response) => response.end('no'));

    const { status, found } = await refused('POST', `${base}/app`, APP_FIELDS);

    expect([status, found]).toEqual([400, [['callbackUrl', 'CALLBACK_BODY', 40057]]]);
    expect(await harness.control('GET', base)).toMatchObject({ publishStatus: 0, draft: null, callback: null });
  });

  it("reports every fault at once with WeCom's numbers, and asks nobody", async () => {
    const before = harness.provider.verified.length;

    const { status, found } = await refused('POST', `${base}/app`, {
      ...{ name: '免费单', intro: '短', homePageUrl: 'order', trustedDomain: 'https://order.example.com' },
      ...{ ipWhitelist: ['10.0.0.300'], token: 'a-b' },
    });

    expect(status).toBe(400);
    expect(found).toEqual([
      ['name', 'NAME_WORD', 85002],
      ['intro', 'INTRO_LENGTH', 45004],
      ['logoUrl', 'MISSING', 85009],
      ['homePageUrl', 'URL', 40094],
      ['trustedDomain', 'DOMAIN', 80001],
      ['ipWhitelist.0', 'ADDRESS', 85007],
      ['token', 'TOKEN', 85010],
    ]);
    expect(harness.provider.verified).toHaveLength(before);
  });

  it('goes 1, review, 2, edited 3, 2; agent/get shows what is online', async () => {
    await harness.control('POST', `${base}/app`, APP_FIELDS);
    expect(await harness.rawControl('POST', `${base}/launch`)).toMatchObject({ status: 409 });
    await submit([app.installationId]);
    expect(await harness.rawControl('PATCH', `${base}/app`, { name: '云启新单' })).toMatchObject({
      status: 409,
      json: { code: 'INVALID_STATE', details: { publishStatus: 1, review: 'IN_REVIEW', step: 'edit' } },
    });
    const rejected = await harness.control('POST', `${base}/verdict`, { verdict: 'REJECTED', reason: '介绍不清' });
    expect(rejected).toMatchObject({ review: 'REJECTED', rejectReason: '介绍不清', publishStatus: 1 });
    expect(await harness.control('PATCH', `${base}/app`, { intro: '跟进订单并提醒' })).toMatchObject({ review: 'NONE' });
    await launch(harness, scene, app.installationId);
    expect(await agent()).toMatchObject({ customized_publish_status: 2, description: '跟进订单并提醒' });

    await harness.control('PATCH', `${base}/app`, { name: '云启新单' });
    expect(await agent()).toMatchObject({ customized_publish_status: 3, name: '云启订单' });
    expect(await harness.control('GET', base)).toMatchObject({ corpLabelText: '已启用', draft: { name: '云启新单' } });
    await launch(harness, scene, app.installationId);
    expect(await agent()).toMatchObject({ customized_publish_status: 2, name: '云启新单' });
  });

  it('takes an approval back when it is edited, and by withdrawal', async () => {
    await harness.control('POST', `${base}/app`, APP_FIELDS);
    await submit([app.installationId]);
    await harness.control('POST', `${base}/verdict`, { verdict: 'APPROVED' });
    expect(await harness.control('PATCH', `${base}/app`, { name: '云启新单' })).toMatchObject({ review: 'NONE' });
    await submit([app.installationId]);
    expect(await harness.control('POST', `${base}/withdraw-review`)).toMatchObject({ review: 'NONE' });
    expect(await harness.rawControl('POST', `${base}/verdict`, { verdict: 'APPROVED' })).toMatchObject({ status: 409 });
  });

  it('lets callback and addresses count at once, without a new version', async () => {
    await bringOnline(harness, scene, app.installationId);
    await harness.control('PATCH', `${base}/app`, { callbackUrl: harness.provider.appUrl, ...APP_KEYS });
    expect(await harness.control('GET', base)).toMatchObject({ publishStatus: 2, callback: { source: 'OWN' } });

    await harness.control('PATCH', `${base}/app`, { ipWhitelist: ['222.209.201.*'] });
    const token = `gettoken?corpid=${app.corpId}&corpsecret=${app.permanentCode}`;
    expect(await harness.api(token)).toMatchObject({ errcode: 60020 });
    await harness.control('PATCH', `${base}/app`, { ipWhitelist: ['127.0.0.1'] });
    await harness.control('PUT', `/providers/${scene.provider.corpId}/ip-whitelist`, { ips: ['10.9.9.9'] });
    expect(await harness.api(token)).toMatchObject({ errcode: 0 });
    expect(await harness.control('GET', base)).toMatchObject({ publishStatus: 2 });
  });

  it('opens a mini-program in place of a page', async () => {
    const miniProgram = { appId: 'wx0123456789abcdef', name: '云启订单' };
    await harness.control('POST', `${base}/app`, { ...APP_FIELDS, homePageUrl: '', miniProgram });
    expect(await agent()).toMatchObject({ home_url: '', customized_publish_status: 1 });
    expect(await refused('PATCH', `${base}/app`, { miniProgram: null })).toEqual({
      status: 400,
      found: [['homePageUrl', 'MISSING', 85009]],
    });
  });

  it('refuses a whole batch for one app and names it', async () => {
    const other = await makeScene(harness);
    const another = await authorize(harness, other);
    await harness.control('POST', `${base}/app`, APP_FIELDS);

    const { status, json } = await submit([app.installationId, another.installationId]);

    expect(status).toBe(400);
    expect((json as unknown as Violations).violations).toMatchObject([
      { code: 'NOT_SUBMITTABLE', given: another.installationId },
    ]);
    expect(await harness.control('GET', base)).toMatchObject({ review: 'NONE' });
    expect((await submit([app.installationId])).json).toMatchObject({ submitted: [{ review: 'IN_REVIEW' }] });
  });

  it("sets a corp's trusted domains only so often a month", async () => {
    await harness.control('PATCH', '/limits', { trustedDomainsPerMonth: 2 });
    await harness.control('POST', `${base}/app`, APP_FIELDS);
    await harness.control('PATCH', `${base}/app`, { trustedDomain: 'a.example.com' });
    expect(await refused('PATCH', `${base}/app`, { trustedDomain: 'b.example.com' })).toEqual({
      status: 400,
      found: [['trustedDomain', 'DOMAIN_TOO_OFTEN', 85004]],
    });
    await harness.control('PATCH', `${base}/app`, { name: '云启新单' });
    await harness.control('PUT', '/clock', { advanceMs: 31 * 86_400_000 });
    await harness.control('PATCH', `${base}/app`, { trustedDomain: 'b.example.com' });
  });

  it("tells the corp's admins about the launch", async () => {
    await bringOnline(harness, scene, app.installationId);
    expect(await harness.control('GET', `/corps/${scene.corp.corpId}/messages`)).toMatchObject([
      { kind: 'APP_LAUNCHED', installationId: app.installationId, requestId: null },
    ]);
  });

  it('cannot be touched once the corp has cancelled, nor edited before it was started', async () => {
    expect(await harness.rawControl('PATCH', `${base}/app`, { name: '云启新单' })).toMatchObject({ status: 409 });
    await harness.control('POST', `${base}/app`, APP_FIELDS);
    expect(await harness.rawControl('POST', `${base}/app`, APP_FIELDS)).toMatchObject({ status: 409 });
    await submit([app.installationId]);
    expect(await harness.control('POST', `${base}/cancel`)).toMatchObject({ corpLabel: 'CANCELLED', review: 'NONE' });
    expect(await harness.rawControl('POST', `${base}/verdict`, { verdict: 'APPROVED' })).toMatchObject({ status: 409 });
    expect(await harness.rawControl('PATCH', `${base}/app`, { name: '云启新单' })).toMatchObject({ status: 409 });
  });
});
