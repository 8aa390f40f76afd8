import { operations } from '@daikaifa/client';
import {
  configure,
  connectBackend,
  found,
  requestPermissions,
  silentTimeline,
  startBackend,
  untilCorpApp,
  type Backend,
  type OnlineTemplate,
} from '@daikaifa/demo';
import type { Stack } from '@daikaifa/stack';
import { eventually } from '@daikaifa/testing';
import type { Page } from 'playwright-core';
import { authorizeCorp, bringTemplateOnline } from '../harness';
import { describeWithBrowser, openBrowser, type Person } from '../person';
import { sharedStack } from './stack';

const CUSTOMERS = 'externalcontact:base:base';
const MOBILE = 'contact:sensitive:mobile';
const CONVERSATIONS = 'datazone:data:chat';
const CALENDAR = 'calendar:base:base';

const HELLO = '你好，订单到哪里了？';

const CHANGES = `
  query Changes($id: ID!) {
    permissionSet(id: $id) { id changes(first: 5) { nodes { cause added { id } removed { id } } } }
  }
`;

interface Change {
  readonly cause: string;
  readonly added: ReadonlyArray<{ readonly id: string }>;
  readonly removed: ReadonlyArray<{ readonly id: string }>;
}

type PermissionSet = NonNullable<operations.PermissionsOfCorpAppQuery['permissionSet']>;

const idsOf = (permissions: ReadonlyArray<{ readonly id: string }> = []): string[] => permissions.map(({ id }) => id).sort();

describeWithBrowser(__filename, 'the admin of a corp with a browser', () => {
  let stack: Stack;
  let backend: Backend;
  let person: Person;
  let page: Page;
  let online: OnlineTemplate;
  let corpId: string;
  let installationId: string;
  let corpAppId: string;

  const show = (path: string) => page.goto(new URL(path, stack.urls['wecom-sandbox']).href);

  const lookAtPermissions = async (): Promise<PermissionSet> =>
    found((await online.doors.developer.ask(operations.PermissionsOfCorpAppDocument, { id: corpAppId })).permissionSet, 'the permissions');

  const untilPermissions = (isAsWanted: (set: PermissionSet) => boolean): Promise<PermissionSet> =>
    eventually(async () => {
      const set = await lookAtPermissions();
      if (isAsWanted(set)) {
        return set;
      }
      throw new Error(`the permissions are not as wanted: ${JSON.stringify(set)}`);
    });

  const newestState = ({ requests }: PermissionSet): string | undefined => requests.nodes[0]?.state;

  const pushesToProvider = async (): Promise<number> =>
    (await online.doors.sandbox.call<unknown[]>('GET', `/pushes?suiteId=${online.suiteId}`)).length;

  /** Opens every group and ticks exactly these boxes. */
  const tick = async (permissions: readonly string[]): Promise<void> => {
    const closed = page.locator('details:not([open]) > summary');
    while ((await closed.count()) > 0) {
      await closed.first().click();
    }
    const ticked = page.locator('input[name="permissions"]:checked');
    while ((await ticked.count()) > 0) {
      await ticked.first().uncheck();
    }
    for (const permission of permissions) {
      await page.locator(`input[name="permissions"][value="${permission}"]`).check();
    }
  };

  /** Saved here, and by a person in WeCom's console, which writes to the corp's admins. */
  const ask = async (permissions: readonly string[]): Promise<void> => {
    await requestPermissions(online.doors, corpAppId, permissions);
    await show(`/console/apps/${installationId}`);
    await tick(permissions);
    await person.press('保存并通知企业');
    await page.getByText('待企业客户确认').first().waitFor();
  };

  /** From the front page of the corp's admin to the message and on to what it asks. */
  const openNewestRequest = async (): Promise<void> => {
    await show('/admin');
    await person.follow(page.locator(`a[href="/admin/corps/${corpId}"]`));
    await person.follow('查看权限申请');
    await page.getByRole('heading', { name: '代开发应用权限变更' }).waitFor();
  };

  beforeAll(async () => {
    stack = sharedStack();
    person = await openBrowser();
    page = person.page;
    backend = await startBackend();
    online = await bringTemplateOnline(stack);
    const { doors, templateId } = online;
    await connectBackend(doors, backend, silentTimeline);
    const { installation, authorization, corp } = await authorizeCorp(online);
    corpId = corp.corpId;
    installationId = installation.id;
    const known = { templateId, authorizationId: authorization.id, installationId };
    ({ corpAppId } = await configure(doors, known, silentTimeline));
    await eventually(async () => (await doors.developer.ask(operations.PermissionsOfCorpAppDocument, { id: corpAppId })).permissionSet);
  }, 180_000);

  afterAll(async () => {
    await person?.leave();
    await backend?.stop();
  }, 60_000);

  it('opens the message and sees what is asked for, with its remarks', async () => {
    await ask([CUSTOMERS, MOBILE]);
    await person.shoot('permissions-1-console');

    await show('/admin');
    await person.follow(page.locator(`a[href="/admin/corps/${corpId}"]`));
    await person.shoot('permissions-2-corp');
    await person.follow(page.getByRole('link', { name: '查看权限申请' }));

    expect(new URL(page.url()).pathname).toMatch(/^\/admin\/requests\//);
    await person.shoot('permissions-3-request');
    const asked = await page.getByRole('listitem').allTextContents();
    expect(asked.map((text) => text.trim().replaceAll(/\s+/g, ' '))).toEqual([
      `手机号 ${MOBILE} 敏感信息，还需成员本人同意`,
      `客户和客户群列表、昵称、备注、标签 ${CUSTOMERS}`,
    ]);
  });

  it('declines: nobody is told, the request waits until a person writes the refusal down', async () => {
    const before = await pushesToProvider();

    await person.press('暂不授权');

    await page.getByText('应用保持之前的权限').waitFor();
    await person.shoot('permissions-4-declined');
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await pushesToProvider()).toBe(before);
    const waiting = await lookAtPermissions();
    expect(newestState(waiting)).toBe('PENDING');
    expect(waiting.settings.map(({ mark }) => mark?.zh)).toEqual(['待企业客户确认', '待企业客户确认']);

    const input = { permissionSetId: corpAppId, expectedVersion: waiting.version };
    await online.doors.developer.ask(operations.RecordPermissionDeclineDocument, { input });

    const declined = await lookAtPermissions();
    expect(declined.requests.nodes[0]).toMatchObject({ state: 'DECLINED', end: { by: 'PERSON' } });
    expect(declined).toMatchObject({ openRequest: null, settings: [] });
  });

  it('agrees, and once more where a second confirmation is needed: granted by what WeCom answers', async () => {
    await ask([CUSTOMERS, CONVERSATIONS]);
    await openNewestRequest();
    expect(await page.getByRole('listitem').filter({ hasText: CONVERSATIONS }).textContent()).toContain('需二次确认');

    await person.press('同意');
    await page.getByRole('button', { name: '二次确认' }).waitFor();
    await person.shoot('permissions-5-second');
    const half = await untilPermissions((set) => newestState(set) === 'PENDING_SECOND');
    expect(idsOf(half.confirmed?.permissions)).toEqual([CUSTOMERS]);

    await person.press('二次确认');
    await page.getByText('权限已生效').waitFor();
    await person.shoot('permissions-6-granted');
    const granted = await untilPermissions((set) => newestState(set) === 'GRANTED');
    expect(granted.requests.nodes[0]).toMatchObject({ end: { by: 'SIGNAL' } });
    expect(idsOf(granted.confirmed?.permissions)).toEqual([CONVERSATIONS, CUSTOMERS]);
    expect(granted.settings.map(({ mark }) => mark)).toEqual([null, null]);
  });

  it('edits the permissions directly, and the provider sees what was changed', async () => {
    await person.follow('返回应用');
    await page.getByRole('heading', { name: '权限管理' }).waitFor();
    await tick([CUSTOMERS, CALENDAR]);
    await person.shoot('permissions-7-app');
    await person.press('保存权限');

    const changed = await untilPermissions(({ confirmed }) => idsOf(confirmed?.permissions).includes(CALENDAR));
    expect(idsOf(changed.confirmed?.permissions)).toEqual([CALENDAR, CUSTOMERS]);
    const { permissionSet } = await online.doors.developer.ask<{ permissionSet: { changes: { nodes: Change[] } } }>(CHANGES, {
      id: corpAppId,
    });
    const [newest] = permissionSet.changes.nodes;
    expect(newest).toMatchObject({ cause: 'CORP_EDIT', added: [{ id: CALENDAR }], removed: [{ id: CONVERSATIONS }] });
  });

  it('writes to the app as a member, and the provider’s backend gets it', async () => {
    await show(`/console/apps/${installationId}`);
    await person.press('提交上线审核');
    await person.press('审核通过');
    await person.press('提交上线');
    await show(`/admin/apps/${installationId}`);
    await page.locator('input[name="users"]').first().check();
    await person.press('保存可见范围');
    await person.follow('以成员身份使用');
    await person.shoot('permissions-8-members');
    await person.follow(page.getByRole('row').filter({ hasText: '可见范围内' }).getByRole('link'));
    await page.getByLabel('消息').fill(HELLO);
    await person.press('发送');

    await page.getByText('已送达').waitFor();
    await person.shoot('permissions-9-chat');
    const message = await eventually(() => backend.received.find(({ type }) => type === 'wecom.app.text'));
    expect(JSON.stringify(message.data)).toContain(HELLO);
    const drifted = await untilCorpApp(online.doors, corpAppId, 'the launch nobody asked for', ({ drift }) => drift.length > 0);
    expect(drifted.drift[0]).toMatchObject({ field: 'PUBLISH_STATUS' });
  });

  it('used pages only', () => {
    expect(person.visited.filter((path) => path.startsWith('/admin/requests/')).length).toBeGreaterThan(4);
    expect(person.visited.filter((path) => path.startsWith('/sandbox/api'))).toEqual([]);
  });
});
