import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectImage } from '@daikaifa/blobs';
import { newId } from '@daikaifa/kernel';
import { eventually } from '@daikaifa/testing';
import { APP_CALLBACK_URL, corpAppsIn, nameApp, type CorpApps } from './corp-apps';
import { createPng, createWorld, startApp, untilReady, type ItemView, type Tenant, type World } from './harness';

let world: World;
let tenant: Tenant;
let apps: CorpApps;

beforeAll(async () => {
  world = await createWorld();
  tenant = await world.addTenant();
  apps = await corpAppsIn(world);
});
afterAll(() => world.stop());

const findingsOf = ({ prechecks }: ItemView): Record<string, string> =>
  Object.fromEntries(prechecks.map(({ code, outcome, reason }) => [code, reason === null ? outcome : `${outcome} ${reason}`]));

/** The item of a new submission, when its prechecks are through. */
const prechecked = async (
  change: {
    endpoint?: Parameters<World['publishEndpoint']>[2];
    content?: object;
  },
  state: 'PENDING' | 'PRECHECK_FAILED',
): Promise<ItemView> => {
  const templateId = newId();
  await world.knowEndpoint(templateId, tenant.id, change.endpoint ?? {});
  const revision = world.revisionOf(newId());
  const workingRevision = { ...revision, content: { ...revision.content, ...change.content } };
  await world.publishTemplate(templateId, tenant.id, { status: 'IN_REVIEW', workingRevision });
  return world.itemWhen(tenant.admin, templateId, state);
};

describe('prechecks', () => {
  it('read the logo again from its owner and let what is right pass', async () => {
    const before = world.files.served.length;
    const item = await prechecked({}, 'PENDING');
    expect(findingsOf(item)).toEqual({
      FIELD_RULES: 'PASSED',
      CALLBACK_VERIFIED: 'PASSED',
      CALLBACK_HEALTHY: 'PASSED',
      IMAGES: 'PASSED',
      LOGO_LIKENESS: 'NOT_CHECKED NO_FINGERPRINTS',
    });
    expect(world.files.served.slice(before)).toEqual([`/internal/blobs/${world.logoSha256}`]);
  });

  it('that fail refuse with a reason per field, all at once, and say it to others', async () => {
    const logo = { contentType: 'image/png', widthPx: 750, heightPx: 750, sizeBytes: 9_000 };
    // What was said of the picture is right; the picture is not.
    const sha256 = world.files.put(await createPng(640, 750));
    const content = { name: '免费微信', introduction: '短', logo: { ...logo, sha256 } };
    const item = await prechecked({ content }, 'PRECHECK_FAILED');
    expect(item.reasons.map(({ field, code }) => `${field} ${code}`)).toEqual([
      'name NAME_WORDS',
      'introduction INTRODUCTION_LENGTH',
      'logo LOGO_SIZE',
    ]);
    await world.untilTypes(item.id, ['opened', 'precheck-failed']);
    expect(world.topic.of(item.id).at(-1)?.state).toMatchObject({
      state: 'PRECHECK_FAILED',
      reasons: [{ field: 'name', code: 'NAME_WORDS', zh: expect.stringContaining('免费') as string }, {}, {}],
    });
  });

  it.each([
    ['WRONG_KEY', '密钥', 'key'],
    ['NAME_NOT_RESOLVED', '解析', 'resolve'],
    ['TOO_SLOW', '超时', 'slow'],
  ] as const)('say why the callback is not healthy: %s', async (reason, zh, en) => {
    const health = { status: 'UNHEALTHY' as const, reason, checkedAt: world.clock.now().toISOString() };
    const item = await prechecked({ endpoint: { health } }, 'PRECHECK_FAILED');
    expect(findingsOf(item)['CALLBACK_HEALTHY']).toBe(`FAILED ${reason}`);
    const finding = item.prechecks.find(({ code }) => code === 'CALLBACK_HEALTHY');
    expect(finding?.text.zh).toContain(zh);
    expect(finding?.text.en).toContain(en);
    expect(item.reasons).toMatchObject([{ field: 'callbackUrl', code: reason, text: { zh: finding?.text.zh } }]);
  });

  it('warn, and do not refuse, when nobody has probed the callback for long', async () => {
    const checkedAt = new Date(world.clock.now().getTime() - 2 * 3_600_000).toISOString();
    const stale = { status: 'UNHEALTHY' as const, reason: 'TLS' as const, checkedAt };
    const item = await prechecked({ endpoint: { health: stale } }, 'PENDING');
    expect(findingsOf(item)['CALLBACK_HEALTHY']).toBe('NOT_CHECKED PROBE_TOO_OLD');
    const never = { status: 'UNKNOWN' as const, reason: null, checkedAt: null };
    const other = await prechecked({ endpoint: { health: never } }, 'PENDING');
    expect(findingsOf(other)['CALLBACK_HEALTHY']).toBe('NOT_CHECKED NEVER_PROBED');
  });

  it('refuse a logo that its owner does not have any more', async () => {
    const logo = { sha256: 'e'.repeat(64), contentType: 'image/png', widthPx: 750, heightPx: 750, sizeBytes: 9_000 };
    const item = await prechecked({ content: { logo } }, 'PRECHECK_FAILED');
    expect(item.reasons).toMatchObject([{ field: 'logo', code: 'LOGO_MISSING' }]);
  });

  it('are tried again while the template service does not answer, and refuse nothing meanwhile', async () => {
    world.files.door.isDown = true;
    const { templateId } = await world.submit(tenant);
    await world.itemWhen(tenant.admin, templateId, 'PRECHECKING');
    await world.restart();
    expect(await world.itemWhen(tenant.admin, templateId, 'PRECHECKING')).toMatchObject({ prechecks: [] });
    world.files.door.isDown = false;
    // By now up to 8 seconds lie between two tries.
    await eventually(() => world.itemWhen(tenant.admin, templateId, 'PENDING'), { timeoutMs: 30_000 });
  });

  it('wait for the event that says verified, and go on when it comes', async () => {
    const templateId = newId();
    await world.publishEndpoint(templateId, tenant.id, { verifiedAt: null });
    await world.publishTemplate(templateId, tenant.id, { status: 'IN_REVIEW', workingRevision: world.revisionOf(newId()) });
    await world.itemWhen(tenant.admin, templateId, 'PRECHECKING');
    await world.publishEndpoint(templateId, tenant.id);
    await world.itemWhen(tenant.admin, templateId, 'PENDING');
  });

  it('do not wait for ever for it', async () => {
    const templateId = newId();
    await world.knowEndpoint(templateId, tenant.id, { verifiedAt: null });
    await world.publishTemplate(templateId, tenant.id, { status: 'IN_REVIEW', workingRevision: world.revisionOf(newId()) });
    await world.itemWhen(tenant.admin, templateId, 'PRECHECKING');
    world.clock.advance(60_000);
    const item = await world.itemWhen(tenant.admin, templateId, 'PRECHECK_FAILED');
    expect(item.reasons).toMatchObject([{ field: 'callbackUrl', code: 'CALLBACK_NOT_VERIFIED' }]);
  });
});

describe('prechecks of a corp app', () => {
  it('read its logo from app-config, look at the template’s endpoint, and warn of what a person should see', async () => {
    const [ofTemplates, ofApps] = [world.files.served.length, world.appFiles.served.length];
    const { item } = await apps.pending(tenant, { submission: { trustedDomainProof: 'FILE_MISSING', selfTested: false } });
    expect(findingsOf(item)).toEqual({
      FIELD_RULES: 'PASSED',
      CALLBACK_VERIFIED: 'PASSED',
      CALLBACK_HEALTHY: 'PASSED',
      IMAGES: 'PASSED',
      LOGO_LIKENESS: 'NOT_CHECKED NO_FINGERPRINTS',
      MENU_WORDS: 'PASSED',
      TRUSTED_DOMAIN: 'WARNING FILE_MISSING',
      ICP_FILING: 'NOT_CHECKED DECLARATION',
      PERMISSIONS: 'NOT_CHECKED PERMISSIONS_UNKNOWN',
      SELF_TEST: 'WARNING NOT_SELF_TESTED',
      PRICING_STRATEGY: 'NOT_CHECKED CONSOLE_ONLY',
    });
    expect(world.files.served.slice(ofTemplates)).toEqual([]);
    expect(world.appFiles.served.slice(ofApps)).toEqual([`/internal/blobs/${apps.logoSha256}`]);
  });

  it('that fail refuse it with every reason at once', async () => {
    const menu = [{ name: '免费', entry: { kind: 'URL' as const, target: 'https://crm.example.com' }, children: [] }];
    const content = { introduction: '短', trustedDomain: 'https://crm.example.com', homePageUrl: null, menu };
    const { apps: [app] } = await apps.submitBatch(tenant, 1, { content });
    const item = await apps.itemWhen(tenant.admin, app!, 'PRECHECK_FAILED');
    expect(item.reasons.map(({ field, code }) => `${field} ${code}`)).toEqual([
      'introduction INTRODUCTION_LENGTH',
      'homePageUrl HOME_PAGE_URL_REQUIRED',
      'trustedDomain TRUSTED_DOMAIN_SCHEME',
      'menu.0.name MENU_NAME_WORDS',
    ]);
  });

  it('ask its own endpoint when it has one, and wait for that one’s event', async () => {
    const app = nameApp(tenant.id);
    // The template's is there and well: it is not this app's.
    await world.knowEndpoint(app.templateId, tenant.id);
    const workingRevision = apps.revision(newId(), { content: { callback: 'OWN' }, submission: { callbackUrl: APP_CALLBACK_URL } });
    await apps.publishApp(app, { status: 'IN_REVIEW', workingRevision });
    await apps.itemWhen(tenant.admin, app, 'PRECHECKING');
    const health = { status: 'UNHEALTHY' as const, reason: 'TOO_SLOW' as const, checkedAt: world.clock.now().toISOString() };
    await apps.publishEndpoint(app, { health });
    const item = await apps.itemWhen(tenant.admin, app, 'PRECHECK_FAILED');
    expect(item.reasons).toMatchObject([{ field: 'callbackUrl', code: 'TOO_SLOW' }]);
  });

  it('of several apps go on together when the endpoint that they share is verified', async () => {
    const templateId = newId();
    const batchId = newId();
    await world.publishEndpoint(templateId, tenant.id, { verifiedAt: null });
    const waiting = [nameApp(tenant.id, { templateId }), nameApp(tenant.id, { templateId })];
    for (const app of waiting) {
      await apps.publishApp(app, { status: 'IN_REVIEW', workingRevision: apps.revision(batchId) });
      await apps.itemWhen(tenant.admin, app, 'PRECHECKING');
    }
    await world.publishEndpoint(templateId, tenant.id);
    for (const app of waiting) {
      await apps.itemWhen(tenant.admin, app, 'PENDING');
    }
  });

  it.each([
    ['PENDING', 'WARNING PERMISSIONS_UNCONFIRMED'],
    ['PENDING_SECOND', 'WARNING PERMISSIONS_UNCONFIRMED'],
    ['GRANTED', 'PASSED'],
    [null, 'PASSED'],
  ] as const)('say how its permissions stand: the newest request is %s', async (state, finding) => {
    const app = nameApp(tenant.id);
    await apps.publishPermissions(app, state);
    // Which of two topics is read first is open: the endpoint comes last, and the checks wait for it.
    await apps.publishApp(app, { status: 'IN_REVIEW', workingRevision: apps.revision(newId()) });
    await apps.itemWhen(tenant.admin, app, 'PRECHECKING');
    await eventually(() => world.stored('permissions').findOne({ _id: app.id }));
    await world.publishEndpoint(app.templateId, tenant.id);
    const item = await apps.itemWhen(tenant.admin, app, 'PENDING');
    expect(findingsOf(item)['PERMISSIONS']).toBe(finding);
  });

  it('do not ask the self test for a self test', async () => {
    const { apps: [app] } = await apps.submitBatch(tenant, 1, { submission: { selfTested: false } }, { environment: 'TEST' });
    expect(findingsOf(await apps.itemWhen(tenant.admin, app!, 'PENDING'))['SELF_TEST']).toBe('PASSED');
  });
});

describe('prechecks whose wake-up was lost', () => {
  it('are found by the sweep of the worker', async () => {
    // API and consumer cannot reach the queue: the item is opened, no job is.
    const alone = await createWorld({ ROLES: 'api,consumer', QUEUE_REDIS_URL: 'redis://127.0.0.1:1' });
    try {
      const owner = await alone.addTenant();
      // Without an endpoint, whose event would wake it too.
      const templateId = newId();
      const workingRevision = alone.revisionOf(newId());
      await alone.publishTemplate(templateId, owner.id, { status: 'IN_REVIEW', workingRevision });
      await alone.itemWhen(owner.admin, templateId, 'PRECHECKING');
      alone.clock.advance(60_000);
      const redis = { ...alone.config.redis, queueUrl: undefined };
      const worker = await startApp({ ...alone.config, roles: ['worker'], redis }, { clock: alone.clock });
      try {
        const item = await alone.itemWhen(owner.admin, templateId, 'PRECHECK_FAILED');
        expect(item.reasons).toMatchObject([{ field: 'callbackUrl', code: 'CALLBACK_MISSING' }]);
        await untilReady(worker.url);
        expect((await fetch(`${worker.url}/graphql`, { method: 'POST' })).status).toBe(404);
      } finally {
        await worker.stop();
      }
    } finally {
      await alone.stop();
    }
  });
});

describe('fingerprints of the operator', () => {
  it('make a likeness a warning', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'fingerprints-')), 'logos.json');
    const inspected = await inspectImage(await createPng(750, 750));
    if (!inspected.ok) {
      throw new Error('the picture of the test is not readable');
    }
    await writeFile(path, JSON.stringify([{ name: '某知名标志', perceptualHash: inspected.value.perceptualHash }]));
    const other = await createWorld({ LOGO_FINGERPRINTS_FILE: path });
    try {
      const owner = await other.addTenant();
      const { templateId } = await other.submit(owner);
      const item = await other.itemWhen(owner.admin, templateId, 'PENDING');
      expect(findingsOf(item)['LOGO_LIKENESS']).toBe('WARNING LOGO_LIKENESS');
      expect(item.prechecks.find(({ code }) => code === 'LOGO_LIKENESS')?.text.zh).toContain('某知名标志');
    } finally {
      await other.stop();
    }
  });
});
