import { createHash } from 'node:crypto';
import { viewerOf } from '@daikaifa/testing';
import sharp from 'sharp';
import type { App } from '@daikaifa/service';
import { graphqlOf, must, type Graphql } from '@daikaifa/harness';
import { createPng, createSteps, EDIT, ownConfig, startApp, UPLOAD } from './harness';

const LOGO_URL = `query ($id: ID!) {
  delegatedTemplate(id: $id) { workingRevision { content { logo { sha256 widthPx sizeBytes contentType url } } } }
}`;

interface LogoView {
  readonly delegatedTemplate: {
    readonly workingRevision: { readonly content: { readonly logo: { readonly url: string; readonly sha256: string } } };
  };
}

let app: App;
let graphql: Graphql;
let steps: ReturnType<typeof createSteps>;
let tenant: Awaited<ReturnType<ReturnType<typeof createSteps>['registerProvider']>>;

beforeAll(async () => {
  app = await startApp(ownConfig());
  graphql = graphqlOf(app);
  steps = createSteps(graphql);
  tenant = await steps.registerProvider();
});
afterAll(() => app.stop());

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const faultsOf = async (response: Response): Promise<readonly string[]> => {
  const { violations } = (await response.json()) as { violations: { code: string }[] };
  return violations.map(({ code }) => code);
};

describe('a logo', () => {
  it('is uploaded to a signed address, named by its content, and read back', async () => {
    const bytes = await createPng(750, 750);
    const uploaded = await steps.uploadLogo(tenant.developer, tenant.id, bytes);
    expect(uploaded.status).toBe(201);
    expect(await uploaded.json()).toMatchObject({ sha256: sha256(bytes), contentType: 'image/png' });

    const draft = await steps.createDraft(tenant.developer, tenant.id, { logoSha256: sha256(bytes) });
    const { delegatedTemplate } = await must(graphql<LogoView>(tenant.developer, LOGO_URL, { id: draft.id }));
    const { logo } = delegatedTemplate.workingRevision.content;
    expect(logo).toMatchObject({ sha256: sha256(bytes), widthPx: 750, sizeBytes: bytes.length });

    const read = await fetch(logo.url);
    expect(read.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await read.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('is refused with every fault when it is no picture, has other measures, or is too large', async () => {
    const text = await steps.uploadLogo(tenant.developer, tenant.id, Buffer.from('<svg/>'));
    expect([text.status, await faultsOf(text)]).toEqual([400, ['IMAGE_FORMAT']]);

    const small = await steps.uploadLogo(tenant.developer, tenant.id, await createPng(640, 750));
    expect([small.status, await faultsOf(small)]).toEqual([400, ['LOGO_SIZE']]);

    const noise = { create: { width: 800, height: 800, channels: 3 as const, background: '#fff' } };
    const large = await sharp({ ...noise, create: { ...noise.create, noise: { type: 'gaussian', mean: 128, sigma: 60 } } })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const refused = await steps.uploadLogo(tenant.developer, tenant.id, large);
    expect([refused.status, await faultsOf(refused)]).toEqual([400, ['FILE_SIZE', 'LOGO_SIZE']]);
  });

  it('cannot be sent to, or read from, an address that was tampered with', async () => {
    const { createLogoUpload } = await must(
      graphql<{ createLogoUpload: { url: string } }>(tenant.developer, UPLOAD, { input: { publisherId: tenant.id } }),
    );
    const url = createLogoUpload.url.replace(tenant.id, 'someone-else');
    expect(url).not.toBe(createLogoUpload.url);
    const body = new Uint8Array(await createPng(750, 750));
    expect((await fetch(url, { method: 'PUT', body })).status).toBe(403);
    expect((await fetch(`${app.url}/blobs/${'a'.repeat(64)}`)).status).toBe(403);
  });

  it('of another publisher cannot be named, though its content is known', async () => {
    const stranger = await steps.registerProvider();
    const bytes = await sharp(await createPng(750, 750)).tint('#ff8800').png().toBuffer();
    await steps.uploadLogo(tenant.developer, tenant.id, bytes);
    const draft = await steps.createDraft(stranger.developer, stranger.id);
    const input = { templateId: draft.id, expectedVersion: 1, content: { logoSha256: sha256(bytes) } };
    expect((await graphql(stranger.developer, EDIT, { input })).fault).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['LOGO_NOT_UPLOADED'],
    });
  });

  it('is uploaded by editors of the tenant only', async () => {
    const input = { publisherId: tenant.id };
    for (const role of ['REVIEWER', 'BACKEND', 'VIEWER', 'OPERATOR'] as const) {
      expect((await graphql(viewerOf([role], [tenant.id]), UPLOAD, { input })).fault?.code).toBe('FORBIDDEN');
    }
    const stranger = await steps.registerProvider();
    expect((await graphql(stranger.admin, UPLOAD, { input })).fault?.code).toBe('FORBIDDEN');
  });
});
