import { capturedLogger, viewerOf } from '@daikaifa/testing';
import { corpAppsIn, type CorpApps } from './corp-apps';
import { createWorld, must, untilReady, type ItemView, type Tenant, type World } from './harness';

const { logger, lines } = capturedLogger();
let world: World;
let tenant: Tenant;
let stranger: Tenant;
let first: { templateId: string; item: ItemView };
let second: { templateId: string; item: ItemView };
let foreign: { templateId: string; item: ItemView };

beforeAll(async () => {
  world = await createWorld({}, { logger });
  tenant = await world.addTenant();
  stranger = await world.addTenant();
  first = await world.pending(tenant);
  world.clock.advance(1_000);
  second = await world.pending(tenant);
  await world.change(tenant.reviewer, 'decideReviewItem', second.item, { decision: 'APPROVED' });
  world.clock.advance(1_000);
  foreign = await world.pending(stranger);
});
afterAll(() => world.stop());

const QUEUE = `query ($filter: ReviewItemFilter, $first: Int, $after: String) {
  reviewItems(filter: $filter, first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
}`;
interface Queue {
  readonly reviewItems: {
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}
const queue = async (viewer = tenant.reviewer, variables: object = {}): Promise<readonly string[]> =>
  (await must(world.graphql<Queue>(viewer, QUEUE, variables))).reviewItems.nodes.map(({ id }) => id);

describe('reviewItems', () => {
  it('shows a reviewer the tenants of the claim, newest first', async () => {
    expect(await queue()).toEqual([second.item.id, first.item.id]);
    const ofBoth = viewerOf(['REVIEWER'], [tenant.id, stranger.id]);
    expect(await queue(ofBoth)).toEqual([foreign.item.id, second.item.id, first.item.id]);
    expect(await queue(viewerOf(['OPERATOR']))).toEqual([foreign.item.id, second.item.id, first.item.id]);
  });

  it('is filtered by publisher, template, state and being overdue', async () => {
    const ofBoth = viewerOf(['REVIEWER'], [tenant.id, stranger.id]);
    expect(await queue(ofBoth, { filter: { publisherId: stranger.id } })).toEqual([foreign.item.id]);
    expect(await queue(ofBoth, { filter: { templateId: first.templateId } })).toEqual([first.item.id]);
    expect(await queue(ofBoth, { filter: { states: ['APPROVED', 'LAUNCHED'] } })).toEqual([second.item.id]);
    expect(await queue(ofBoth, { filter: { states: ['PENDING'], overdue: false } })).toEqual([foreign.item.id, first.item.id]);
    expect(await queue(ofBoth, { filter: { overdue: true } })).toEqual([]);
  });

  it('comes page by page', async () => {
    const page = await must(world.graphql<Queue>(tenant.reviewer, QUEUE, { first: 1 }));
    expect(page.reviewItems).toMatchObject({ nodes: [{ id: second.item.id }], pageInfo: { hasNextPage: true } });
    expect(await queue(tenant.reviewer, { first: 1, after: page.reviewItems.pageInfo.endCursor })).toEqual([first.item.id]);
  });

  it('refuses another tenant, other roles and bad pages, all faults at once', async () => {
    const faultOf = async (viewer: Parameters<typeof world.graphql>[0], variables: object) =>
      (await world.graphql(viewer, QUEUE, variables)).fault;
    expect((await faultOf(tenant.reviewer, { filter: { publisherId: stranger.id } }))?.code).toBe('FORBIDDEN');
    expect((await faultOf(viewerOf(['BACKEND'], [tenant.id]), {}))?.code).toBe('FORBIDDEN');
    expect(await faultOf(tenant.reviewer, { first: 0, after: '' })).toMatchObject({
      code: 'BAD_USER_INPUT',
      violations: ['first PAGE_SIZE', 'after CURSOR'],
    });
    expect((await faultOf(tenant.reviewer, { after: 'nonsense' }))?.code).toBe('BAD_USER_INPUT');
  });
});

describe('reviewItem and reviewTicket', () => {
  const ONE = `query ($item: ID!, $ticket: ID!) {
    reviewItem(id: $item) { id ticket { id } }
    reviewTicket(id: $ticket) { id state publisher { id } items { id } }
  }`;
  it('find one of the own tenant', async () => {
    const variables = { item: first.item.id, ticket: first.item.ticket.id };
    expect(await must(world.graphql(tenant.developer, ONE, variables))).toEqual({
      reviewItem: { id: first.item.id, ticket: { id: first.item.ticket.id } },
      reviewTicket: { id: first.item.ticket.id, state: 'OPEN', publisher: { id: tenant.id }, items: [{ id: first.item.id }] },
    });
    const hidden = { reviewItem: null, reviewTicket: null };
    expect(await must(world.graphql(stranger.admin, ONE, variables))).toEqual(hidden);
  });
});

describe('entities', () => {
  const ENTITIES = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) {
      __typename
      ... on DelegatedTemplate { id reviewItems { nodes { id ticket { id ticketState: state } previousItem { id } } } }
      ... on Publisher { id reviewTickets(first: 1) { nodes { id ticketState: state items { id } } pageInfo { hasNextPage } } }
      ... on ReviewItem { id state }
      ... on ReviewTicket { id ticketState: state }
    }
  }`;
  const representations = () => [
    { __typename: 'DelegatedTemplate', id: first.templateId },
    { __typename: 'DelegatedTemplate', id: second.templateId },
    { __typename: 'DelegatedTemplate', id: foreign.templateId },
    { __typename: 'Publisher', id: tenant.id },
    { __typename: 'Publisher', id: stranger.id },
    { __typename: 'ReviewItem', id: first.item.id },
    { __typename: 'ReviewItem', id: foreign.item.id },
    { __typename: 'ReviewTicket', id: foreign.item.ticket.id },
  ];
  /** Reads of a collection across tenants leave a line each. */
  const readsOf = (collection: string): readonly string[] =>
    lines
      .filter((line) => line['audit.collection'] === collection && line['audit.reason'] === 'operator test-operator')
      .map((line) => String(line['audit.operation']));

  it('of many parents come in as many queries as of one', async () => {
    lines.length = 0;
    const data = await must(world.graphql<{ _entities: object[] }>(viewerOf(['OPERATOR']), ENTITIES, { representations: representations() }));
    expect(data._entities).toMatchObject([
      { id: first.templateId, reviewItems: { nodes: [{ id: first.item.id, ticket: { ticketState: 'OPEN' }, previousItem: null }] } },
      { id: second.templateId, reviewItems: { nodes: [{ id: second.item.id, ticket: { ticketState: 'APPROVED' } }] } },
      { id: foreign.templateId, reviewItems: { nodes: [{ id: foreign.item.id }] } },
      {
        id: tenant.id,
        reviewTickets: { nodes: [{ id: second.item.ticket.id, ticketState: 'APPROVED', items: [{ id: second.item.id }] }], pageInfo: { hasNextPage: true } },
      },
      { id: stranger.id, reviewTickets: { nodes: [{ id: foreign.item.ticket.id }], pageInfo: { hasNextPage: false } } },
      { __typename: 'ReviewItem', id: first.item.id },
      { __typename: 'ReviewItem', id: foreign.item.id },
      { __typename: 'ReviewTicket', id: foreign.item.ticket.id },
    ]);
    // Items: by id, of the templates, and of the tickets: those of the publishers, of the items, of the references.
    const items = readsOf('review_items');
    expect(items.filter((operation) => operation === 'byIds')).toHaveLength(1);
    expect(items.filter((operation) => operation === 'pagesByParent').length).toBeLessThanOrEqual(4);
    expect(readsOf('review_tickets').filter((operation) => operation === 'pagesByParent')).toHaveLength(1);
    expect(readsOf('review_tickets').filter((operation) => operation === 'byIds').length).toBeLessThanOrEqual(2);
  });

  it('of another tenant have nothing to show', async () => {
    const data = await must(world.graphql<{ _entities: object[] }>(tenant.admin, ENTITIES, { representations: representations() }));
    expect(data._entities.slice(2)).toMatchObject([
      { id: foreign.templateId, reviewItems: { nodes: [] } },
      { id: tenant.id },
      { id: stranger.id, reviewTickets: { nodes: [] } },
      { id: first.item.id },
      null,
      null,
    ] as object[]);
  });
});

describe('corp apps', () => {
  let developer: Tenant;
  let app: Awaited<ReturnType<CorpApps['pending']>>;

  beforeAll(async () => {
    developer = await world.addTenant();
    app = await (await corpAppsIn(world)).pending(developer);
    const revision = world.revisionOf('submission-of-the-template');
    await world.publishTemplate(app.templateId, developer.id, { status: 'IN_REVIEW', workingRevision: revision });
    await world.itemWhen(developer.admin, app.templateId, 'PENDING', 'submission-of-the-template');
  });

  it('are told apart from their template by the filter', async () => {
    const of = async (filter: object): Promise<readonly string[]> =>
      (await world.itemsWhere(developer.reviewer, filter)).map(({ kind }) => kind);
    const { templateId, batchId } = app;
    expect((await of({ templateId })).toSorted()).toEqual(['CORP_APP', 'DELEGATED_TEMPLATE']);
    expect(await of({ templateId, kind: 'DELEGATED_TEMPLATE' })).toEqual(['DELEGATED_TEMPLATE']);
    expect(await of({ templateId, kind: 'CORP_APP' })).toEqual(['CORP_APP']);
    expect(await of({ corpAppId: app.app.id })).toEqual(['CORP_APP']);
    expect(await of({ batchId })).toEqual(['CORP_APP']);
    expect(await of({ batchId, kind: 'DELEGATED_TEMPLATE' })).toEqual([]);
    expect(await world.itemsWhere(tenant.reviewer, { corpAppId: app.app.id })).toEqual([]);
  });

  const OF_APPS = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) {
      ... on CorpApp { id reviewItems(first: 5) { nodes { id corpApp { id } template { id } } } }
      ... on DelegatedTemplate { id reviewItems { nodes { kind } } }
    }
  }`;
  const representations = () => [
    { __typename: 'CorpApp', id: app.app.id },
    { __typename: 'CorpApp', id: 'unknown' },
    { __typename: 'DelegatedTemplate', id: app.templateId },
  ];

  it('have their own review items, and their template only those of the template', async () => {
    const data = await must(world.graphql<{ _entities: object[] }>(developer.admin, OF_APPS, { representations: representations() }));
    expect(data._entities).toEqual([
      { id: app.app.id, reviewItems: { nodes: [{ id: app.item.id, corpApp: { id: app.app.id }, template: { id: app.templateId } }] } },
      { id: 'unknown', reviewItems: { nodes: [] } },
      { id: app.templateId, reviewItems: { nodes: [{ kind: 'DELEGATED_TEMPLATE' }] } },
    ]);
  });

  it('of another tenant have nothing to show', async () => {
    const data = await must(world.graphql<{ _entities: object[] }>(tenant.admin, OF_APPS, { representations: representations() }));
    expect(data._entities[0]).toEqual({ id: app.app.id, reviewItems: { nodes: [] } });
  });
});

describe('the doors', () => {
  it('answer nobody without the identity that the gateway signs', async () => {
    const response = await fetch(`${world.app().url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ reviewItems { nodes { id } } }' }),
    });
    expect(response.status).toBe(401);
  });

  it('say that they are ready', async () => {
    await untilReady(world.app().url);
  });
});
