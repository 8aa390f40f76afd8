import { newId } from '@daikaifa/kernel';
import { connectMongo, type MongoConnection } from '@daikaifa/mongo';
import { eventually, manualClock, silentLogger, uniqueName, viewerOf, type ManualClock } from '@daikaifa/testing';
import { verifySignedUrl } from '@daikaifa/security';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import type { App } from '../src/app';
import { PATHS, refusal, startFakeWecom, type FakeWecom, type WecomRequest } from './fake-wecom';
import {
  createPublisher,
  createSteps,
  FILE_SECRET,
  graphqlOf,
  must,
  ownConfig,
  startApp,
  type Graphql,
  type LinkView,
  type Publisher,
} from './harness';

const RECORD_CONSOLE_LINK = `mutation ($input: RecordConsoleLinkInput!) {
  recordConsoleLink(input: $input) { link { id version state source url expiresAt } warnings { code severity } }
}`;
const REVOKE = `mutation ($input: RevokeLinkInput!) {
  revokeLink(input: $input) { link { id version state } warnings { code } }
}`;
const LINK = 'query ($id: ID!) { authorizationLink(id: $id) { id state } }';

const DAY_MS = 86_400_000;
/** Between the beginning of a try and its end a link is due after this time. */
const ATTEMPT_LEASE_MS = 60_000;
const CONSOLE_URL = 'https://open.work.weixin.qq.com/wwopen/install/console-1';
const logoOf = (color: string): Promise<Buffer> =>
  sharp({ create: { width: 750, height: 750, channels: 3, background: color } }).png().toBuffer();
const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

let wecom: FakeWecom;
let clock: ManualClock;
let app: App;
let mongo: MongoConnection;
let graphql: Graphql;
let publisher: Publisher;
let steps: ReturnType<typeof createSteps>;
let templateService: Server;
let logo: Buffer;

const isSignedLogo = (url: string, path: string): boolean => {
  try {
    verifySignedUrl({ method: 'GET', url }, FILE_SECRET);
    return path === `/internal/blobs/${sha256Of(logo)}`;
  } catch {
    return false;
  }
};

/** The template service as far as a logo is concerned: our signature, then the bytes. */
const startTemplateService = async (): Promise<Server> => {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://template');
    const isLogo = isSignedLogo(request.url ?? '', url.pathname);
    response.writeHead(isLogo ? 200 : 404, { 'content-type': 'image/png' });
    response.end(isLogo ? logo : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};

beforeAll(async () => {
  logo = await logoOf('#c81e1e');
  clock = manualClock(new Date());
  wecom = await startFakeWecom();
  templateService = await startTemplateService();
  const config = ownConfig({
    WECOM_API_BASE_URL: wecom.url,
    TEMPLATE_INTERNAL_URL: `http://127.0.0.1:${(templateService.address() as AddressInfo).port}`,
  });
  app = await startApp(config, { clock });
  const { databasePrefix, ...mongoOptions } = config.mongo;
  mongo = await connectMongo({ ...mongoOptions, database: `${databasePrefix}authorization`, logger: silentLogger() });
  graphql = graphqlOf(app);
  publisher = await createPublisher(config);
  steps = createSteps(graphql, publisher);
});
afterAll(async () => {
  await publisher.stop();
  await app.stop();
  await mongo.close();
  await wecom.stop();
  await new Promise((resolve) => templateService.close(resolve));
});

let url: string;
beforeEach(() => {
  url = `https://open.work.weixin.qq.com/3rdapp/install?link=${newId()}`;
  wecom.answer(PATHS.providerToken, { provider_access_token: 'provider-token', expires_in: 7200 });
  wecom.answer(PATHS.customizedAuthUrl, () => ({ errcode: 0, qrcode_url: url, expires_in: 864_000 }));
});

const ONLINE = { status: 'ONLINE', availability: 'ONLINE' } as const;
type Made = Awaited<ReturnType<typeof steps.newTemplate>>;

const onlyLink = async ({ admin, templateId }: Made, holds: (link: LinkView) => boolean): Promise<LinkView> => {
  const view = await steps.templateWhen(admin, templateId, ({ authorizationLinks: { nodes } }) => {
    const [link] = nodes;
    return nodes.length === 1 && link !== undefined && holds(link);
  });
  return view.authorizationLinks.nodes[0]!;
};
const isActive = ({ state }: LinkView): boolean => state === 'ACTIVE';
const hasError = ({ lastError }: LinkView): boolean => lastError !== null;

/** Goes online after the credentials were recorded, as in life: so its link is asked for once. */
const withCredentials = async (changes: object = ONLINE): Promise<Made & { readonly suiteId: string }> => {
  const made = await steps.newTemplate();
  const { suiteId } = await steps.recordSuiteWhenKnown(made.admin, made.templateId);
  await steps.recordProviderWhenKnown(made.admin, made.publisherId, `provider-secret-of-${made.publisherId}`);
  await publisher.template(made.templateId, made.publisherId, changes);
  return { ...made, suiteId };
};

/** How often a template was told of by then. */
const TOLD_BY_WITH_CREDENTIALS = 2;
const dealtWith = ({ templateId }: Made, events: number) =>
  eventually(async () => {
    const templates = mongo.connection.collection<{ _id: string; sequence: number }>('projection.delegated-template');
    return (await templates.findOne({ _id: templateId }))?.sequence === events;
  });

const requestsFor = (stateParameter: string) =>
  wecom.calls(PATHS.customizedAuthUrl).filter(({ body }) => body['state'] === stateParameter);
/** Links of earlier specs are renewed and tried again at the same time. */
const asksForLinkOf =
  ({ suiteId }: { readonly suiteId: string }) =>
  ({ body }: WecomRequest): boolean =>
    (body['templateid_list'] as readonly string[]).includes(suiteId);
const tokenRequestsOf = ({ publisherId }: Made) =>
  wecom.calls(PATHS.providerToken).filter(({ body }) => body['provider_secret'] === `provider-secret-of-${publisherId}`);

/** The time passes, and every link that was due then was dealt with: the one that came last was. */
const whenRenewed = async (ms: number): Promise<void> => {
  clock.advance(1);
  const last = await withCredentials();
  await onlyLink(last, isActive);
  clock.advance(ms);
  // Whoever looks sees it expired until it is renewed.
  await onlyLink(last, isActive);
};

/** Addresses are public: nothing but the path counts. */
const picture = (link: LinkView, format: 'png' | 'svg'): Promise<Response> =>
  fetch(format === 'png' ? link.pngUrl : link.svgUrl);

describe('the link of a template', () => {
  it('is made when the template goes online, once, with the URL of WeCom', async () => {
    const made = await withCredentials();
    const link = await onlyLink(made, isActive);
    expect(link).toMatchObject({ source: 'API', url, installs: 0, lastError: null });
    expect(link.stateParameter).toMatch(/^[a-zA-Z0-9]{1,32}$/);
    expect(new Date(link.expiresAt ?? 0).getTime()).toBe(clock.now().getTime() + 10 * DAY_MS);
    const [request] = requestsFor(link.stateParameter);
    expect(request).toMatchObject({
      query: { provider_access_token: 'provider-token' },
      body: { templateid_list: [made.suiteId] },
    });
    await publisher.template(made.templateId, made.publisherId, ONLINE);
    await publisher.template(made.templateId, made.publisherId, { ...ONLINE, status: 'IN_REVIEW' });
    await dealtWith(made, TOLD_BY_WITH_CREDENTIALS + 2);
    expect((await onlyLink(made, isActive)).id).toBe(link.id);
    expect(requestsFor(link.stateParameter)).toHaveLength(1);
  });

  it('is not made before the first launch', async () => {
    const made = await withCredentials({});
    expect((await steps.template(made.admin, made.templateId)).authorizationLinks.nodes).toEqual([]);
  });

  it('waits for credentials and says so, then goes on by itself', async () => {
    const made = await steps.newTemplate(ONLINE);
    const waiting = await onlyLink(made, hasError);
    expect(waiting).toMatchObject({ state: 'PENDING', url: null });
    expect(waiting.lastError?.zh).toContain('suite_id');
    await steps.recordSuiteWhenKnown(made.admin, made.templateId);
    await onlyLink(made, ({ lastError }) => lastError?.zh.includes('provider_secret') === true);
    // Publishers come by another topic than templates.
    await steps.recordProviderWhenKnown(made.admin, made.publisherId, 'provider-secret');
    const link = await onlyLink(made, isActive);
    expect(link.id).toBe(waiting.id);
    expect(await steps.providerCredentials(made.admin, made.publisherId)).toMatchObject({
      confirmedAt: expect.any(String),
      lastError: null,
    });
  });

  it('waits while WeCom says that the template is not online (842002)', async () => {
    const made = await withCredentials({});
    wecom.answerNext(PATHS.customizedAuthUrl, refusal(842002), asksForLinkOf(made));
    await publisher.template(made.templateId, made.publisherId, ONLINE);
    const waiting = await onlyLink(made, hasError);
    expect(waiting).toMatchObject({ state: 'PENDING', lastError: { zh: expect.stringContaining('842002') } });
    clock.advance(60_000);
    await onlyLink(made, isActive);
  });

  it('asks with a new token once when WeCom says that the token is no longer valid', async () => {
    const made = await withCredentials({});
    wecom.answerNext(PATHS.customizedAuthUrl, refusal(40014), asksForLinkOf(made));
    await publisher.template(made.templateId, made.publisherId, ONLINE);
    const link = await onlyLink(made, isActive);
    expect(requestsFor(link.stateParameter)).toHaveLength(2);
    expect(tokenRequestsOf(made)).toHaveLength(2);
  });

  it('does not try a refused provider_secret again, until another one is recorded', async () => {
    wecom.answer(PATHS.providerToken, refusal(40001));
    const made = await withCredentials();
    const first = await onlyLink(made, hasError);
    expect(first.lastError?.zh).toContain('40001');
    expect((await steps.providerCredentials(made.admin, made.publisherId))?.lastError?.en).toContain('40001');
    clock.advance(DAY_MS);
    const { version } = (await steps.template(made.admin, made.templateId)).suite!;
    await must(
      steps.recordSuite(made.admin, {
        templateId: made.templateId,
        suiteId: made.suiteId,
        suiteSecret: 'other',
        expectedVersion: version,
      }),
    );
    // The link is asked for again, and no call is made for it.
    const links = mongo.connection.collection<{ _id: string; nextAttemptAt: Date }>('authorization_links');
    await eventually(async () => {
      const waitsMs = (await links.findOne({ _id: first.id }))!.nextAttemptAt.getTime() - clock.now().getTime();
      return waitsMs > 0 && waitsMs < ATTEMPT_LEASE_MS;
    });
    expect(tokenRequestsOf(made)).toHaveLength(1);
    wecom.answer(PATHS.providerToken, { provider_access_token: 'provider-token', expires_in: 7200 });
    await steps.recordProvider(made.admin, made.publisherId, 'the-right-secret');
    await onlyLink(made, isActive);
    expect(tokenRequestsOf(made)).toHaveLength(1);
  });

  it('is renewed before its ten days, with the same state', async () => {
    const made = await withCredentials();
    const first = await onlyLink(made, isActive);
    url = `${url}-renewed`;
    clock.advance(9 * DAY_MS);
    const renewed = await onlyLink(made, (link) => link.url === url);
    expect(renewed).toMatchObject({ id: first.id, stateParameter: first.stateParameter, state: 'ACTIVE' });
    expect(new Date(renewed.expiresAt ?? 0).getTime()).toBe(clock.now().getTime() + 10 * DAY_MS);
    expect(requestsFor(first.stateParameter)).toHaveLength(2);
  });

  it('expires when it cannot be renewed, is gone from the public address, and comes back', async () => {
    const made = await withCredentials();
    const first = await onlyLink(made, isActive);
    wecom.answer(PATHS.customizedAuthUrl, refusal(-1));
    clock.advance(10 * DAY_MS);
    const expired = await onlyLink(made, ({ state }) => state === 'EXPIRED');
    expect((await picture(expired, 'png')).status).toBe(410);
    wecom.answer(PATHS.customizedAuthUrl, () => ({ qrcode_url: url, expires_in: 864_000 }));
    clock.advance(3_600_000);
    const again = await onlyLink(made, isActive);
    expect(again.stateParameter).toBe(first.stateParameter);
    expect((await picture(again, 'png')).status).toBe(200);
  });

  it('is revoked when the template is retired', async () => {
    const made = await withCredentials();
    await onlyLink(made, isActive);
    await publisher.template(made.templateId, made.publisherId, { status: 'RETIRED', availability: 'RETIRED' });
    const revoked = await onlyLink(made, ({ state }) => state === 'REVOKED');
    expect((await picture(revoked, 'svg')).status).toBe(410);
  });
});

describe('recordConsoleLink', () => {
  const record = (admin: Made['admin'], input: object) =>
    graphql<{ recordConsoleLink: { link: LinkView; warnings: readonly object[] } }>(admin, RECORD_CONSOLE_LINK, {
      input,
    });

  it('takes the place of the API’s URL, and is never renewed', async () => {
    const made = await withCredentials();
    const link = await onlyLink(made, isActive);
    const input = { linkId: link.id, expectedVersion: link.version, url: CONSOLE_URL };
    const { recordConsoleLink } = await must(record(made.admin, input));
    expect(recordConsoleLink).toMatchObject({
      link: { state: 'ACTIVE', source: 'CONSOLE', url: CONSOLE_URL, expiresAt: null },
      warnings: [],
    });
    expect((await record(made.admin, input)).fault?.code).toBe('CONFLICT');
    await whenRenewed(20 * DAY_MS);
    expect(await (await picture(link, 'svg')).text()).toContain('<svg');
    expect(requestsFor(link.stateParameter)).toHaveLength(1);
  });

  it('warns about a host that does not look like WeCom', async () => {
    const made = await withCredentials();
    const link = await onlyLink(made, isActive);
    const input = { linkId: link.id, expectedVersion: link.version, url: 'https://example.com/scan' };
    const { recordConsoleLink } = await must(record(made.admin, input));
    expect(recordConsoleLink.warnings).toEqual([{ code: 'URL_HOST', severity: 'WARNING' }]);
  });

  it('refuses what is not an address, other roles and other tenants', async () => {
    const made = await withCredentials();
    const link = await onlyLink(made, isActive);
    const input = { linkId: link.id, expectedVersion: link.version, url: 'ftp://example.com' };
    expect((await record(made.admin, input)).fault).toEqual({ code: 'BAD_USER_INPUT', violations: ['URL_FORMAT'] });
    const good = { ...input, url: CONSOLE_URL };
    const developer = viewerOf(['PUBLISHER_DEVELOPER'], [made.publisherId]);
    expect((await record(developer, good)).fault?.code).toBe('FORBIDDEN');
    const stranger = viewerOf(['PUBLISHER_ADMIN'], [uniqueName('stranger')]);
    expect((await record(stranger, good)).fault?.code).toBe('NOT_FOUND');
  });
});

describe('revokeLink', () => {
  const revoke = (admin: Made['admin'], input: object) =>
    graphql<{ revokeLink: { link: LinkView } }>(admin, REVOKE, { input });

  it('stops showing the link for good', async () => {
    const made = await withCredentials();
    const link = await onlyLink(made, isActive);
    const input = { linkId: link.id, expectedVersion: link.version };
    expect((await revoke(made.admin, { ...input, expectedVersion: link.version + 1 })).fault?.code).toBe('CONFLICT');
    const { revokeLink } = await must(revoke(made.admin, input));
    expect(revokeLink.link.state).toBe('REVOKED');
    expect((await picture(link, 'png')).status).toBe(410);
    const again = { ...input, expectedVersion: revokeLink.link.version };
    expect((await revoke(made.admin, again)).fault?.code).toBe('INVALID_STATE');
    await publisher.template(made.templateId, made.publisherId, ONLINE);
    await dealtWith(made, TOLD_BY_WITH_CREDENTIALS + 1);
    await whenRenewed(10 * DAY_MS);
    expect((await onlyLink(made, () => true)).state).toBe('REVOKED');
    expect(requestsFor(link.stateParameter)).toHaveLength(1);
  });

  it('is refused to other roles and other tenants', async () => {
    const made = await withCredentials();
    const link = await onlyLink(made, isActive);
    const input = { linkId: link.id, expectedVersion: link.version };
    expect((await revoke(viewerOf(['PUBLISHER_DEVELOPER'], [made.publisherId]), input)).fault?.code).toBe('FORBIDDEN');
    const stranger = viewerOf(['PUBLISHER_ADMIN'], [uniqueName('stranger')]);
    expect((await revoke(stranger, input)).fault?.code).toBe('NOT_FOUND');
    const { authorizationLink } = await must(graphql<{ authorizationLink: null }>(stranger, LINK, { id: link.id }));
    expect(authorizationLink).toBeNull();
    expect((await steps.template(stranger, made.templateId)).authorizationLinks.nodes).toEqual([]);
  });
});

describe('the public picture', () => {
  it('needs no signature, is not kept long, and is the same address after a renewal', async () => {
    const made = await withCredentials();
    const link = await onlyLink(made, isActive);
    const response = await picture(link, 'png');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('cache-control')).toBe('public, max-age=60');
    const before = Buffer.from(await response.arrayBuffer());
    expect(await sharp(before).metadata()).toMatchObject({ format: 'png', width: 720, height: 720 });
    url = `${url}-renewed`;
    clock.advance(9 * DAY_MS);
    const renewed = await onlyLink(made, (one) => one.url === url);
    expect(renewed.pngUrl).toBe(link.pngUrl);
    const after = Buffer.from(await (await picture(link, 'png')).arrayBuffer());
    expect(after.equals(before)).toBe(false);
  });

  it('has the template’s logo in its middle', async () => {
    const revision = {
      ...{ id: newId(), number: 1, status: 'ONLINE' as const, submission: null },
      content: {
        logo: {
          sha256: sha256Of(logo),
          contentType: 'image/png' as const,
          ...{ widthPx: 750, heightPx: 750, sizeBytes: logo.length },
        },
        ...{ name: '云帆客户', introduction: '客户跟进管理', category: null, targetIndustry: null },
      },
    };
    const link = await onlyLink(await withCredentials({ ...ONLINE, onlineRevision: revision }), isActive);
    // The template service may be too slow for one picture; it is asked again half a minute later.
    await eventually(async () => {
      clock.advance(30_000);
      return (await (await picture(link, 'svg')).text()).includes('href="data:image/png;base64,');
    });
    const png = Buffer.from(await (await picture(link, 'png')).arrayBuffer());
    const { data } = await sharp(png)
      .extract({ left: 360, top: 360, width: 1, height: 1 })
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([...data]).toEqual([0xc8, 0x1e, 0x1e]);
  });

  it('is shown without a logo when that cannot be had', async () => {
    const unknown = sha256Of(await logoOf('#000000'));
    const content = {
      logo: { sha256: unknown, contentType: 'image/png' as const, widthPx: 750, heightPx: 750, sizeBytes: 1 },
      ...{ name: null, introduction: null, category: null, targetIndustry: null },
    };
    const revision = { id: newId(), number: 1, status: 'ONLINE' as const, submission: null, content };
    const link = await onlyLink(await withCredentials({ ...ONLINE, onlineRevision: revision }), isActive);
    const response = await picture(link, 'svg');
    expect(response.status).toBe(200);
    expect(await response.text()).not.toContain('<image');
  });

  it('is NOT_FOUND for an unknown link and one without a URL', async () => {
    expect((await fetch(`${app.url}/v1/links/${newId()}/qr.png`)).status).toBe(404);
    const waiting = await onlyLink(await steps.newTemplate(ONLINE), hasError);
    const response = await picture(waiting, 'png');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the suite ticket watch', () => {
  it('announces a ticket that was followed by none for 20 minutes', async () => {
    const made = await withCredentials();
    await publisher.suiteEvent({
      suiteId: made.suiteId,
      infoType: 'suite_ticket',
      suiteTicket: 'ticket-1',
      receivedAt: clock.now(),
    });
    const ticketIs = (state: string) =>
      steps.templateWhen(made.admin, made.templateId, ({ suite }) => suite?.ticket === state);
    await ticketIs('FRESH');
    clock.advance(20 * 60_000);
    await eventually(() => ticketIs('STALE'), { timeoutMs: 40_000 });
    await publisher.suiteEvent({
      suiteId: made.suiteId,
      infoType: 'suite_ticket',
      suiteTicket: 'ticket-2',
      receivedAt: clock.now(),
    });
    await ticketIs('FRESH');
  });
});
