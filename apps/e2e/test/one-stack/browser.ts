import { findAuthorizations, findLinks, type Authorization, type OnlineTemplate } from '@daikaifa/demo';
import type { Stack } from '@daikaifa/stack';
import { eventually } from '@daikaifa/testing';
import type { Page } from 'playwright-core';
import { bringTemplateOnline } from '../harness';
import { describeWithBrowser, openBrowser, type Person } from '../person';
import { compareQr } from '../qr-modules';
import { sharedStack } from './stack';

const CORP_NAME = '晨星贸易';

describeWithBrowser(__filename, 'a person with a browser', () => {
  let stack: Stack;
  let online: OnlineTemplate;
  let person: Person;
  let page: Page;

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

  beforeAll(async () => {
    stack = sharedStack();
    person = await openBrowser();
    page = person.page;
    online = await bringTemplateOnline(stack);
  }, 120_000);

  afterAll(() => person?.leave());

  it('finds a picture that shows the link and nothing else', async () => {
    const { url, pngUrl } = await activeLink();
    const png = Buffer.from(await (await fetch(pngUrl)).arrayBuffer());
    await page.goto(pngUrl);
    await person.shoot('1-qr');

    const code = await compareQr(png, url);
    const another = await compareQr(png, `${url.slice(0, -1)}${url.endsWith('0') ? '1' : '0'}`);

    expect(code.different).toBe(0);
    expect(code.visible).toBeGreaterThan(500);
    expect(another.different).toBeGreaterThan(20);
  });

  it('makes a corp, opens what the QR code says, chooses corp and admin, and confirms', async () => {
    await page.goto(new URL('/admin', stack.urls['wecom-sandbox']).href);
    await page.getByLabel('企业简称').fill(CORP_NAME);
    await person.press('创建企业');
    await page.getByRole('heading', { name: CORP_NAME }).waitFor();
    const { url } = await activeLink();

    await page.goto(url);
    await page.getByRole('heading', { name: '申请为企业代开发应用' }).waitFor();
    const choice = page.getByLabel('选择企业与管理员身份');
    const [option] = await choice.locator('option', { hasText: CORP_NAME }).allTextContents();
    await choice.selectOption({ label: option! });
    await person.shoot('2-authorize');
    await person.press('同意授权');
    await page.getByRole('heading', { name: '授权成功' }).waitFor();
    await person.shoot('3-authorized');

    expect(page.url()).toContain('/done/');
    const { corp, current } = await authorization(
      (one) => one.status === 'ACTIVE' && one.current.observation.agent !== null,
    );
    expect(corp.name).toBe(CORP_NAME);
    expect(await page.locator('.app').textContent()).toContain(String(current.observation.agent!.agentId));
  });

  it('changes the visible range as the admin of the corp', async () => {
    await person.follow('进入企业管理后台');
    await page.getByRole('heading', { name: CORP_NAME }).waitFor();
    await person.follow(page.locator('a[href^="/admin/apps/"]'));
    await page.getByRole('heading', { name: '可见范围' }).waitFor();
    const boxes = page.locator('input[name="users"]');
    const members = await boxes.count();
    for (const box of await boxes.all()) {
      await box.check();
    }
    await page.locator('input[name="parties"]').first().check();
    await person.shoot('4-visible-range');
    await person.press('保存可见范围');

    const observed = await authorization(({ current }) => current.observation.scope?.users === members);
    expect(members).toBeGreaterThan(1);
    expect(observed.current.observation.scope).toMatchObject({ users: members, parties: 1 });
    expect(observed).toMatchObject({ status: 'ACTIVE', current: { epoch: 1 } });
  });

  it('cancels the authorization, and the platform destroys its secrets', async () => {
    await person.press('取消授权');
    await page.getByRole('heading', { name: '可见范围' }).waitFor({ state: 'detached' });
    await person.shoot('5-cancelled');

    const cancelled = await authorization(({ status, current }) => status === 'CANCELLED' && current.secretsDestroyed);
    expect(cancelled.current).toMatchObject({ epoch: 1, status: 'CANCELLED' });
  });

  it('used pages only', () => {
    expect(person.visited.filter((path) => path.startsWith('/auth/')).length).toBeGreaterThan(2);
    expect(person.visited.filter((path) => path.startsWith('/sandbox/api'))).toEqual([]);
  });
});
