import { newId, type Viewer } from '@daikaifa/kernel';
import { eventually, uniqueName, viewerOf } from '@daikaifa/testing';
import { PATHS } from './fake-wecom';
import { bearerOf, must } from './harness';
import { openScene, type Scene } from './scene';

const IMPORT = `mutation ($input: ImportAuthorizationInput!) {
  importAuthorization(input: $input) { authorization { id status corp { id name } current { epoch environment } } }
}`;

interface Imported {
  readonly importAuthorization: {
    readonly authorization: { readonly id: string; readonly current: { readonly epoch: number; readonly environment: string } };
  };
}

let scene: Scene;
let suite: Awaited<ReturnType<Scene['newSuite']>>;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());
beforeEach(async () => {
  suite = await scene.newSuite();
});

/** A corp that authorized the template before there was this platform: nobody here knows its code. */
const authorizedBefore = () => {
  const { app } = scene.wecom.authorize();
  app.secret = uniqueName('secret-permanent-code');
  scene.wecom.secrets.add(app.secret);
  return app;
};
const importOf = (app: { readonly corpId: string; readonly secret: string | null }, changes: object = {}, viewer: Viewer = suite.admin) =>
  scene.graphql<Imported>(viewer, IMPORT, {
    input: {
      ...{ templateId: suite.templateId, corpId: app.corpId, permanentCode: app.secret, idempotencyKey: newId() },
      ...changes,
    },
  });
const nothingStored = async () => expect((await scene.tree(suite.viewer, suite.templateId)).authorizations.nodes).toEqual([]);

it('takes over an authorization that WeCom confirms, reads it and gives out its token', async () => {
  const app = authorizedBefore();
  const { importAuthorization } = await must(importOf(app));
  const { id } = importAuthorization.authorization;
  expect(importAuthorization.authorization).toMatchObject({
    ...{ status: 'ACTIVE', corp: { id: app.corpId, name: '示例企业' }, current: { epoch: 1, environment: 'FORMAL' } },
  });

  await scene.authorizationWhen(suite, (one) => one.id === id && scene.isRead(one));
  const bearer = await bearerOf(['BACKEND'], [suite.publisherId]);
  const token = await fetch(`${scene.app.url}/v1/authorizations/${id}/app-token`, { headers: { authorization: bearer } });
  expect(token.status).toBe(200);
  await eventually(() => scene.events.of(id).some(({ type }) => type === 'authorization.granted'));
  expect(JSON.stringify(scene.events.of(id))).not.toContain(app.secret);
  expect(JSON.stringify(scene.lines)).not.toContain(app.secret);
});

it('marks a corp of the publisher’s test list as TEST', async () => {
  const app = authorizedBefore();
  suite = await scene.newSuite({ testCorpIds: [app.corpId] });

  expect((await must(importOf(app))).importAuthorization.authorization.current.environment).toBe('TEST');
});

it('stores nothing that WeCom does not take', async () => {
  const app = authorizedBefore();
  const { fault } = await importOf(app, { permanentCode: 'another-code' });

  expect(fault).toMatchObject({ code: 'BAD_USER_INPUT', violations: ['PERMANENT_CODE_REFUSED'] });
  await nothingStored();
});

it('stores nothing while WeCom cannot be asked', async () => {
  const app = authorizedBefore();
  app.unreadable = true;

  expect((await importOf(app)).fault?.code).toBe('UNAVAILABLE');
  await nothingStored();
});

it('stores nothing when WeCom names another corp', async () => {
  const app = authorizedBefore();
  const another = { auth_corp_info: { corpid: 'wpAnother', corp_name: '别家' }, auth_info: { agent: [] } };
  scene.wecom.answerNext(PATHS.authInfo, another, ({ body }) => body['auth_corpid'] === app.corpId);

  expect((await importOf(app)).fault).toMatchObject({ code: 'BAD_USER_INPUT', violations: ['CORP_ID_DIFFERS'] });
  await nothingStored();
});

it('names everything that is wrong without asking WeCom', async () => {
  const { fault } = await importOf({ corpId: 'not a corp', secret: ' ' });

  expect(fault).toMatchObject({ code: 'BAD_USER_INPUT', violations: ['CORP_ID_FORMAT', 'SECRET_WHITESPACE'] });
  // Corps of other specs may be read meanwhile.
  expect(scene.wecom.calls(PATHS.authInfo).filter(({ body }) => body['auth_corpid'] === 'not a corp')).toEqual([]);
});

it('with the same key is one, and refuses a corp that has authorized already', async () => {
  const app = authorizedBefore();
  const idempotencyKey = newId();
  const first = (await must(importOf(app, { idempotencyKey }))).importAuthorization.authorization.id;

  expect((await must(importOf(app, { idempotencyKey }))).importAuthorization.authorization.id).toBe(first);
  expect((await importOf(app, { idempotencyKey, permanentCode: 'another-code' })).fault?.code).toBe('CONFLICT');
  expect((await importOf(app)).fault?.code).toBe('INVALID_STATE');
});

it('opens the next epoch of a corp that had cancelled', async () => {
  const { app, view } = await scene.granted(suite);
  scene.wecom.cancel(app);
  await scene.send(suite, { infoType: 'cancel_auth', authCorpId: app.corpId });
  await scene.authorizationWhen(suite, ({ id, status }) => id === view.id && status === 'CANCELLED');
  app.secret = uniqueName('secret-permanent-code');

  expect((await must(importOf(app))).importAuthorization.authorization).toMatchObject({ id: view.id, current: { epoch: 2 } });
});

it('needs the suite of the template', async () => {
  const { templateId, admin } = await scene.steps.newTemplate();

  const refused = await eventually(async () => {
    const { fault } = await importOf({ corpId: 'wpCorp', secret: 'code' }, { templateId }, admin);
    return fault?.code === 'NOT_FOUND' ? null : fault;
  });
  expect(refused.code).toBe('INVALID_STATE');
});

it.each(['PUBLISHER_DEVELOPER', 'VIEWER', 'REVIEWER', 'BACKEND', 'OPERATOR'] as const)('is refused to %s', async (role) => {
  const viewer = viewerOf([role], [suite.publisherId]);

  expect((await importOf({ corpId: 'wpCorp', secret: 'code' }, {}, viewer)).fault?.code).toBe('FORBIDDEN');
});

it('does not find another tenant’s template', async () => {
  const stranger = viewerOf(['PUBLISHER_ADMIN'], ['another-publisher']);

  expect((await importOf(authorizedBefore(), {}, stranger)).fault?.code).toBe('NOT_FOUND');
});
