import { operations } from '@daikaifa/client';
import {
  cancel,
  configure,
  connectBackend,
  findCorpApps,
  found,
  grantPermissions,
  silentTimeline,
  startBackend,
  type Backend,
  type Customers,
  type OnlineTemplate,
} from '@daikaifa/demo';
import { APPS, type App, type Stack } from '@daikaifa/stack';
import { eventually } from '@daikaifa/testing';
import { authorizeCorp, bringTemplateOnline, letWecomInsist, makeStack } from './harness';
import { openStores, type StackStores, type Written } from './stores';

/** As the demo names its corp. */
const CORP_NAME = '示例企业';

const LATE: readonly App[] = ['app-config', 'permission'];

/**
 * What stays although the corp has left: the authorization itself, by its encrypted corp id alone. Without it a new scan
 * could not open the next epoch, and late events of this one could not be told from it.
 */
const KEPT: readonly string[] = ['KAFKA daikaifa.authorization.authorization.v1', 'MONGODB authorization.authorizations'];

let stack: Stack;
let stores: StackStores;
let backend: Backend;
let online: OnlineTemplate;
let customers: Customers;

/** Everything but the two that come later; the gateway says which it misses. */
const startAllButLate = async (): Promise<void> => {
  const early = APPS.filter((app) => app !== 'gateway' && !LATE.includes(app));
  await Promise.all(early.map((app) => stack.processes[app].start()));
  await letWecomInsist(stack);
  await stack.processes.gateway.start({ waitForReady: false });
  await eventually(() => fetch(`${stack.urls.gateway}/health/live`).then(({ ok }) => ok), { timeoutMs: 60_000 });
};

beforeAll(async () => {
  stack = await makeStack();
  await startAllButLate();
  online = await bringTemplateOnline(stack);
  stores = await openStores(stack);
  backend = await startBackend();
}, 180_000);

afterAll(async () => {
  await backend?.stop();
  await stores?.close();
  await stack?.stop();
}, 60_000);

describe('app-config and permission', () => {
  it('start late: authorizations made before they existed get their app and its permissions', async () => {
    const { doors, templateId, suiteId } = online;
    const { corp, installation, authorization, link } = await authorizeCorp(online);

    await Promise.all(LATE.map((app) => stack.processes[app].start()));

    const [app] = await eventually(async () => {
      const apps = await findCorpApps(doors, templateId);
      return apps.length > 0 ? apps : null;
    });
    expect(app).toMatchObject({ status: 'TO_DEVELOP', corpLabel: 'DEVELOPING', authorization: { id: authorization.id } });
    const id = found(app, 'the app').id;
    const set = await eventually(
      async () => (await doors.developer.ask(operations.PermissionsOfCorpAppDocument, { id })).permissionSet,
    );
    expect(set).toMatchObject({ id, status: 'ACTIVE' });
    customers = {
      doors,
      of: { templateId, suiteId, linkUrl: found(link.url, 'the URL') },
      first: { corp, installation, authorizationId: authorization.id, corpAppId: id },
    };
  }, 120_000);
});

/** Of a state topic only the last state of each aggregate is live: compaction takes the others. */
const lastStates = async (): Promise<readonly Written[]> => {
  const { kafka, names } = stores;
  const last = new Map<string, Written>();
  const topics = await kafka.withAdmin((admin) => admin.listTopics());
  const live = topics.filter((one) => one.startsWith(`${names.topic}daikaifa.`) && !one.includes('.wecom.'));
  for (const { topic, key, value } of await stores.records(live)) {
    last.set(`${topic}/${key}`, { store: 'KAFKA', place: topic, bytes: Buffer.from(value) });
  }
  return [...last.values()];
};

const shortPlace = ({ store, place }: Written): string => `${store} ${place.replace(stores.names.database, '').replace(stores.names.topic, '')}`;

describe('after the corp has cancelled', () => {

  it('its ids are nowhere but where they have to be', async () => {
    const { doors, first, of } = customers;
    await connectBackend(doors, backend, silentTimeline);
    const { authorizationId, installation, corpAppId } = first;
    await configure(doors, { templateId: of.templateId, authorizationId, installationId: installation.id }, silentTimeline);
    await grantPermissions(stack, doors, { corpAppId, installationId: installation.id }, silentTimeline);

    await cancel(stack, customers, silentTimeline);

    const holdersOf = async (ids: readonly string[]): Promise<readonly string[]> => {
      const written = (await stores.read()).filter(({ store }) => store === 'MONGODB' || store === 'REDIS');
      const holders = [...written, ...(await lastStates())].filter(({ bytes }) => ids.some((id) => bytes.includes(id)));
      return [...new Set(holders.map(shortPlace))].sort();
    };
    await eventually(
      async () => {
        expect(await holdersOf([installation.encryptedCorpId])).toEqual(KEPT);
        expect(await holdersOf([first.corp.corpId, CORP_NAME])).toEqual([]);
        return true;
      },
      { timeoutMs: 60_000, everyMs: 1_000 },
    );
  }, 180_000);
});
