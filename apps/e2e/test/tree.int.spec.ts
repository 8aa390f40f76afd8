import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner, type PlanNode } from '@apollo/query-planner';
import { createClient, operations, type Client } from '@daikaifa/client';
import { connectBackend, silentTimeline, startBackend, type Backend } from '@daikaifa/demo';
import { SERVICES } from '@daikaifa/stack';
import { eventually, startPrivateServer, type PrivateServer } from '@daikaifa/testing';
import { parse } from 'graphql';
import { appsOf, CUSTOMERS, DEPARTMENTS } from './apps';
import { corpsOf } from './corps';
import { makeCountedStack, type Cost, type CountedStack } from './counted-stack';
import { growTree, type Branch } from './grown-tree';
import { bringTemplateOnline, root } from './harness';
import type { Service } from './progress';

const ONE = { templates: 1, authorizations: 1, entries: 1 };
const MANY = { templates: 3, authorizations: 20, entries: 20 };

type Publisher = NonNullable<operations.WholeTreeQuery['publisher']>;

let mongo: PrivateServer;
let counted: CountedStack;
let backend: Backend;
let client: Client;
let publisherId: string;
let branch: Branch;

/** Which collections are read, as often as they are: the page of a single parent is a find, those of many an aggregate. */
const collectionsOf = (reads: Readonly<Partial<Record<string, readonly string[]>>>) =>
  Object.fromEntries(
    Object.entries(reads).map(([service, commands]) => [service, commands?.map((one) => one.split(' ')[1]).sort()]),
  );

/** A template, a corp and its app with an entry in each list, made by the people of the provider and of the corp. */
const growBranch = async (): Promise<void> => {
  const online = await bringTemplateOnline(counted.stack);
  const { doors, templateId, suiteId } = online;
  publisherId = doors.publisherId;
  await connectBackend(doors, backend, silentTimeline);
  const apps = appsOf(online, corpsOf(online));
  const app = await apps.join();
  await apps.develop(app);
  await apps.request(app.id, [CUSTOMERS, DEPARTMENTS]);
  await apps.grant(app, [CUSTOMERS, DEPARTMENTS]);
  await apps.untilGranted(app.id);
  await apps.submit([app.id]);
  await apps.untilItem(app.id, 'PENDING');
  branch = {
    templateId,
    suiteId,
    authorizationId: app.authorizationId,
    corpId: app.installation.encryptedCorpId,
    corpAppId: app.id,
  };
};

beforeAll(async () => {
  // The large tree keeps it busy for seconds at a time: not the one that the other specs share.
  mongo = await startPrivateServer('mongo');
  process.env['MONGO_URL'] = mongo.url;
  backend = await startBackend();
  counted = await makeCountedStack();
  await counted.stack.start();
  await growBranch();
  const token = await counted.stack.token('PUBLISHER_ADMIN', [publisherId]);
  client = createClient({ url: counted.stack.urls.gateway, token, timeoutMs: 60_000 });
}, 150_000);

afterAll(async () => {
  await counted?.stop();
  await backend?.stop();
  await mongo?.stop();
}, 60_000);

/** How often each service is asked by the plan of the gateway. */
const plannedCalls = (): Record<Service, number> => {
  const supergraph = Supergraph.build(readFileSync(resolve(root, 'apps/gateway/supergraph.graphql'), 'utf8'));
  const document = parse(operations.WholeTreeDocument.toString());
  const plan = new QueryPlanner(supergraph).buildQueryPlan(operationFromDocument(supergraph.apiSchema(), document));
  const askedBy = (node: PlanNode | undefined): readonly string[] => {
    switch (node?.kind) {
      case 'Fetch':
        return [node.serviceName];
      case 'Sequence':
      case 'Parallel':
        return node.nodes.flatMap(askedBy);
      case 'Flatten':
        return askedBy(node.node);
      default:
        return [];
    }
  };
  const asked = askedBy(plan.node as PlanNode | undefined);
  const counts = SERVICES.map((service) => [service, asked.filter((name) => name === service).length]);
  return Object.fromEntries(counts) as Record<Service, number>;
};

const walk = async (size: typeof ONE): Promise<Publisher> => {
  const { publisher } = await client.ask(operations.WholeTreeDocument, { id: publisherId, ...size });
  expect(publisher).not.toBeNull();
  return publisher!;
};

/** The publisher's, and those of all that is shown below it. */
const idsIn = (publisher: Publisher): readonly string[] => [
  publisherId,
  ...new Set(Array.from(JSON.stringify(publisher).matchAll(/"id":"([^"]+)"/g), ([, id]) => id!)),
];

/** Work in the background may fall into one measurement, and not into the next in the same way. */
const measure = async (size: typeof ONE): Promise<Cost & { readonly answer: Publisher }> => {
  let before: Cost['reads'] | null = null;
  return eventually(
    async () => {
      const measured = await counted.measure(() => walk(size), idsIn);
      const isSteady = before !== null && isDeepStrictEqual(measured.reads, before);
      before = measured.reads;
      return isSteady ? measured : null;
    },
    { timeoutMs: 60_000 },
  );
};

/** How many there are of each kind in the whole answer. */
const sizesOf = ({ templates }: Publisher) => {
  const authorizations = templates.nodes.flatMap((template) => template.authorizations.nodes);
  const apps = authorizations.flatMap(({ corpApp }) => (corpApp === null ? [] : [corpApp]));
  return {
    templates: templates.nodes.length,
    callbackEndpoints: templates.nodes.filter(({ callbackEndpoint }) => callbackEndpoint !== null).length,
    suites: templates.nodes.filter(({ suite }) => suite !== null).length,
    itemsOfTemplates: templates.nodes.flatMap(({ reviewItems }) => reviewItems.nodes).length,
    links: templates.nodes.flatMap(({ authorizationLinks }) => authorizationLinks.nodes).length,
    authorizations: authorizations.length,
    apps: new Set(apps.map(({ id }) => id)).size,
    revisions: apps.flatMap(({ revisions }) => revisions).length,
    requests: apps.flatMap(({ permissions }) => permissions?.requests.nodes ?? []).length,
    items: new Set(apps.flatMap(({ reviewItems }) => reviewItems.nodes.map(({ id }) => id))).size,
    deliveries: new Set(apps.flatMap(({ deliveries }) => deliveries.nodes.map(({ id }) => id))).size,
  };
};

const sizes = ({ templates, authorizations, entries }: typeof ONE) => {
  const apps = templates * authorizations;
  // Each template was rejected once, and then approved.
  const ofTemplates = { callbackEndpoints: templates, suites: templates, itemsOfTemplates: templates * 2, links: templates };
  const ofApps = { requests: apps * entries, items: apps * entries, deliveries: apps * entries };
  return { templates, ...ofTemplates, authorizations: apps, apps, revisions: apps, ...ofApps };
};

it('walks the whole tree with the calls of the plan and the same reads, for 1 and for 3 × 20 × 20 entities', async () => {
  // The delivery of the newest event is on its way.
  await eventually(async () => sizesOf(await walk(ONE)).deliveries === 1);
  const one = await measure(ONE);
  expect(sizesOf(one.answer)).toEqual(sizes(ONE));
  expect(one.calls).toEqual(plannedCalls());
  expect(Object.values(one.calls).every((calls) => calls > 0)).toBe(true);
  expect(Object.values(one.reads).every((reads) => reads.length > 0)).toBe(true);

  await growTree(counted.stack, branch, MANY);
  const many = await measure(MANY);
  expect(sizesOf(many.answer)).toEqual(sizes(MANY));
  expect(many.calls).toEqual(plannedCalls());
  expect(collectionsOf(many.reads)).toEqual(collectionsOf(one.reads));
}, 150_000);
