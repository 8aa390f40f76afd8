import { newId, type Viewer } from '@daikaifa/kernel';
import { eventually, manualClock, uniqueName, viewerOf } from '@daikaifa/testing';
import { PATHS, refusal } from './fake-wecom';
import { must, newSuiteId } from './harness';
import { openScene, type Scene } from './scene';

const FIELDS = `id version kind state renews url stateParameter expiresAt pngUrl installs template { id } templates { id }
  lastError { zh } scans { nodes { complete alarmedAt missing { id } answered { template { id } authorization { id } } } }`;
const CREATE_BATCH = `mutation ($input: CreateBatchLinkInput!) { createBatchLink(input: $input) { link { ${FIELDS} } } }`;
const CREATE_PARAMETRISED = `mutation ($input: CreateParametrisedLinkInput!) {
  createParametrisedLink(input: $input) { link { ${FIELDS} } }
}`;
const REGENERATE = `mutation ($input: RegenerateLinkInput!) { regenerateLink(input: $input) { link { ${FIELDS} } } }`;
const RECORD_CONSOLE = `mutation ($input: RecordConsoleLinkInput!) { recordConsoleLink(input: $input) { link { id } } }`;
const LINK = `query ($id: ID!) { authorizationLink(id: $id) { ${FIELDS} } }`;
const LINKS = `query ($kind: AuthorizationLinkKind) { authorizationLinks(kind: $kind) { nodes { id kind } } }`;
const OF_TEMPLATES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on DelegatedTemplate { authorizationLinks { nodes { id kind } } }
  }
}`;

interface LinkView {
  readonly id: string;
  readonly version: number;
  readonly kind: string;
  readonly state: string;
  readonly renews: boolean;
  readonly url: string | null;
  readonly stateParameter: string;
  readonly expiresAt: string | null;
  readonly pngUrl: string;
  readonly installs: number;
  readonly templates: ReadonlyArray<{ readonly id: string }>;
  readonly lastError: { readonly zh: string } | null;
  readonly scans: {
    readonly nodes: ReadonlyArray<{
      readonly complete: boolean;
      readonly alarmedAt: string | null;
      readonly missing: ReadonlyArray<{ readonly id: string }>;
      readonly answered: ReadonlyArray<{ readonly template: { readonly id: string }; readonly authorization: { readonly id: string } }>;
    }>;
  };
}
type Payload = Readonly<Record<string, { readonly link: LinkView }>>;

const DAY_MS = 86_400_000;
const ONLINE = { status: 'ONLINE', availability: 'ONLINE' } as const;
const clock = manualClock(new Date());
let scene: Scene;
let made: Awaited<ReturnType<typeof publisherWithTemplates>>;

/** A publisher with online templates, each with its suite. */
const publisherWithTemplates = async (count: number) => {
  const first = await scene.newSuite({ online: true });
  const suites = [{ templateId: first.templateId, suiteId: first.suiteId }];
  for (let index = 1; index < count; index += 1) {
    const one = { templateId: uniqueName('template'), suiteId: newSuiteId() };
    await scene.others.template(one.templateId, first.publisherId, ONLINE);
    await scene.steps.recordSuiteWhenKnown(first.admin, one.templateId, { suiteId: one.suiteId });
    await scene.others.suiteEvent({ suiteId: one.suiteId, infoType: 'suite_ticket', suiteTicket: uniqueName('ticket') });
    suites.push(one);
  }
  return { ...first, suites, templateIds: suites.map(({ templateId }) => templateId) };
};

beforeAll(async () => {
  scene = await openScene({ clock });
  scene.wecom.answer(PATHS.customizedAuthUrl, () => ({
    qrcode_url: `https://open.work.weixin.qq.com/3rdapp/install?link=${newId()}`,
    expires_in: 864_000,
  }));
  made = await publisherWithTemplates(3);
});
afterAll(() => scene.close());

const call = async (viewer: Viewer, operation: string, input: object) =>
  scene.graphql<Payload>(viewer, operation, { input });
const linkOf = async (answer: ReturnType<typeof call>): Promise<LinkView> => Object.values(await must(answer))[0]!.link;
const createBatch = (changes: object = {}, viewer = made.admin) =>
  call(viewer, CREATE_BATCH, {
    ...{ publisherId: made.publisherId, templateIds: made.templateIds, idempotencyKey: newId() },
    ...changes,
  });
const createParametrised = (changes: object = {}, viewer = made.admin) =>
  call(viewer, CREATE_PARAMETRISED, {
    ...{ publisherId: made.publisherId, templateIds: made.templateIds.slice(0, 1), state: newState() },
    ...{ idempotencyKey: newId(), ...changes },
  });
const newState = (): string => newId().replaceAll('-', '');
const linkWhen = (id: string, holds: (link: LinkView) => boolean, timeoutMs = 15_000): Promise<LinkView> =>
  eventually(
    async () => {
      const { authorizationLink } = await must(scene.graphql<{ authorizationLink: LinkView }>(made.viewer, LINK, { id }));
      return holds(authorizationLink) ? authorizationLink : null;
    },
    { timeoutMs },
  );
const isActive = ({ state }: LinkView): boolean => state === 'ACTIVE';
const asksFor = (stateParameter: string) =>
  scene.wecom.calls(PATHS.customizedAuthUrl).filter(({ body }) => body['state'] === stateParameter);
const codesOf = ({ fault }: Awaited<ReturnType<typeof call>>) => fault?.violations;

/** What the corp's scan of the link sends for one of its templates. */
const scanned = async (link: LinkView, suite: { readonly suiteId: string }, corpId: string): Promise<void> => {
  const { code } = scene.wecom.authorize({ corpId, state: link.stateParameter });
  const event = { infoType: 'create_auth', authCode: code, state: link.stateParameter, receivedAt: clock.now() };
  await scene.others.suiteEvent({ suiteId: suite.suiteId, ...event });
};

describe('createBatchLink', () => {
  it('asks WeCom for one URL for all templates, which has a picture of its own and is not renewed', async () => {
    const link = await linkWhen((await linkOf(createBatch())).id, isActive);

    expect(link).toMatchObject({ kind: 'BATCH_QR', renews: false, lastError: null, scans: { nodes: [] } });
    expect(link.templates.map(({ id }) => id)).toEqual(made.templateIds);
    expect(asksFor(link.stateParameter).map(({ body }) => body['templateid_list'])).toEqual([
      made.suites.map(({ suiteId }) => suiteId),
    ]);
    expect(new Date(link.expiresAt ?? 0).getTime()).toBe(clock.now().getTime() + 10 * DAY_MS);
    expect((await fetch(link.pngUrl)).headers.get('content-type')).toBe('image/png');
  });

  it('is one for one idempotency key', async () => {
    const input = { idempotencyKey: newId() };
    const first = await linkOf(createBatch(input));

    expect((await linkOf(createBatch(input))).id).toBe(first.id);
    expect((await createBatch({ ...input, renews: true })).fault?.code).toBe('CONFLICT');
  });

  it('names everything that is wrong with the templates', async () => {
    const [first] = made.templateIds;
    const other = await publisherWithTemplates(1);
    const draft = uniqueName('template');
    await scene.others.template(draft, made.publisherId);
    await eventually(async () =>
      codesOf(await createBatch({ templateIds: [first, draft] }))?.includes('TEMPLATE_NOT_ONLINE'),
    );

    expect(codesOf(await createBatch({ templateIds: [first, first, other.templateIds[0], 'unknown', draft] }))).toEqual([
      'TEMPLATE_DUPLICATE',
      'TEMPLATE_UNKNOWN',
      'TEMPLATE_UNKNOWN',
      'TEMPLATE_NOT_ONLINE',
    ]);
    expect(codesOf(await createBatch({ templateIds: [first] }))).toEqual(['TEMPLATE_COUNT']);
    expect(codesOf(await createBatch({ templateIds: Array.from({ length: 10 }, () => first) }))?.[0]).toBe(
      'TEMPLATE_COUNT',
    );
  });

  it.each(['PUBLISHER_DEVELOPER', 'VIEWER', 'REVIEWER', 'BACKEND', 'OPERATOR'] as const)('is refused to %s', async (role) => {
    const viewer = viewerOf([role], [made.publisherId]);

    expect((await createBatch({}, viewer)).fault?.code).toBe('FORBIDDEN');
    expect((await createParametrised({}, viewer)).fault?.code).toBe('FORBIDDEN');
  });

  it('is refused to another tenant', async () => {
    const stranger = viewerOf(['PUBLISHER_ADMIN'], ['another-publisher']);

    expect((await createBatch({}, stranger)).fault?.code).toBe('FORBIDDEN');
    expect((await createBatch({ publisherId: 'another-publisher' }, stranger)).fault?.code).toBe('BAD_USER_INPUT');
  });
});

describe('createParametrisedLink', () => {
  it('has the state of the provider, and counts its installations by it', async () => {
    const state = newState();
    const link = await linkWhen((await linkOf(createParametrised({ state }))).id, isActive);
    expect(link).toMatchObject({ kind: 'PARAMETRISED', stateParameter: state, installs: 0 });

    await scanned(link, made.suites[0]!, uniqueName('wpCorp'));
    await linkWhen(link.id, ({ installs }) => installs === 1);
    // A scan would be tied before the exchange ends.
    await scene.treeWhen(made, ({ exchanges }) => exchanges.nodes.every(({ endedAt }) => endedAt !== null));
    expect((await linkWhen(link.id, () => true)).scans.nodes).toEqual([]);
  });

  it('refuses a state that WeCom would refuse, with what else is wrong', async () => {
    const state = 'not-allowed!';

    expect(codesOf(await createParametrised({ state, templateIds: [] }))).toEqual([
      'TEMPLATE_COUNT',
      'STATE_FORMAT',
    ]);
    expect(codesOf(await createParametrised({ state: 'a'.repeat(33) }))).toEqual(['STATE_FORMAT']);
  });

  it('refuses a state twice, but another publisher may use the same', async () => {
    const state = newState();
    await linkOf(createParametrised({ state }));
    const other = await publisherWithTemplates(1);

    expect((await createParametrised({ state })).fault?.code).toBe('CONFLICT');
    const input = { publisherId: other.publisherId, templateIds: other.templateIds, state };
    expect((await linkOf(createParametrised(input, other.admin))).stateParameter).toBe(state);
  });
});

describe('lists', () => {
  it('show a link at each of its templates, and by kind', async () => {
    const batch = await linkOf(createBatch({ templateIds: made.templateIds.slice(0, 2) }));
    const representations = made.templateIds.map((id) => ({ __typename: 'DelegatedTemplate', id }));
    const { _entities } = await must(
      scene.graphql<{ _entities: ReadonlyArray<{ authorizationLinks: { nodes: readonly LinkView[] } }> }>(
        made.viewer,
        OF_TEMPLATES,
        { representations },
      ),
    );
    const listed = await must(
      scene.graphql<{ authorizationLinks: { nodes: readonly LinkView[] } }>(made.viewer, LINKS, { kind: 'BATCH_QR' }),
    );
    const stranger = viewerOf(['PUBLISHER_ADMIN'], ['another-publisher']);

    expect(_entities.map(({ authorizationLinks: { nodes } }) => nodes.some(({ id }) => id === batch.id))).toEqual([
      true,
      true,
      false,
    ]);
    expect(listed.authorizationLinks.nodes[0]).toEqual({ id: batch.id, kind: 'BATCH_QR' });
    expect(await must(scene.graphql(stranger, LINKS))).toEqual({ authorizationLinks: { nodes: [] } });
  });
});

it('a template that is retired takes the links with it that show it', async () => {
  const own = await publisherWithTemplates(2);
  const input = { publisherId: own.publisherId, templateIds: own.templateIds, idempotencyKey: newId() };
  const link = await linkOf(call(own.admin, CREATE_BATCH, input));
  await scene.others.template(own.templateIds[1]!, own.publisherId, { status: 'RETIRED', availability: 'RETIRED' });

  await eventually(async () => {
    const { authorizationLink } = await must(scene.graphql<{ authorizationLink: LinkView }>(own.viewer, LINK, { id: link.id }));
    return authorizationLink.state === 'REVOKED';
  });
  const other = { linkId: link.id, expectedVersion: 0 };
  expect((await call(own.admin, REGENERATE, other)).fault?.code).toBe('CONFLICT');
});

describe('a scan of several templates', () => {
  it('ties the authorizations of one corp by the state', async () => {
    const link = await linkWhen((await linkOf(createBatch())).id, isActive);
    const corpId = uniqueName('wpCorp');
    await Promise.all(made.suites.map((suite) => scanned(link, suite, corpId)));

    await linkWhen(link.id, (one) => one.scans.nodes[0]?.complete === true);
    // Each was counted before it was tied; one query may have looked at the count first.
    const { scans, installs } = await linkWhen(link.id, () => true);
    expect(installs).toBe(3);
    expect(scans.nodes).toHaveLength(1);
    expect(scans.nodes[0]).toMatchObject({ alarmedAt: null, missing: [] });
    const answered = scans.nodes[0]!.answered;
    expect(answered.map(({ template }) => template.id).sort()).toEqual([...made.templateIds].sort());
    expect(new Set(answered.map(({ authorization }) => authorization.id)).size).toBe(3);
  });

  it('raises an alarm for a sibling that does not come, but not for one that was authorized before', async () => {
    const [one, two, three] = made.suites;
    const link = await linkWhen((await linkOf(createBatch())).id, isActive);
    const corpId = uniqueName('wpCorp');
    const single = await linkWhen((await linkOf(createParametrised({ templateIds: [two!.templateId] }))).id, isActive);
    await scanned(single, two!, corpId);
    await linkWhen(single.id, ({ installs }) => installs === 1);
    await scanned(link, one!, corpId);
    await linkWhen(link.id, ({ scans }) => scans.nodes.length === 1);

    clock.advance(15 * 60_000);
    const alarmed = await linkWhen(link.id, ({ scans }) => scans.nodes[0]?.alarmedAt !== null, 30_000);
    expect(alarmed.scans.nodes[0]?.missing).toEqual([{ id: three!.templateId }]);
    const alarms = () =>
      scene.lines.filter((line) => line['alarm.name'] === 'batch-scan.sibling-missing' && line['link.id'] === link.id);
    // Raised after the write that was just seen.
    await eventually(() => alarms().length > 0);
    expect(alarms()).toMatchObject([{ 'scan.missing': [three!.templateId] }]);
  });
});

describe('the ten days', () => {
  it('end a link that is not renewed; a person regenerates it with the same state', async () => {
    const link = await linkWhen((await linkOf(createBatch())).id, isActive);
    clock.advance(10 * DAY_MS);
    const expired = await linkWhen(link.id, ({ state, version }) => state === 'EXPIRED' && version > link.version);
    expect((await fetch(expired.pngUrl)).status).toBe(410);
    expect(asksFor(link.stateParameter)).toHaveLength(1);

    const input = { linkId: link.id, expectedVersion: expired.version };
    const stranger = viewerOf(['PUBLISHER_ADMIN'], ['another-publisher']);
    const developer = viewerOf(['PUBLISHER_DEVELOPER'], [made.publisherId]);
    expect((await call(stranger, REGENERATE, input)).fault?.code).toBe('NOT_FOUND');
    expect((await call(developer, REGENERATE, input)).fault?.code).toBe('FORBIDDEN');
    expect((await call(made.admin, REGENERATE, { ...input, expectedVersion: link.version })).fault?.code).toBe('CONFLICT');
    await must(call(made.admin, REGENERATE, input));

    const again = await linkWhen(link.id, isActive);
    expect(again.stateParameter).toBe(link.stateParameter);
    expect(again.url).not.toBe(link.url);
    expect((await fetch(again.pngUrl)).status).toBe(200);
    const console = { linkId: link.id, expectedVersion: again.version, url: 'https://open.work.weixin.qq.com/x' };
    expect((await call(made.admin, RECORD_CONSOLE, console)).fault?.code).toBe('INVALID_STATE');
  });

  it('never end one that is renewed', async () => {
    const link = await linkWhen((await linkOf(createParametrised({ renews: true }))).id, isActive);
    clock.advance(9 * DAY_MS);

    const renewed = await linkWhen(link.id, ({ url }) => url !== link.url);
    expect(renewed).toMatchObject({ state: 'ACTIVE', stateParameter: link.stateParameter });
    expect(new Date(renewed.expiresAt ?? 0).getTime()).toBe(clock.now().getTime() + 10 * DAY_MS);
  });
});

it('a link says why WeCom gives no URL for it', async () => {
  // By its state: the links of earlier specs, whose days are over, are renewed at the same time.
  const state = newState();
  scene.wecom.answerNext(PATHS.customizedAuthUrl, refusal(842002), ({ body }) => body['state'] === state);
  const { id } = await linkOf(createParametrised({ state }));

  expect((await linkWhen(id, ({ lastError }) => lastError !== null)).lastError?.zh).toContain('842002');
});
