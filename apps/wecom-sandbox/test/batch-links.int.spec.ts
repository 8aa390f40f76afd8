import { KEYS } from './fake-provider';
import { arrived, makeScene, startHarness, type Harness, type Scene } from './harness';

interface LinkView {
  id: string;
  suiteIds: string[];
  state: string;
  expiresAt: string;
}

describe('a batch QR of the provider console', () => {
  let harness: Harness;
  let scene: Scene;

  beforeEach(async () => {
    harness = await startHarness();
    scene = await makeScene(harness);
  });
  afterEach(() => harness.stop());

  const template = async (isLaunched = true): Promise<string> => {
    const { suiteId } = await harness.control('POST', '/templates', {
      ...{ providerCorpId: scene.provider.corpId, name: '云启客户', intro: '客户跟进与提醒' },
      ...{ callbackUrl: harness.provider.url, ...KEYS },
    });
    if (isLaunched) {
      await harness.control('POST', `/templates/${suiteId}/launch`);
    }
    return suiteId!;
  };
  const make = (suiteIds: string[]) =>
    harness.rawControl('POST', `/providers/${scene.provider.corpId}/batch-links`, { suiteIds });
  const codes = async (suiteIds: string[]): Promise<unknown[]> =>
    ((await make(suiteIds)).json['violations'] as { errcode: number }[]).map(({ errcode }) => errcode);

  it('installs an app of each template with one scan, one create_auth each, for ten days', async () => {
    const suiteIds = [scene.template.suiteId, await template()];
    const link = (await make(suiteIds)).json as unknown as LinkView;
    expect(link).toMatchObject({ suiteIds, state: '' });

    const confirm = () =>
      harness.rawControl('POST', `/links/${link.id}/confirm`, { corpId: scene.corp.corpId, adminUserId: 'admin' });
    const { json } = await confirm();
    await arrived(harness, 'create_auth', 2);

    expect(json['installed']).toHaveLength(2);
    const events = harness.provider.of('create_auth');
    expect(events.map((event) => event.value('SuiteId')).sort()).toEqual([...suiteIds].sort());
    expect(events.map((event) => event.value('State'))).toEqual(['', '']);
    await harness.control('PUT', '/clock', { advanceMs: 864_000_000 });
    expect((await confirm()).status).toBe(409);
  });

  it('installs only what is missing', async () => {
    await harness.control('POST', `/links/${scene.template.qrcodeUrl.split('/').at(-1)}/confirm`, {
      ...{ corpId: scene.corp.corpId, adminUserId: 'admin' },
    });
    const second = await template();
    const link = (await make([scene.template.suiteId, second])).json as unknown as LinkView;
    expect(
      await harness.control('POST', `/links/${link.id}/confirm`, { corpId: scene.corp.corpId, adminUserId: 'admin' }),
    ).toMatchObject({ installed: [{ suiteId: second }], alreadyInstalled: [scene.template.suiteId] });
  });

  it("is refused with WeCom's numbers, all at once", async () => {
    const one = scene.template.suiteId;
    const another = await makeScene(harness);
    expect(await codes([one])).toEqual([842004]);
    expect(await codes([one, one])).toEqual([842004]);
    expect(await codes([one, await template(false), another.template.suiteId, 'dkunknown'])).toEqual([
      842002, 842003, 842003,
    ]);
    const ten = [one];
    while (ten.length < 10) {
      ten.push(await template());
    }
    expect(await codes(ten)).toEqual([842004]);
    expect((await make(ten.slice(1))).status).toBe(200);
  });
});
