import { eventually } from '@daikaifa/testing';
import { must } from './harness';
import { openScene, type Scene } from './scene';

const LINK = 'externalcontact:customer_acquisition:link';
const CONVERSION = 'externalcontact:customer_acquisition:conversion_data';
const BASE = 'contact:base:base';

const PERMISSIONS = `query ($id: ID!) {
  authorization(id: $id) { current { observation { permissions { codes expiries { code expiresAt } } } } }
}`;
interface Permissions {
  readonly codes: readonly string[];
  readonly expiries: ReadonlyArray<{ readonly code: string; readonly expiresAt: string }>;
}
interface Found {
  readonly authorization: { readonly current: { readonly observation: { readonly permissions: Permissions } } };
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

const codesWhen = (id: string, holds: (codes: readonly string[]) => boolean) =>
  scene.authorizationWhen(suite, (one) => one.id === id && holds(one.current.observation.permissions?.codes ?? []));
const nothingPlanned = (id: string) =>
  eventually(async () => {
    const found = await scene.mongo.connection
      .collection<{ _id: string; reread: { followUpAt: Date | null }; rereadDueAt: Date }>('authorizations')
      .findOne({ _id: id });
    return found!.reread.followUpAt === null && found!.rereadDueAt.getTime() > Date.now() + 3_600_000;
  });

describe('the second confirmation of 获客助手', () => {
  it('is read by its own event, without a change_auth, when given and when taken back', async () => {
    const { app, view } = await scene.granted(suite);
    app.permissions = [BASE, LINK];
    await scene.send(suite, { infoType: 'approve_special_auth', authCorpId: app.corpId });
    await codesWhen(view.id, (codes) => codes.includes(LINK));

    // The read that follows each event two seconds later must not be the one that sees the end.
    await nothingPlanned(view.id);
    app.permissions = [BASE];
    await scene.send(suite, { infoType: 'cancel_special_auth', authCorpId: app.corpId });
    await codesWhen(view.id, (codes) => codes.length === 1);
  });
});

describe('app_permissions_ext', () => {
  const permissionsOf = async (id: string): Promise<Permissions> =>
    (await must(scene.graphql<Found>(suite.viewer, PERMISSIONS, { id }))).authorization.current.observation.permissions;

  it('adds what is listed only there, and says when which of it ends', async () => {
    const { app, view } = await scene.granted(suite);
    const endSec = 1_900_000_000;
    const expiries = [{ code: CONVERSION, expiresAt: new Date(endSec * 1000).toISOString() }];
    app.permissions = [BASE, CONVERSION];
    app.extended = [
      { permission_name: LINK, expire_time: 0 },
      { permission_name: CONVERSION, expire_time: endSec },
    ];
    await scene.send(suite, { infoType: 'change_auth', authCorpId: app.corpId });
    await codesWhen(view.id, (codes) => codes.includes(CONVERSION));

    expect(await permissionsOf(view.id)).toEqual({ codes: [BASE, CONVERSION, LINK], expiries });
    await eventually(() => {
      const told = scene.events.of(view.id).at(-1)!.state.epochs[0]!.observation.permissions;
      return told?.value.includes(LINK) === true && told.expiries?.[0]?.expiresAt === expiries[0]?.expiresAt;
    });
  });

  it('that names another end is announced, although the codes are the same', async () => {
    const { app, view } = await scene.granted(suite);
    const extendTo = async (endSec: number): Promise<void> => {
      app.permissions = [CONVERSION];
      app.extended = [{ permission_name: CONVERSION, expire_time: endSec }];
      await scene.send(suite, { infoType: 'change_auth', authCorpId: app.corpId });
      const expiresAt = new Date(endSec * 1000).toISOString();
      await eventually(async () => (await permissionsOf(view.id)).expiries[0]?.expiresAt === expiresAt);
    };
    await extendTo(1_900_000_000);
    await extendTo(1_950_000_000);

    // Granted, first read, and one for each of the two ends.
    await eventually(() => scene.events.of(view.id).length === 4);
  });
});
