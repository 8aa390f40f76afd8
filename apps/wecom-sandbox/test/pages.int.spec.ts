import { eventually } from '@daikaifa/testing';
import { APP_KEYS, KEYS, replyTo } from './fake-provider';
import { APP_FIELDS, arrived, authorize, makeScene, startHarness, type Harness } from './harness';

describe('the pages', () => {
  let harness: Harness;

  beforeEach(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.stop());

  const open = async (path: string): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${harness.url}${path}`);
    return { status: response.status, text: await response.text() };
  };
  /** Posts a form as a browser does; gives where it leads to, or the page that came instead. */
  const post = async (
    path: string,
    fields: Record<string, string> | [string, string][],
  ): Promise<{ status: number; location: string; text: string }> => {
    const response = await fetch(`${harness.url}${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      redirect: 'manual',
    });
    return { status: response.status, location: response.headers.get('location') ?? '', text: await response.text() };
  };

  it('carry a whole authorization without the JSON calls', async () => {
    const provider = await post('/console/providers', { name: '云启软件' });
    expect(provider.location).toMatch(/^\/console\/providers\/ww/);
    const corp = await post('/admin/corps', { name: '晨星贸易' });
    const corpId = corp.location.split('/').at(-1)!;
    const template = await post(`${provider.location}/templates/new`, {
      name: '云启订单',
      intro: '订单跟进与提醒',
      callbackUrl: harness.provider.url,
      ...KEYS,
    });
    expect(template.location).toMatch(/^\/console\/templates\/dk/);
    await post(`${template.location}/launch`, {});
    const shown = await open(template.location);
    const authPath = /href="[^"]*(\/auth\/\w+)"/.exec(shown.text)![1]!;
    expect(shown.text).toContain('<svg');

    const consent = await open(authPath);
    expect(consent.text).toContain('云启软件');
    expect(consent.text).toContain('成员基础信息');
    const confirmed = await post(authPath, { choice: `${corpId}|admin` });
    expect(confirmed.status).toBe(303);
    expect((await open(confirmed.location)).text).toContain('授权成功');
    await arrived(harness, 'create_auth');

    const appPath = /href="(\/admin\/apps\/[\w-]+)"/.exec((await open(corp.location)).text)![1]!;
    await post(`${appPath}/visible-range`, [
      ['users', 'member-a'],
      ['users', 'member-b'],
      ['parties', '3'],
    ]);
    await arrived(harness, 'change_auth');
    expect(await harness.control('GET', '/installations')).toMatchObject([
      { visibleRange: { users: ['member-a', 'member-b'], parties: [3] } },
    ]);
    await post(`${appPath}/cancel`, {});
    await arrived(harness, 'cancel_auth');
    expect((await open(appPath)).text).toContain('已取消授权');
  });

  it('carry an app from 开始代开发 to the first message of a member', async () => {
    const scene = await makeScene(harness);
    const { installationId } = await authorize(harness, scene);
    const consolePath = `/console/apps/${installationId}`;
    const adminPath = `/admin/apps/${installationId}`;
    const prefilled = await open(consolePath);
    expect(prefilled.text).toContain('value="云启订单"');
    expect(prefilled.text).toContain(`value="${harness.provider.url}"`);
    const form = {
      ...{ name: '云启订单', intro: '订单跟进与提醒', ...APP_FIELDS, ips: '', miniProgramAppId: '', miniProgramName: '' },
      ...{ menu: 'click,我的订单,MY_ORDERS\n', callbackUrl: harness.provider.appUrl, ...APP_KEYS },
    };

    const refused = await post(`${consolePath}/start`, { ...form, trustedDomain: 'https://order.example.com' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('可信域名须为完整域名');
    expect(refused.text).toContain('value="https://order.example.com"');
    expect((await post(`${consolePath}/start`, form)).location).toBe(consolePath);
    expect((await open(consolePath)).text).toContain('应用自有');

    await post(`/console/templates/${scene.template.suiteId}/submit-apps`, { installationIds: installationId });
    await post(`${consolePath}/verdict`, { verdict: 'REJECTED', reason: '介绍不清' });
    expect((await open(consolePath)).text).toContain('介绍不清');
    await post(`${consolePath}/submit`, {});
    await post(`${consolePath}/verdict`, { verdict: 'APPROVED' });
    expect((await open(adminPath)).text).toContain('开发中');
    await post(`${consolePath}/launch`, {});
    expect((await open(adminPath)).text).toContain('已启用');

    await post(`${adminPath}/visible-range`, { users: 'member-a' });
    harness.provider.answerPushes((event, response) => response.end(replyTo(event, '已收到')));
    const chatPath = `/chat/${installationId}/member-a`;
    expect((await open('/chat')).text).toContain(`/chat/${installationId}`);
    expect((await open(`/chat/${installationId}`)).text).toContain(chatPath);
    expect((await post(`${chatPath}/text`, { text: '你好' })).location).toBe(chatPath);
    await arrived(harness, 'text');
    const shown = await eventually(async () => {
      const { text } = await open(chatPath);
      return text.includes('http-equiv="refresh"') ? null : text;
    });
    expect(shown).toContain('你好');
    expect(shown).toContain('已收到');
    await post(`${chatPath}/menu`, { index: '0' });
    await arrived(harness, 'click');
    const outside = await post(`/chat/${installationId}/member-b/text`, { text: '你好' });
    expect(outside.status).toBe(422);
    expect(outside.text).toContain('成员不在应用可见范围内');
  });

  it('let the corp decline and confirm what the provider asks for', async () => {
    const scene = await makeScene(harness);
    const { installationId } = await authorize(harness, scene);
    await harness.control('POST', `/installations/${installationId}/app`, APP_FIELDS);
    const consolePath = `/console/apps/${installationId}`;
    const ask = async (code: string): Promise<string> => {
      await post(`${consolePath}/permissions`, { permissions: code });
      expect((await open(consolePath)).text).toContain('待企业客户确认');
      const { text } = await open(`/admin/corps/${scene.corp.corpId}`);
      return /href="(\/admin\/requests\/[\w-]+)"/.exec(text)![1]!;
    };

    const declined = await ask('calendar:base:base');
    expect((await open(declined)).text).toContain('日程');
    expect((await post(`${declined}/decline`, {})).location).toBe(declined);
    const afterwards = (await open(declined)).text;
    expect([afterwards.includes('暂不授权'), afterwards.includes('应用保持之前的权限')]).toEqual([true, true]);
    expect((await open(consolePath)).text).not.toContain('待企业客户确认');

    const second = await ask('datazone:data:chat');
    expect((await open(second)).text).toContain('需二次确认');
    expect((await open(`/admin/apps/${installationId}`)).text).toContain(second);
    await post(`${second}/confirm`, {});
    expect((await open(second)).text).toContain('二次确认');
    await post(`${second}/confirm-second`, {});
    await arrived(harness, 'change_auth', 2);
    expect((await open(second)).text).toContain('已同意');
    expect(await harness.control('GET', `/installations/${installationId}`)).toMatchObject({
      permissions: ['datazone:data:chat'],
    });
    const late = await post(`${second}/decline`, {});
    expect(late.status).toBe(422);

    await ask('meeting:base:base');
    const [, withdrawPath] = /action="(\/console\/permission-requests\/[\w-]+\/withdraw)"/.exec(
      (await open(consolePath)).text,
    )!;
    expect((await post(withdrawPath!, {})).location).toBe(consolePath);
  });

  it('make a batch QR and confirm it with one scan', async () => {
    const scene = await makeScene(harness);
    const other = await harness.control('POST', '/templates', {
      ...{ providerCorpId: scene.provider.corpId, name: '云启客户', intro: '客户跟进与提醒' },
      ...{ callbackUrl: harness.provider.url, ...KEYS },
    });
    await harness.control('POST', `/templates/${other['suiteId']!}/launch`);
    const providerPath = `/console/providers/${scene.provider.corpId}`;

    const refused = await post(`${providerPath}/batch-links`, { suiteIds: scene.template.suiteId });
    expect([refused.status, refused.text.includes('2-9')]).toEqual([422, true]);
    const { location } = await post(`${providerPath}/batch-links`, [
      ['suiteIds', scene.template.suiteId],
      ['suiteIds', other['suiteId']!],
    ]);
    const { text } = await open(location);
    expect(text).toContain('<svg');
    const authPath = /href="[^"]*(\/auth\/\w+)"/.exec(text)![1]!;
    expect((await open(authPath)).text).toContain('云启客户');
    await post(authPath, { choice: `${scene.corp.corpId}|admin` });
    await arrived(harness, 'create_auth', 2);
  });

  it('show why a template was not saved and keep what was typed', async () => {
    harness.provider.answerVerification((_plaintext, response) => response.end('wrong'));
    const provider = await post('/console/providers', { name: '云启软件' });
    const refused = await post(`${provider.location}/templates/new`, {
      name: '云启订单',
      intro: '订单跟进与提醒',
      callbackUrl: harness.provider.url,
      ...KEYS,
    });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('不是解密后的 echostr');
    expect(refused.text).toContain('value="云启订单"');
  });

  it('escape what people typed', async () => {
    const corp = await post('/admin/corps', { name: '<script>alert(1)</script>' });
    const { text } = await open(corp.location);
    expect(text).not.toContain('<script>');
    expect(text).toContain('&lt;script&gt;');
  });

  it('answer 404 for what does not exist and say so for an expired link', async () => {
    expect((await open('/console/templates/dknothing')).status).toBe(404);
    const scene = await makeScene(harness);
    const token = await harness.api('service/get_provider_token', {
      corpid: scene.provider.corpId,
      provider_secret: scene.provider.providerSecret,
    });
    const link = await harness.api(
      `service/get_customized_auth_url?provider_access_token=${token['provider_access_token'] as string}`,
      {
        state: 'a',
        templateid_list: [scene.template.suiteId],
      },
    );
    await harness.control('PUT', '/clock', { advanceMs: 864_000_000 });
    const expired = await open(new URL(link['qrcode_url'] as string).pathname);
    expect(expired.status).toBe(409);
    expect(expired.text).toContain('二维码已过期');
  });

  it('list every call of the sandbox API', async () => {
    const { text } = await open('/sandbox/api');
    expect(text).toContain('/sandbox/api/faults/:id/release');
    expect(text).toContain('/sandbox/api/installations/:id/reset-secret');
  });
});
