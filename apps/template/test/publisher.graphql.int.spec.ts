import { publisherTopic } from '@daikaifa/contracts';
import { eventually, uniqueName, viewerOf } from '@daikaifa/testing';
import type { App } from '@daikaifa/service';
import { graphqlOf, must, watchTopic, type Graphql } from '@daikaifa/harness';
import { createSteps, operator, ownConfig, REGISTER, startApp } from './harness';

const UPDATE = `mutation ($input: UpdateServiceProviderInput!) {
  updateServiceProvider(input: $input) { publisher { id version name ipWhitelist review { fourEyes dueWorkingDays } } warnings { code } }
}`;
const PUBLISHER = 'query ($id: ID!) { publisher(id: $id) { id name } }';
const PUBLISHERS = 'query ($first: Int, $after: String) { publishers(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }';

interface Registered {
  readonly registerServiceProvider: { readonly publisher: { readonly id: string; readonly version: number } };
}

interface Updated {
  readonly updateServiceProvider: { readonly publisher: { readonly review: Readonly<Record<string, unknown>> } };
}

const config = ownConfig();
let app: App;
let graphql: Graphql;
let steps: ReturnType<typeof createSteps>;

beforeAll(async () => {
  app = await startApp(config);
  graphql = graphqlOf(app);
  steps = createSteps(graphql);
});
afterAll(() => app.stop());

const inputOf = (changes: object = {}) => ({
  idempotencyKey: uniqueName('key'),
  corpId: uniqueName('ww').replaceAll('-', ''),
  name: '云帆科技',
  ...changes,
});

describe('registerServiceProvider', () => {
  it('makes a publisher and announces it', async () => {
    const topic = await watchTopic(config, publisherTopic);
    const input = inputOf({ ipWhitelist: ['203.0.113.0/24'], testCorps: [{ corpId: 'wwtest0001', name: '测试' }] });
    const { data } = await graphql<Registered & { registerServiceProvider: { warnings: { code: string }[] } }>(
      operator,
      REGISTER,
      { input },
    );
    const { publisher, warnings } = data.registerServiceProvider;
    expect(publisher.version).toBe(1);
    expect(warnings).toEqual([{ code: 'IP_UNCONFIRMED' }]);
    const [event] = await eventually(() => (topic.of(publisher.id).length > 0 ? topic.of(publisher.id) : null));
    expect(event).toMatchObject({
      type: 'template.publisher.registered',
      sequence: 1,
      state: { id: publisher.id, kind: 'SERVICE_PROVIDER', corpId: input.corpId, review: { fourEyes: true } },
    });
    await topic.stop();
  });

  it.each([['PUBLISHER_ADMIN'], ['PUBLISHER_DEVELOPER'], ['REVIEWER'], ['BACKEND'], ['VIEWER']] as const)(
    'is refused to %s',
    async (role) => {
      const { fault } = await graphql(viewerOf([role], ['p1']), REGISTER, { input: inputOf() });
      expect(fault?.code).toBe('FORBIDDEN');
    },
  );

  it('reports all faults at once', async () => {
    const input = inputOf({ corpId: 'x', name: '', ipWhitelist: ['1.2.3'], review: { dueHours: 0, dueWorkingDays: 0 } });
    const { fault } = await graphql(operator, REGISTER, { input });
    expect(fault).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['CORP_ID_FORMAT', 'NAME_LENGTH', 'IP_FORMAT', 'DUE_HOURS', 'DUE_WORKING_DAYS'],
    });
  });

  it('answers the same publisher for a repeated key, and CONFLICT for the key with another input', async () => {
    const input = inputOf();
    const first = await must(graphql<Registered>(operator, REGISTER, { input }));
    const second = await must(graphql<Registered>(operator, REGISTER, { input }));
    expect(second).toEqual(first);
    const other = await graphql(operator, REGISTER, { input: { ...input, name: '另一家' } });
    expect(other.fault?.code).toBe('CONFLICT');
  });

  it('knows a corp only once', async () => {
    const input = inputOf();
    await must(graphql(operator, REGISTER, { input }));
    const { fault } = await graphql(operator, REGISTER, { input: inputOf({ corpId: input.corpId }) });
    expect(fault?.code).toBe('CONFLICT');
  });
});

describe('updateServiceProvider', () => {
  it('changes what is given, once per version', async () => {
    const { id, admin } = await steps.registerProvider();
    const input = { publisherId: id, expectedVersion: 1, ipWhitelist: ['203.0.113.7'], review: { fourEyes: false } };
    expect(await must(graphql(admin, UPDATE, { input }))).toEqual({
      updateServiceProvider: {
        publisher: { id, version: 2, name: '云帆科技', ipWhitelist: ['203.0.113.7'], review: { fourEyes: false, dueWorkingDays: null } },
        warnings: [],
      },
    });
    expect((await graphql(admin, UPDATE, { input })).fault?.code).toBe('CONFLICT');
  });

  it('counts working days when the publisher wants it, and hours again', async () => {
    const { id, admin } = await steps.registerProvider();
    const topic = await watchTopic(config, publisherTopic);
    const review = async (expectedVersion: number, change: object) =>
      (await must(graphql<Updated>(admin, UPDATE, { input: { publisherId: id, expectedVersion, review: change } })))
        .updateServiceProvider.publisher.review;
    expect(await review(1, { dueWorkingDays: 2 })).toMatchObject({ dueWorkingDays: 2 });
    expect(await review(2, { fourEyes: false })).toMatchObject({ dueWorkingDays: 2, fourEyes: false });
    expect(await review(3, { dueWorkingDays: null })).toMatchObject({ dueWorkingDays: null });
    await eventually(() => topic.of(id).length === 4);
    expect(topic.of(id).map(({ state }) => state.review.dueWorkingDays)).toEqual([null, 2, 2, null]);
    await topic.stop();
  });

  it('is the admin’s, of the own tenant', async () => {
    const { id, developer } = await steps.registerProvider();
    const other = await steps.registerProvider();
    const input = { publisherId: id, expectedVersion: 1, name: '新名' };
    expect((await graphql(developer, UPDATE, { input })).fault?.code).toBe('FORBIDDEN');
    expect((await graphql(operator, UPDATE, { input })).fault?.code).toBe('FORBIDDEN');
    expect((await graphql(other.admin, UPDATE, { input })).fault?.code).toBe('NOT_FOUND');
  });

  it('reports all faults at once', async () => {
    const { id, admin } = await steps.registerProvider();
    const input = { publisherId: id, expectedVersion: 1, name: '', ipWhitelist: ['x', '1.1.1.1', '1.1.1.1'] };
    expect((await graphql(admin, UPDATE, { input })).fault).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['NAME_LENGTH', 'IP_FORMAT', 'IP_REPEATED'],
    });
  });
});

describe('reading publishers', () => {
  it('shows a tenant its own only, an operator all of them, page by page', async () => {
    const one = await steps.registerProvider();
    const two = await steps.registerProvider();
    expect((await must(graphql(one.admin, PUBLISHER, { id: one.id })))).toEqual({ publisher: { id: one.id, name: '云帆科技' } });
    expect((await must(graphql(one.admin, PUBLISHER, { id: two.id })))).toEqual({ publisher: null });
    expect((await must(graphql(one.admin, PUBLISHERS)))).toMatchObject({ publishers: { nodes: [{ id: one.id }] } });

    type Listed = { publishers: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
    const first = await must(graphql<Listed>(operator, PUBLISHERS, { first: 1 }));
    expect(first.publishers.nodes).toEqual([{ id: two.id }]);
    const { endCursor: after } = first.publishers.pageInfo;
    const second = await must(graphql<Listed>(operator, PUBLISHERS, { first: 1, after }));
    expect(second.publishers.nodes).toEqual([{ id: one.id }]);
  });

  it('is not for backends', async () => {
    const { id } = await steps.registerProvider();
    expect((await graphql(viewerOf(['BACKEND'], [id]), PUBLISHER, { id })).fault?.code).toBe('FORBIDDEN');
  });
});
