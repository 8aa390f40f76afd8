import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { findAuthorizations, findLinks, type Authorization, type OnlineTemplate } from '@daikaifa/demo';
import type { Stack } from '@daikaifa/stack';
import { eventually } from '@daikaifa/testing';
import type { Page } from 'playwright-core';
import { findChromium, startChromium, type Browser } from './chromium';
import { bringTemplateOnline, makeStack, root } from './harness';
import { compareQr } from './qr-modules';

const CORP_NAME = '晨星贸易';
const SCREENSHOTS = resolve(root, '.local/e2e/screenshots');

const executable = findChromium();
const NO_BROWSER =
  'no Chromium on this machine: install it (Debian, Ubuntu: apt-get install chromium) or name it in CHROMIUM_PATH';
const inCi = (process.env['CI'] ?? '') !== '' && process.env['CI'] !== 'false';

/** Without a browser nothing was shown: skipped and said on a developer's machine, a failure in CI. */
const withBrowser = executable === null && !inCi ? describe.skip : describe;
if (executable === null && !inCi) {
  process.stderr.write(`SKIPPED browser.int.spec.ts: ${NO_BROWSER}\n`);
}

withBrowser('a person with a browser', () => {
  let stack: Stack;
  let online: OnlineTemplate;
  let browser: Browser;
  let page: Page;
  const requested: string[] = [];

  const activeLink = () =>
    eventually(async () => {
      const [link] = await findLinks(online.doors, online.templateId);
      return link?.state === 'ACTIVE' && link.url !== null ? { ...link, url: link.url } : null;
    });

  /** The only authorization of the template, once it is as wanted. */
  const authorization = (isAsWanted: (one: Authorization) => boolean): Promise<Authorization> =>
    eventually(async () => {
      const nodes = await findAuthorizations(online.doors, online.templateId);
      return nodes.length === 1 && isAsWanted(nodes[0]!) ? nodes[0]! : null;
    });

  const shoot = (name: string): Promise<Buffer> =>
    page.screenshot({ path: resolve(SCREENSHOTS, `${name}.png`), fullPage: true });

  const press = (button: string): Promise<void> => page.getByRole('button', { name: button }).click();

  beforeAll(async () => {
    if (executable === null) {
      throw new Error(NO_BROWSER);
    }
    mkdirSync(SCREENSHOTS, { recursive: true });
    stack = await makeStack();
    browser = await startChromium(executable);
    page = await browser.context.newPage();
    page.on('request', (request) => requested.push(request.url()));
    await stack.start();
    online = await bringTemplateOnline(stack);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  }, 60_000);

  it('finds a picture that shows the link and nothing else', async () => {
    const { url, pngUrl } = await activeLink();
    const png = Buffer.from(await (await fetch(pngUrl)).arrayBuffer());
    await page.goto(pngUrl);
    await shoot('1-qr');

    const code = await compareQr(png, url);
    const another = await compareQr(png, `${url.slice(0, -1)}${url.endsWith('0') ? '1' : '0'}`);

    expect(code.different).toBe(0);
    expect(code.visible).toBeGreaterThan(500);
    expect(another.different).toBeGreaterThan(20);
  });

  it('makes a corp, opens what the QR code says, chooses corp and admin, and confirms', async () => {
    await page.goto(new URL('/admin', stack.urls['wecom-sandbox']).href);
    await page.getByLabel('企业简称').fill(CORP_NAME);
    await press('创建企业');
    await page.getByRole('heading', { name: CORP_NAME }).waitFor();
    const { url } = await activeLink();

    await page.goto(url);
    await page.getByRole('heading', { name: '申请为企业代开发应用' }).waitFor();
    const choice = page.getByLabel('选择企业与管理员身份');
    const [option] = await choice.locator('option', { hasText: CORP_NAME }).allTextContents();
    await choice.selectOption({ label: option! });
    await shoot('2-authorize');
    await press('同意授权');
    await page.getByRole('heading', { name: '授权成功' }).waitFor();
    await shoot('3-authorized');

    expect(page.url()).toContain('/done/');
    const { corp, current } = await authorization(
      (one) => one.status === 'ACTIVE' && one.current.observation.agent !== null,
    );
    expect(corp.name).toBe(CORP_NAME);
    expect(await page.locator('.app').textContent()).toContain(String(current.observation.agent!.agentId));
  });

  it('changes the visible range as the admin of the corp', async () => {
    await page.getByRole('link', { name: '进入企业管理后台' }).click();
    await page.getByRole('heading', { name: CORP_NAME }).waitFor();
    await page.locator('a[href^="/admin/apps/"]').click();
    await page.getByRole('heading', { name: '可见范围' }).waitFor();
    const boxes = page.locator('input[name="users"]');
    const members = await boxes.count();
    for (const box of await boxes.all()) {
      await box.check();
    }
    await page.locator('input[name="parties"]').first().check();
    await shoot('4-visible-range');
    await press('保存可见范围');

    const observed = await authorization(({ current }) => current.observation.scope?.users === members);
    expect(members).toBeGreaterThan(1);
    expect(observed.current.observation.scope).toMatchObject({ users: members, parties: 1 });
    expect(observed).toMatchObject({ status: 'ACTIVE', current: { epoch: 1 } });
  });

  it('cancels the authorization, and the platform destroys its secrets', async () => {
    await press('取消授权');
    await page.getByRole('heading', { name: '可见范围' }).waitFor({ state: 'detached' });
    await shoot('5-cancelled');

    const cancelled = await authorization(({ status, current }) => status === 'CANCELLED' && current.secretsDestroyed);
    expect(cancelled.current).toMatchObject({ epoch: 1, status: 'CANCELLED' });
  });

  it('used pages only', () => {
    const paths = requested.map((url) => new URL(url).pathname);

    expect(paths.filter((path) => path.startsWith('/auth/')).length).toBeGreaterThan(2);
    expect(paths.filter((path) => path.startsWith('/sandbox/api'))).toEqual([]);
  });
});
