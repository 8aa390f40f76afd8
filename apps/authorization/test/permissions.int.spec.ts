import { eventually } from '@daikaifa/testing';
import { openScene, type Scene } from './scene';

const LINK = 'externalcontact:customer_acquisition:link';

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
    app.permissions = ['contact:base:base', LINK];
    await scene.send(suite, { infoType: 'approve_special_auth', authCorpId: app.corpId });
    await codesWhen(view.id, (codes) => codes.includes(LINK));

    // The read that follows each event two seconds later must not be the one that sees the end.
    await nothingPlanned(view.id);
    app.permissions = ['contact:base:base'];
    await scene.send(suite, { infoType: 'cancel_special_auth', authCorpId: app.corpId });
    await codesWhen(view.id, (codes) => codes.length === 1);
  });
});
