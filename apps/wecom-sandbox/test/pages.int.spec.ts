import { KEYS } from './fake-provider';
import { arrived, makeScene, startHarness, type Harness } from './harness';

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
