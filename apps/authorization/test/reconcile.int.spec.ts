import { eventually, manualClock, viewerOf } from '@daikaifa/testing';
import { PATHS } from './fake-wecom';
import { must } from './harness';
import { openScene, type Scene } from './scene';

const RECONCILE = `mutation ($input: ReconcileAuthorizationsInput!) {
  reconcileAuthorizations(input: $input) { reconciliation { id startedAt } }
}`;
const REREAD = `mutation ($input: RereadAuthorizationInput!) {
  rereadAuthorization(input: $input) { authorization { id } }
}`;
const PROGRESS = `query ($id: ID!) {
  reconciliation(id: $id) { id template { id } requestedBy progress { finished active waiting changed } }
}`;

interface Started {
  readonly reconcileAuthorizations: { readonly reconciliation: { readonly id: string } };
}
interface Found {
  readonly reconciliation: {
    readonly template: { readonly id: string };
    readonly requestedBy: string;
    readonly progress: { readonly finished: boolean; readonly active: number; readonly waiting: number; readonly changed: number };
  } | null;
}

const WATCHERS = 6;

let scene: Scene;
let suite: Awaited<ReturnType<Scene['newSuite']>>;
let keys = 0;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());
beforeEach(async () => {
  suite = await scene.newSuite();
  keys += 1;
});

const reconcile = (viewer = suite.admin, input: { readonly templateId?: string; readonly idempotencyKey?: string } = {}) =>
  scene.graphql<Started>(viewer, RECONCILE, {
    input: { templateId: suite.templateId, idempotencyKey: `key-${keys}`, ...input },
  });
const idOf = async (answer: ReturnType<typeof reconcile>): Promise<string> =>
  (await must(answer)).reconcileAuthorizations.reconciliation.id;
const finished = (id: string, options: Parameters<typeof eventually>[1] = {}) =>
  eventually(async () => {
    const { reconciliation } = await must(scene.graphql<Found>(suite.viewer, PROGRESS, { id }));
    return reconciliation?.progress.finished === true ? reconciliation : null;
  }, options);

const readsOf = (corpId: string): number =>
  scene.wecom.calls(PATHS.authInfo).filter(({ body }) => body['auth_corpid'] === corpId).length;
/** Events are written with the state that caused them: what is not there now will not be published later. */
const eventsWritten = async (id: string): Promise<number | undefined> =>
  (await scene.mongo.connection.collection<{ _id: string; sequence: number }>('authorizations').findOne({ _id: id }))?.sequence;

describe('reconcileAuthorizations', () => {
  it('finds what no event told, and announces nothing of what is the same', async () => {
    const changed = await scene.granted(suite);
    const same = await scene.granted(suite);
    await eventually(() => scene.events.of(same.view.id).length === 2);
    changed.app.permissions = ['contact:base:base'];

    const { template, requestedBy, progress } = await finished(await idOf(reconcile()));

    expect({ template, requestedBy, progress }).toEqual({
      template: { id: suite.templateId },
      requestedBy: suite.admin.subject,
      progress: { finished: true, active: 2, waiting: 0, changed: 1 },
    });
    await scene.authorizationWhen(
      suite,
      ({ id, current }) => id === changed.view.id && current.observation.permissions?.codes.length === 1,
    );
    await eventually(() => scene.events.of(changed.view.id).length === 3);
    expect(scene.events.of(changed.view.id).at(-1)).toMatchObject({ type: 'authorization.observed' });
    expect(await eventsWritten(same.view.id)).toBe(2);
  });

  it('finds a cancellation whose event was dropped, by two refusals', async () => {
    const { app, view } = await scene.granted(suite);
    scene.wecom.cancel(app);

    const id = await idOf(reconcile());
    // Several look at once, and again and again: none of them may see the end without what it found.
    const seen = await Promise.all(Array.from({ length: WATCHERS }, () => finished(id, { everyMs: 0 })));

    expect(seen.map(({ progress }) => progress)).toEqual(seen.map(() => ({ finished: true, active: 0, waiting: 0, changed: 1 })));
    await scene.authorizationWhen(suite, (one) => one.id === view.id && one.status === 'CANCELLED');
  });

  it('is not finished while one cannot be read', async () => {
    const { app } = await scene.granted(suite);
    const before = readsOf(app.corpId);
    app.unreadable = true;
    const id = await idOf(reconcile());
    // The second try: the first has come to nothing then.
    await eventually(() => readsOf(app.corpId) >= before + 2);
    const { reconciliation } = await must(scene.graphql<Found>(suite.viewer, PROGRESS, { id }));
    expect(reconciliation?.progress).toMatchObject({ finished: false, waiting: 1 });

    app.unreadable = false;
    await finished(id);
  });

  it('reads once more what was being read when it was asked for', async () => {
    const { app, view } = await scene.granted(suite);
    const before = readsOf(app.corpId);
    const release = scene.wecom.holdReads(app);
    await must(scene.graphql(suite.admin, REREAD, { input: { authorizationId: view.id } }));
    await eventually(() => readsOf(app.corpId) === before + 1);
    const id = await idOf(reconcile());
    const reconciliations = scene.mongo.connection.collection<{ _id: string; planned: number }>('reconciliations');
    await eventually(async () => (await reconciliations.findOne({ _id: id }))?.planned === 1);

    release();

    await finished(id);
    expect(readsOf(app.corpId)).toBe(before + 2);
  });

  it('with the same key is one, and the key is good for one template', async () => {
    const first = await idOf(reconcile());
    const other = await scene.newSuite();

    expect(await idOf(reconcile())).toBe(first);
    const viewer = viewerOf(['PUBLISHER_DEVELOPER'], [suite.publisherId, other.publisherId]);
    await scene.others.template(other.templateId, suite.publisherId);
    const clash = await eventually(async () => {
      const { fault } = await reconcile(viewer, { templateId: other.templateId });
      return fault?.code === 'CONFLICT' ? fault : null;
    });
    expect(clash.code).toBe('CONFLICT');
  });

  it.each(['VIEWER', 'REVIEWER', 'BACKEND', 'OPERATOR'] as const)('is refused to %s', async (role) => {
    expect((await reconcile(viewerOf([role], [suite.publisherId]))).fault?.code).toBe('FORBIDDEN');
  });

  it('does not find another tenant’s template, nor its reconciliation', async () => {
    const stranger = viewerOf(['PUBLISHER_ADMIN'], ['another-publisher']);
    const id = await idOf(reconcile());

    expect((await reconcile(stranger)).fault?.code).toBe('NOT_FOUND');
    expect((await reconcile(suite.admin, { templateId: 'unknown' })).fault?.code).toBe('NOT_FOUND');
    expect(await must(scene.graphql<Found>(stranger, PROGRESS, { id }))).toEqual({ reconciliation: null });
  });
});

describe('reconciliations of a template', () => {
  const LIST = `query ($representations: [_Any!]!, $first: Int, $after: String) {
    _entities(representations: $representations) {
      ... on DelegatedTemplate {
        reconciliations(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
      }
    }
  }`;
  interface Listed {
    readonly _entities: ReadonlyArray<{
      readonly reconciliations: {
        readonly nodes: ReadonlyArray<{ readonly id: string }>;
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
      };
    }>;
  }
  const list = async (templateIds: readonly string[], viewer = suite.viewer, page: object = {}) => {
    const representations = templateIds.map((id) => ({ __typename: 'DelegatedTemplate', id }));
    const { _entities } = await must(scene.graphql<Listed>(viewer, LIST, { representations, ...page }));
    return _entities.map(({ reconciliations: { nodes, pageInfo } }) => ({ ids: nodes.map(({ id }) => id), pageInfo }));
  };

  it('are listed newest first, page by page, each under its own', async () => {
    const ids: string[] = [];
    for (const idempotencyKey of ['one', 'two', 'three']) {
      ids.unshift(await idOf(reconcile(suite.admin, { idempotencyKey })));
    }
    const other = await scene.newSuite();
    const [first] = await list([suite.templateId], suite.viewer, { first: 2 });
    expect(first).toMatchObject({ ids: ids.slice(0, 2), pageInfo: { hasNextPage: true } });
    const [second] = await list([suite.templateId], suite.viewer, { first: 2, after: first?.pageInfo.endCursor });
    expect(second).toMatchObject({ ids: ids.slice(2), pageInfo: { hasNextPage: false } });

    const both = viewerOf(['VIEWER'], [suite.publisherId, other.publisherId]);
    expect((await list([other.templateId, suite.templateId], both)).map((page) => page.ids)).toEqual([[], ids]);
  });

  it('are not shown to another tenant', async () => {
    await idOf(reconcile());

    const [page] = await list([suite.templateId], viewerOf(['PUBLISHER_ADMIN'], ['another-publisher']));
    expect(page?.ids).toEqual([]);
  });
});

describe('the routine', () => {
  const clock = manualClock(new Date());
  let own: Scene;

  beforeAll(async () => {
    own = await openScene({ clock });
  });
  afterAll(() => own.close());

  it('finds a change whose event was dropped', async () => {
    const ownSuite = await own.newSuite();
    const { app, view } = await own.granted(ownSuite);
    app.users = ['woUser1', 'woUser2', 'woUser3'];

    clock.advance(30 * 3_600_000);

    const holds = ({ id, current }: typeof view): boolean => id === view.id && current.observation.scope?.users === 3;
    await own.authorizationWhen(ownSuite, holds, 30_000);
  });
});
