import { authorizationTopic, corpAppTopic, delegatedTemplateTopic, publisherTopic, suiteTopic } from '@daikaifa/contracts';
import { newId, type Viewer } from '@daikaifa/kernel';
import { eventually, uniqueName } from '@daikaifa/testing';
import type { App } from '@daikaifa/service';
import { appEndpointIdOf, endpointIdOf } from '../src/domain/endpoint';
import { createPublisher, must } from '@daikaifa/harness';
import {
  corpAppIdOf,
  corpAppState,
  createSteps,
  openDatabase,
  ownConfig,
  publishBehind,
  publisherState,
  revision,
  startApp,
  suiteState,
  templateState,
  watchTopics,
  type OpenEndpoint,
  type Steps,
} from './harness';
import { push, textXml, ticketXml, verifyUrl } from './wecom';

const config = ownConfig();
let app: App;
let others: Awaited<ReturnType<typeof createPublisher>>;
let watched: Awaited<ReturnType<typeof watchTopics>>;
let steps: Steps;

beforeAll(async () => {
  app = await startApp(config);
  others = await createPublisher(config);
  watched = await watchTopics(config);
  steps = createSteps(app, others);
});
afterAll(async () => {
  await watched.stop();
  await others.stop();
  await app.stop();
});

const inDatabase = async <T>(look: (connection: Awaited<ReturnType<typeof openDatabase>>['connection']) => Promise<T>): Promise<T> => {
  const database = await openDatabase(config);
  try {
    return await look(database.connection);
  } finally {
    await database.close();
  }
};

/** Of the state that a consumer has dealt with last. */
const sequenceOf = (consumer: string, id: string) =>
  inDatabase(async (connection) => {
    const collection = connection.collection<{ _id: string; sequence: number }>(`projection.${consumer}`);
    return (await collection.findOne({ _id: id }))?.sequence ?? null;
  });

/** How many events there ever were of an endpoint, published or not, and whether it is closed. */
const factsOf = (endpointId: string) =>
  inDatabase(async (connection) => {
    const endpoints = connection.collection<{ _id: string; sequence: number; closedAt: Date | null }>('endpoints');
    const { sequence, closedAt } = (await endpoints.findOne({ _id: endpointId }))!;
    return { sequence, closedAt };
  });

/** Every state of the endpoint's template that was published before has been dealt with. */
const templateBehind = async ({ templateId, tenant }: OpenEndpoint): Promise<void> => {
  const marker = templateState(newId(), tenant.id);
  await publishBehind(others, delegatedTemplateTopic, templateId, marker);
  await steps.findWhen(tenant.admin, endpointIdOf(marker.id), () => true);
};

const deleted = { status: 'DELETED', availability: 'DELETED' } as const;

describe('states of templates', () => {
  it('make one endpoint with the address to type into the console, however often they come', async () => {
    const tenant = await steps.addTenant();
    const templateId = newId();
    const state = templateState(templateId, tenant.id);
    await others.state(delegatedTemplateTopic, 1, state);
    await others.state(delegatedTemplateTopic, 1, state);
    await others.state(delegatedTemplateTopic, 2, state);
    const id = endpointIdOf(templateId);
    const view = await steps.findWhen(tenant.admin, id, () => true);
    expect(view).toMatchObject({ url: `${config.publicBaseUrl}/callback/suite/${id}`, keysIssued: false, verifiedAt: null });
    await others.state(delegatedTemplateTopic, 3, { ...state, ...deleted });
    await eventually(() => watched.endpointsOf(id).some(({ state: { closed } }) => closed));
    expect(watched.endpointsOf(id).map(({ type }) => type)).toEqual(['callback.endpoint.made', 'callback.endpoint.closed']);
  });

  it('close the endpoint of a deleted template, whatever older state comes after', async () => {
    const endpoint = await steps.openEndpoint();
    await eventually(async () => (await verifyUrl(endpoint.url, endpoint.keys, endpoint.tenant.corpId)).status === 200);
    await others.state(delegatedTemplateTopic, 5, templateState(endpoint.templateId, endpoint.tenant.id, deleted));
    await others.state(delegatedTemplateTopic, 4, templateState(endpoint.templateId, endpoint.tenant.id));
    await eventually(async () => (await verifyUrl(endpoint.url, endpoint.keys, endpoint.tenant.corpId)).status === 404);
    expect((await steps.find(endpoint.tenant.admin, endpoint.id))?.keysIssued).toBe(false);
    await templateBehind(endpoint);
    expect(await sequenceOf('delegated-template', endpoint.templateId)).toBe(5);
    expect((await verifyUrl(endpoint.url, endpoint.keys, endpoint.tenant.corpId)).status).toBe(404);
  });

  it('keep the endpoint of a retired template open: a late event is still accepted', async () => {
    const endpoint = await steps.openEndpoint();
    const retired = templateState(endpoint.templateId, endpoint.tenant.id, { status: 'RETIRED', availability: 'RETIRED' });
    await others.state(delegatedTemplateTopic, 2, retired);
    await templateBehind(endpoint);
    await eventually(async () => {
      await push(endpoint.url, endpoint.keys, endpoint.suiteId, ticketXml(endpoint.suiteId, uniqueName('late')));
      return watched.signalsOf(endpoint.suiteId).some(({ data }) => data.receiveIdMatched === 'SUITE_ID');
    });
    expect((await factsOf(endpoint.id)).closedAt).toBeNull();
  });

  it('that are poison do not stop those behind them', async () => {
    const tenant = await steps.addTenant();
    const templateId = newId();
    await others.raw(delegatedTemplateTopic, templateId, 'not an event');
    await others.raw(publisherTopic, tenant.id, '{"specversion":"1.0"}');
    await others.raw(suiteTopic, templateId, '{}');
    await others.state(delegatedTemplateTopic, 1, templateState(templateId, tenant.id));
    await steps.findWhen(tenant.admin, endpointIdOf(templateId), () => true);
  });

  it('whose effects ran and whose projection was lost in a crash change nothing the second time', async () => {
    const tenant = await steps.addTenant();
    const templateId = newId();
    const crashing = ownConfig();
    let crashes = 1;
    const first = await startApp(crashing, {
      projections: (real) => ({
        ...real,
        save: async (name, projection) => {
          if (name === 'delegated-template' && crashes > 0) {
            crashes -= 1;
            throw Object.assign(new Error('killed'), { name: 'MongoNetworkError' });
          }
          return real.save(name, projection);
        },
      }),
    });
    const publisher = await createPublisher(crashing);
    const seen = await watchTopics(crashing);
    try {
      await publisher.state(delegatedTemplateTopic, 1, templateState(templateId, tenant.id));
      const database = await openDatabase(crashing);
      await eventually(
        async () =>
          (await database.connection
            .collection<{ _id: string }>('projection.delegated-template')
            .findOne({ _id: templateId })) !== null,
      );
      await database.close();
      // Events of one endpoint come in order: a second one of its making would stand before this.
      await publisher.state(delegatedTemplateTopic, 2, templateState(templateId, tenant.id, deleted));
      const typesSeen = () => seen.endpointsOf(endpointIdOf(templateId)).map(({ type }) => type);
      await eventually(() => typesSeen().includes('callback.endpoint.closed'));
      expect(typesSeen()).toEqual(['callback.endpoint.made', 'callback.endpoint.closed']);
    } finally {
      await seen.stop();
      await publisher.stop();
      await first.stop();
    }
  });
});

describe('states of corp apps', () => {
  const CORP_APP = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) { ... on CorpApp { id callbackEndpoint { id url kind template { id } corpApp { id } } } }
  }`;
  interface AppView {
    readonly id: string;
    readonly callbackEndpoint: { readonly id: string; readonly kind: string; readonly corpApp: { id: string } | null } | null;
  }

  const appsOf = async (viewer: Viewer, ids: readonly string[]) => {
    const representations = ids.map((id) => ({ __typename: 'CorpApp', id }));
    return (await must(steps.graphql<{ _entities: readonly AppView[] }>(viewer, CORP_APP, { representations })))._entities;
  };
  const endpointOf = async (viewer: Viewer, id: string) => (await appsOf(viewer, [id]))[0]?.callbackEndpoint ?? null;

  it('make an endpoint of its own where a revision says so, else the app shares the template’s', async () => {
    const endpoint = await steps.openEndpoint();
    const { admin } = endpoint.tenant;
    const corp = steps.newCorp(endpoint);
    const id = corpAppIdOf(corp);
    const ownId = appEndpointIdOf(id);
    expect(await endpointOf(admin, id)).toBeNull();
    await steps.configure(corp, 1, { status: 'TO_DEVELOP' });
    await eventually(async () => (await endpointOf(admin, id))?.id === endpoint.id);

    await steps.configure(corp, 2, { workingRevision: revision('DRAFT', 'OWN') });
    const own = await eventually(async () => {
      const found = await endpointOf(admin, id);
      return found?.id === ownId ? found : null;
    });
    expect(own).toEqual({
      id: ownId,
      url: `${config.publicBaseUrl}/callback/app/${ownId}`,
      kind: 'APP',
      template: { id: endpoint.templateId },
      corpApp: { id },
    });
    await steps.configure(corp, 2, { workingRevision: revision('DRAFT', 'OWN') });
    // Online with its own, and a newer draft that goes back to the template's: both stay open.
    await steps.configure(corp, 3, { onlineRevision: revision('ONLINE', 'OWN'), workingRevision: revision('DRAFT', 'TEMPLATE') });
    await eventually(async () => (await endpointOf(admin, id))?.id === endpoint.id);
    await steps.configure(corp, 4, { onlineRevision: revision('ONLINE', 'OWN'), workingRevision: null });
    await eventually(async () => (await endpointOf(admin, id))?.id === ownId);
    await eventually(() => watched.endpointsOf(ownId).length > 0);
    expect(await factsOf(ownId)).toEqual({ sequence: 1, closedAt: null });
    expect(watched.endpointsOf(ownId).map(({ type }) => type)).toEqual(['callback.endpoint.made']);
    expect(watched.endpointsOf(ownId)[0]?.state).toMatchObject({ kind: 'APP', subject: { kind: 'CORP_APP', id } });
  });

  it('close it when the app is cancelled, whatever older state comes after; a cancelled one never gets any', async () => {
    const endpoint = await steps.openEndpoint();
    const [corp, late] = [steps.newCorp(endpoint), steps.newCorp(endpoint)];
    const id = appEndpointIdOf(corpAppIdOf(corp));
    await steps.configure(corp, 1, { workingRevision: revision('DRAFT', 'OWN') });
    await steps.configure(corp, 3, { status: 'CANCELLED', workingRevision: null, corpId: '', erased: true });
    await steps.configure(corp, 2, { workingRevision: revision('IN_REVIEW', 'OWN'), status: 'IN_REVIEW' });
    await steps.configure(late, 1, { status: 'CANCELLED', workingRevision: revision('DRAFT', 'OWN') });
    await eventually(() => watched.endpointsOf(id).some(({ state }) => state.closed));
    expect(watched.endpointsOf(id).map(({ type }) => type)).toEqual(['callback.endpoint.made', 'callback.endpoint.closed']);
    for (const one of [corp, late]) {
      const marker = corpAppState(steps.newCorp(endpoint), { workingRevision: revision('DRAFT', 'OWN') });
      await publishBehind(others, corpAppTopic, corpAppIdOf(one), marker);
      await steps.findWhen(endpoint.tenant.admin, appEndpointIdOf(marker.id), () => true);
    }
    expect(await factsOf(id)).toEqual({ sequence: 2, closedAt: expect.any(Date) });
    expect(await steps.find(endpoint.tenant.admin, appEndpointIdOf(corpAppIdOf(late)))).toBeNull();
  });

  it('are shown to their tenant only, in one answer for many', async () => {
    const endpoint = await steps.openEndpoint();
    const corps = [steps.newCorp(endpoint), steps.newCorp(endpoint)];
    await steps.openAppEndpoint(corps[0]!);
    await steps.configure(corps[1]!, 1, {});
    const ids = corps.map((corp) => corpAppIdOf(corp));
    await eventually(async () => (await endpointOf(endpoint.tenant.admin, ids[1]!)) !== null);
    const found = await appsOf(endpoint.tenant.admin, ids);
    expect(found.map(({ callbackEndpoint }) => callbackEndpoint?.id)).toEqual([appEndpointIdOf(ids[0]!), endpoint.id]);
    const stranger = await steps.addTenant();
    expect((await appsOf(stranger.admin, ids)).map(({ callbackEndpoint }) => callbackEndpoint)).toEqual([null, null]);
  });

  it('and authorizations that are poison do not stop those behind them', async () => {
    const endpoint = await steps.openEndpoint();
    const corp = steps.newCorp(endpoint);
    await others.raw(corpAppTopic, corpAppIdOf(corp), '{}');
    await others.raw(authorizationTopic, corp.authorizationId, 'not an event');
    const own = await steps.openAppEndpoint(corp);
    await steps.authorize(corp);
    await eventually(async () => {
      const { status } = await push(own.url, own.keys, corp.corpId, textXml(corp.corpId, uniqueName('t')));
      return status === 200 && watched.appSignalsOf(endpoint.suiteId, corp.corpId).length > 0;
    });
  });
});

describe('states of publishers and suites', () => {
  it('may come in any order, and a newer one counts', async () => {
    const endpoint = await steps.openEndpoint({ suiteRecorded: false });
    await others.state(suiteTopic, 2, suiteState(endpoint.templateId, endpoint.tenant.id, endpoint.suiteId));
    await others.state(suiteTopic, 1, suiteState(endpoint.templateId, endpoint.tenant.id, null));
    const marker = suiteState(newId(), endpoint.tenant.id, null);
    await publishBehind(others, suiteTopic, endpoint.templateId, marker);
    await eventually(async () => (await sequenceOf('suite', marker.id)) === 1);
    await others.state(publisherTopic, 2, publisherState(endpoint.tenant.id, 'wwMoved'));
    await eventually(async () => (await verifyUrl(endpoint.url, endpoint.keys, 'wwMoved')).status === 200);
    expect((await verifyUrl(endpoint.url, endpoint.keys, endpoint.tenant.corpId)).status).toBe(400);
    await eventually(async () => {
      await push(endpoint.url, endpoint.keys, endpoint.suiteId, ticketXml(endpoint.suiteId, uniqueName('t')));
      return watched.signalsOf(endpoint.suiteId).some(({ data }) => data.receiveIdMatched === 'SUITE_ID');
    });
  });
});

describe('a service without a history', () => {
  it('has every endpoint after reading from the beginning, also as separate processes', async () => {
    const own = ownConfig();
    const seed = await startApp({ ...own, roles: ['api'] });
    const publisher = await createPublisher(own);
    const tenantId = newId();
    const templateIds = [newId(), newId(), newId()];
    await publisher.state(publisherTopic, 1, publisherState(tenantId, 'wwSeed'));
    for (const templateId of templateIds) {
      await publisher.state(delegatedTemplateTopic, 1, templateState(templateId, tenantId));
    }
    const consumer = await startApp({ ...own, roles: ['consumer', 'worker'] });
    const ownSteps = createSteps(seed, publisher);
    const { admin } = { admin: { subject: 'a', roles: ['PUBLISHER_ADMIN'] as const, publisherIds: [tenantId] } };
    try {
      for (const templateId of templateIds) {
        await ownSteps.findWhen(admin, endpointIdOf(templateId), () => true);
      }
      expect((await fetch(`${consumer.url}/graphql`, { method: 'POST' })).status).toBe(404);
      expect((await fetch(`${consumer.url}/health/ready`)).status).toBe(200);
      expect((await fetch(`${seed.url}/callback/suite/${endpointIdOf(templateIds[0]!)}`)).status).toBe(404);
    } finally {
      await consumer.stop();
      await publisher.stop();
      await seed.stop();
    }
  });
});
