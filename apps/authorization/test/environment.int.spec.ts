import { corpAppIdOf } from '@daikaifa/kernel';
import { eventually, uniqueName, viewerOf } from '@daikaifa/testing';
import { PATHS, refusal } from './fake-wecom';
import { must } from './harness';
import { openScene, type AuthorizationView, type Scene } from './scene';

const ENVIRONMENT = `version current { epoch environment environmentBasis environmentMark { markedBy } }`;
const FIND = `query ($id: ID!) { authorization(id: $id) { ${ENVIRONMENT} } }`;
const MARK = `mutation ($input: MarkTestAuthorizationInput!) {
  markTestAuthorization(input: $input) { authorization { ${ENVIRONMENT} } }
}`;

interface Environment {
  readonly version: number;
  readonly current: {
    readonly epoch: number;
    readonly environment: string;
    readonly environmentBasis: string;
    readonly environmentMark: { readonly markedBy: string } | null;
  };
}
interface Marked {
  readonly markTestAuthorization: { readonly authorization: Environment };
}

type Suite = Awaited<ReturnType<Scene['newSuite']>>;

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

const find = async (suite: Suite, id: string): Promise<Environment> =>
  (await must(scene.graphql<{ authorization: Environment }>(suite.viewer, FIND, { id }))).authorization;
const basisOf = async (suite: Suite, id: string): Promise<string> => {
  const { environment, environmentBasis } = (await find(suite, id)).current;
  return `${environment} ${environmentBasis}`;
};
/** Everything was read: nothing but the specs themselves raises the version. */
const settled = async (suite: Suite): Promise<AuthorizationView> => {
  const { view } = await scene.granted(suite);
  await eventually(async () => {
    const found = await scene.mongo.connection
      .collection<{ _id: string; rereadDueAt: Date }>('authorizations')
      .findOne({ _id: view.id });
    return found!.rereadDueAt.getTime() > Date.now() + 3_600_000;
  });
  return view;
};
const mark = async (suite: Suite, id: string, { viewer = suite.admin, version = NaN } = {}) => {
  const expectedVersion = Number.isNaN(version) ? (await find(suite, id)).version : version;
  return scene.graphql<Marked>(viewer, MARK, { input: { authorizationId: id, expectedVersion } });
};

describe('the environment of a grant', () => {
  const listing = async (testCorpIds: readonly string[]) => scene.newSuite({ testCorpIds });

  it('is TEST by the list, for the encrypted id as for the plain one', async () => {
    const { app, code } = scene.wecom.authorize();
    const suite = await listing(['wwOtherPlain', app.corpId]);
    await scene.send(suite, { infoType: 'create_auth', authCode: code });
    const { id } = await scene.authorizationWhen(suite, ({ corp }) => corp.id === app.corpId);

    expect(await basisOf(suite, id)).toBe('TEST LIST');
  });

  it('is FORMAL by the list when WeCom names the corp of every entry', async () => {
    const plain = uniqueName('wwPlain');
    scene.wecom.nameTestCorp(plain, uniqueName('wpAnother'));
    const suite = await listing([plain]);
    const { view } = await scene.granted(suite);

    expect(await basisOf(suite, view.id)).toBe('FORMAL LIST');
  });

  it('is FORMAL by the list although an entry is no plain id of a corp', async () => {
    const suite = await listing(['wpEncryptedOfAnother']);
    scene.wecom.refuseTestCorp('wpEncryptedOfAnother', 40013);
    const { view } = await scene.granted(suite);

    expect(await basisOf(suite, view.id)).toBe('FORMAL LIST');
  });

  it('is not decided without any entry', async () => {
    const suite = await listing([]);
    const { view } = await scene.granted(suite);

    expect(await basisOf(suite, view.id)).toBe('FORMAL UNDECIDED');
  });

  it.each([
    ['knows of no relation', 48001],
    ['fails', -1],
  ])('is not decided while WeCom %s', async (_name, errcode) => {
    const plain = uniqueName('wwPlain');
    const suite = await listing([plain]);
    scene.wecom.refuseTestCorp(plain, errcode);
    const { view } = await scene.granted(suite);

    expect(await basisOf(suite, view.id)).toBe('FORMAL UNDECIDED');
  });

  it('is not decided without a token of the provider', async () => {
    const suite = await listing([uniqueName('wwPlain')]);
    const { providerSecret } = suite;
    scene.wecom.answerNext(PATHS.providerToken, refusal(40001), ({ body }) => body['provider_secret'] === providerSecret);
    const { view } = await scene.granted(suite);

    expect(await basisOf(suite, view.id)).toBe('FORMAL UNDECIDED');
  });
});

describe('markTestAuthorization', () => {
  let suite: Suite;

  beforeEach(async () => {
    suite = await scene.newSuite();
  });

  it('makes it TEST, tells everybody, and is final', async () => {
    const { id } = await settled(suite);

    const { authorization } = (await must(mark(suite, id))).markTestAuthorization;
    expect(authorization.current).toEqual({
      ...{ epoch: 1, environment: 'TEST', environmentBasis: 'PERSON' },
      environmentMark: { markedBy: suite.admin.subject },
    });
    await eventually(() => {
      const told = scene.events.of(id).at(-1)!;
      const { environment, environmentBasis } = told.state.epochs[0]!;
      return told.type === 'authorization.marked-test' && environment === 'TEST' && environmentBasis === 'PERSON';
    });
    expect((await mark(suite, id)).fault?.code).toBe('INVALID_STATE');
  });

  it.each(['PUBLISHER_DEVELOPER', 'OPERATOR'] as const)('is open to %s', async (role) => {
    const { id } = await settled(suite);
    const viewer = viewerOf([role], role === 'OPERATOR' ? [] : [suite.publisherId]);

    expect((await mark(suite, id, { viewer })).fault).toBeUndefined();
    expect(await basisOf(suite, id)).toBe('TEST PERSON');
  });

  it.each(['VIEWER', 'REVIEWER', 'BACKEND'] as const)('is refused to %s', async (role) => {
    const { view } = await scene.granted(suite);

    expect((await mark(suite, view.id, { viewer: viewerOf([role], [suite.publisherId]) })).fault?.code).toBe('FORBIDDEN');
    expect(await basisOf(suite, view.id)).toBe('FORMAL UNDECIDED');
  });

  it('does not find another tenant’s, nor what does not exist', async () => {
    const { view } = await scene.granted(suite);
    const viewer = viewerOf(['PUBLISHER_ADMIN'], ['another-publisher']);

    expect((await mark(suite, view.id, { viewer })).fault?.code).toBe('NOT_FOUND');
    expect((await mark(suite, 'unknown', { version: 1 })).fault?.code).toBe('NOT_FOUND');
  });

  it('refuses an old version', async () => {
    const { id } = await settled(suite);
    const { version } = await find(suite, id);

    expect((await mark(suite, id, { version: version - 1 })).fault?.code).toBe('CONFLICT');
    expect(await basisOf(suite, id)).toBe('FORMAL UNDECIDED');
  });

  it('is refused once the list has decided', async () => {
    const plain = uniqueName('wwPlain');
    scene.wecom.nameTestCorp(plain, uniqueName('wpAnother'));
    suite = await scene.newSuite({ testCorpIds: [plain] });
    const { id } = await settled(suite);

    expect((await mark(suite, id)).fault?.code).toBe('INVALID_STATE');
  });

  it('is refused once the app was begun, here or in the console', async () => {
    const here = await settled(suite);
    await scene.others.corpApp(here.id, suite.publisherId, 'TO_DEVELOP');
    await scene.others.corpApp(here.id, suite.publisherId, 'DEVELOPING');
    const known = scene.mongo.connection.collection<{ _id: string; value: { hasBegun: boolean } }>('projection.corp-app');
    await eventually(async () => (await known.findOne({ _id: corpAppIdOf(here.id, 1) }))?.value.hasBegun === true);
    expect((await mark(suite, here.id)).fault?.code).toBe('INVALID_STATE');

    const { app, code } = scene.wecom.authorize();
    app.publishStatus = 1;
    await scene.send(suite, { infoType: 'create_auth', authCode: code });
    const there = await scene.authorizationWhen(suite, (one) => one.corp.id === app.corpId && scene.isRead(one));
    expect((await mark(suite, there.id)).fault?.code).toBe('INVALID_STATE');
  });

  it('is open to an app that is not begun, and refused after a cancellation', async () => {
    const { app, view } = await scene.granted(suite);
    await scene.others.corpApp(view.id, suite.publisherId, 'TO_DEVELOP');
    scene.wecom.cancel(app);
    await scene.send(suite, { infoType: 'cancel_auth', authCorpId: app.corpId });
    await scene.authorizationWhen(suite, ({ id, status }) => id === view.id && status === 'CANCELLED');
    expect((await mark(suite, view.id)).fault?.code).toBe('INVALID_STATE');

    // A new scan is a new epoch, and is decided anew.
    const again = scene.wecom.authorize({ corpId: app.corpId });
    await scene.send(suite, { infoType: 'create_auth', authCode: again.code, receivedAt: new Date(Date.now() + 2000) });
    await eventually(async () => {
      const { fault } = await mark(suite, view.id);
      return fault === undefined;
    });
    expect((await find(suite, view.id)).current).toMatchObject({ epoch: 2, environment: 'TEST' });
  });
});
