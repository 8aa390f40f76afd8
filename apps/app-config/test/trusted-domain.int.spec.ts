import { connect } from 'node:net';
import { graphqlOf } from '@daikaifa/harness';
import type { App } from '@daikaifa/service';
import { createWorld, mutation, ownConfig, startApp, startWebRoot, type CorpAppView, type World } from './harness';

let web: Awaited<ReturnType<typeof startWebRoot>>;
let app: App;
let world: World;

beforeAll(async () => {
  web = await startWebRoot();
  const config = ownConfig({ GUARDED_CLIENT_ALLOWED_RANGES: '127.0.0.0/8' });
  app = await startApp(config, {
    ownership: {
      // The names of this spec lead to the web server of this spec, which listens on a port of its own.
      resolve: async (hostname) => (hostname.startsWith('private') ? ['10.0.0.1'] : ['127.0.0.1']),
      openSocket: ({ port }) => connect({ host: '127.0.0.1', port: port === 80 ? web.port : 9 }),
    },
  });
  world = await createWorld(() => app, graphqlOf, config);
  await world.publishTemplate();
});
afterAll(async () => {
  await world.stop();
  await app.stop();
  await web.stop();
});

const started = async (trustedDomain: string): Promise<CorpAppView> => world.develop(await world.grant(), { trustedDomain });
const file = { fileName: 'WW_verify_0a1B2c3D.txt', content: '0a1B2c3D' };
const recorded = async (view: CorpAppView) =>
  (await world.change('recordOwnershipFile', { ...world.target(view), ...file })).corpApp;
const proofOf = async (id: string) => ((await world.find(id)) as unknown as { trustedDomain: object }).trustedDomain;

describe('the ownership of a trusted domain', () => {
  it('is proved by the file in the web root', async () => {
    const view = await started('crm.example.com');
    const { fileName } = file;
    const before = await recorded(view);
    expect(await proofOf(view.id)).toEqual({ domain: 'crm.example.com', proof: 'NOT_CHECKED', reason: null, fileName });

    web.files.clear();
    const missing = await world.change('proveTrustedDomain', world.target(before));
    expect(await proofOf(view.id)).toMatchObject({ proof: 'FILE_MISSING', reason: 'UNREACHABLE' });

    web.files.set(`/${fileName}`, 'something else');
    const other = await world.change('proveTrustedDomain', world.target(missing.corpApp));
    expect(await proofOf(view.id)).toMatchObject({ proof: 'FILE_MISSING', reason: 'OTHER_CONTENT' });

    web.files.set(`/${fileName}`, `${file.content}\n`);
    const proved = await world.change('proveTrustedDomain', world.target(other.corpApp));
    expect(await proofOf(view.id)).toMatchObject({ proof: 'PROVED', reason: null });

    // The proof of one domain is none of another.
    await world.change('editCorpApp', { ...world.target(proved.corpApp), content: { trustedDomain: 'new.example.com' } });
    expect(await proofOf(view.id)).toMatchObject({ domain: 'new.example.com', proof: 'NOT_CHECKED' });
  });

  it('is not looked for in a private network', async () => {
    const view = await started('private.example.com');
    await world.change('proveTrustedDomain', world.target(await recorded(view)));
    expect(await proofOf(view.id)).toMatchObject({ proof: 'FILE_MISSING', reason: 'ADDRESS_REFUSED' });
  });

  it('needs a file that is called as WeCom calls it, and names every fault', async () => {
    const view = await started('crm.example.com');
    const input = { ...world.target(view), fileName: '../secret.txt', content: ' ' };
    expect((await world.graphql(world.tenant.admin, mutation('recordOwnershipFile'), { input })).fault).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['OWNERSHIP_FILE_NAME', 'OWNERSHIP_FILE_CONTENT'],
    });
    const early = await world.graphql(world.tenant.admin, mutation('proveTrustedDomain'), { input: world.target(view) });
    expect(early.fault?.code).toBe('INVALID_STATE');
  });
});
