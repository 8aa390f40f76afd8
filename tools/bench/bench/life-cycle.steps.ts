// One corp from the scan to its erasure, with the demo's steps, and how long each took. Waits ask for one thing by its id
// or for the newest five, so that what is measured is the services' growth and not that of the question.
import { operations } from '@daikaifa/client';
import {
  CUSTOMERS,
  decide,
  developInConsole,
  editCorpApp,
  findAuthorizations,
  found,
  GOOD_CONTENT,
  isOnline,
  issueKeys,
  launch,
  makeCorp,
  openToMembers,
  requestInConsole,
  requestPermissions,
  scan,
  silentTimeline,
  startCorpApp,
  submitApps,
  until,
  untilCorpApp,
  untilItems,
  untilObserved,
  untilPermissions,
  type AppOfTemplate,
  type Backend,
  type Customer,
  type Doors,
} from '@daikaifa/demo';

/** On a busy machine with a thousand authorizations a step may be slow: that is to be seen, not to end the run. */
const STEP_LIMIT_MS = 60_000;

export interface Surroundings {
  readonly doors: Doors;
  readonly of: AppOfTemplate;
  readonly backend: Backend;
}

export type Timed = <T>(step: string, work: () => Promise<T>) => Promise<T>;

const APP_OF_AUTHORIZATION = 'query AppOfAuthorization($id: ID!) { authorization(id: $id) { id corpApp { id } } }';

interface AppOfAuthorization {
  readonly authorization: { readonly corpApp: { readonly id: string } | null } | null;
}

const appOf = async ({ admin }: Doors, id: string): Promise<string | undefined> =>
  ((await admin.ask(APP_OF_AUTHORIZATION, { id })) as AppOfAuthorization).authorization?.corpApp?.id;

const authorize = async ({ doors, of }: Surroundings, name: string, timed: Timed): Promise<Customer> => {
  const corp = await makeCorp(doors, name);
  const installation = await timed('scanned, confirmed by the admin', async () => found((await scan(doors, of.linkUrl, corp))[0], 'the installation'));
  const authorizationId = await timed('→ ACTIVE', async () => {
    const isActive = (one: { corp: { id: string }; status: string }): boolean =>
      one.corp.id === installation.encryptedCorpId && one.status === 'ACTIVE';
    const newest = await until('the authorization', () => findAuthorizations(doors, of.templateId), (all) => all.some(isActive), STEP_LIMIT_MS);
    return found(newest.find(isActive), 'the authorization').id;
  });
  const corpAppId = await timed('→ corp app visible', async () =>
    found(await until('its app', () => appOf(doors, authorizationId), (id) => id !== undefined, STEP_LIMIT_MS), 'the app'),
  );
  await timed('→ observed', () => untilObserved(doors, of.templateId, installation.encryptedCorpId));
  return { corp, installation, authorizationId, corpAppId };
};

const configure = async ({ doors }: Surroundings, { corpAppId, installation }: Customer): Promise<void> => {
  await startCorpApp(doors, corpAppId);
  await editCorpApp(doors, corpAppId, { ...GOOD_CONTENT, callback: 'OWN' });
  const ask = async () => (await doors.admin.ask(operations.CorpAppEndpointDocument, { id: corpAppId })).corpApp?.callbackEndpoint;
  const endpoint = found(await until('the endpoint of the app', ask, (one) => one?.kind === 'APP', STEP_LIMIT_MS), 'the endpoint');
  await developInConsole(doors, installation.id, { callbackUrl: endpoint.url, ...(await issueKeys(doors, endpoint.id)) });
};

const grant = async ({ doors }: Surroundings, { corpAppId, installation }: Customer, timed: Timed): Promise<void> => {
  const ask = async () => (await doors.developer.ask(operations.PermissionsOfCorpAppDocument, { id: corpAppId })).permissionSet;
  const atWecom = await timed('permissions asked for', async () => {
    await until('the permissions of the app', ask, (set) => set !== null, STEP_LIMIT_MS);
    await requestPermissions(doors, corpAppId, [CUSTOMERS]);
    return requestInConsole(doors, installation.id, [CUSTOMERS]);
  });
  await timed('→ granted', async () => {
    await doors.sandbox.call('POST', `/permission-requests/${atWecom}/confirm`, {});
    await untilPermissions(doors, corpAppId, 'the grant', ({ requests }) => requests.nodes[0]?.state === 'GRANTED');
  });
};

const goOnline = async ({ doors, of }: Surroundings, customer: Customer, timed: Timed): Promise<void> => {
  const { batchId, item } = await timed('submitted, prechecked', async () => {
    const id = await submitApps(doors, of.templateId, [customer.corpAppId]);
    return { batchId: id, item: found((await untilItems(doors, id, 1, 'PENDING'))[0], 'the review item') };
  });
  const approved = await timed('approved', async () => {
    await decide(doors, item, 'APPROVED');
    return untilItems(doors, batchId, 1, 'APPROVED');
  });
  await timed('launched, here and in the console', () => launch(doors, of.suiteId, approved, [customer]));
  await timed('→ seen launched', () => untilCorpApp(doors, customer.corpAppId, 'the launched app', isOnline));
  await timed('opened to its members', () => openToMembers(doors, customer, silentTimeline));
};

const deliver = async ({ doors, backend }: Surroundings, { corp, installation }: Customer, name: string): Promise<void> => {
  const userId = found(corp.members[0], 'a member').userId;
  const text = `${name} 你好`;
  await doors.sandbox.call('POST', `/installations/${installation.id}/messages`, { userId, text });
  const isThis = (event: Backend['received'][number]): boolean => event.type === 'wecom.app.text' && JSON.stringify(event.data).includes(text);
  await until('the message at the backend', async () => backend.received, (events) => events.some(isThis), STEP_LIMIT_MS);
};

const leave = async ({ doors, of }: Surroundings, { authorizationId, installation }: Customer, timed: Timed): Promise<void> => {
  await timed('→ CANCELLED', async () => {
    await doors.sandbox.call('POST', `/installations/${installation.id}/cancel`);
    const isCancelled = (one: { id: string; status: string }): boolean => one.id === authorizationId && one.status === 'CANCELLED';
    await until('the cancelled authorization', () => findAuthorizations(doors, of.templateId), (all) => all.some(isCancelled), STEP_LIMIT_MS);
  });
  await timed('→ erased everywhere', async () => {
    const ask = async () => (await doors.admin.ask(operations.ErasuresDocument, { id: authorizationId })).authorization?.erasures.nodes[0];
    await until('the finished erasure', ask, (one) => one?.state === 'ERASED', STEP_LIMIT_MS);
  });
};

/** The whole life of one corp's app; `timed` is called for every step, in their order. */
export const liveOnce = async (surroundings: Surroundings, name: string, timed: Timed): Promise<void> => {
  const customer = await authorize(surroundings, name, timed);
  await timed('configured, callback verified', () => configure(surroundings, customer));
  await grant(surroundings, customer, timed);
  await goOnline(surroundings, customer, timed);
  await timed('→ message delivered', () => deliver(surroundings, customer, name));
  await leave(surroundings, customer, timed);
};
