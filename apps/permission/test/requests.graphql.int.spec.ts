import { newId } from '@daikaifa/kernel';
import { must } from '@daikaifa/harness';
import { viewerOf } from '@daikaifa/testing';
import { createWorld, type Corp, type SetView, type Tenant, type World } from './harness';

const TAG = 'externalcontact:contact:tag';
const BASE = 'externalcontact:base:base';
const CALENDAR = 'calendar:base:base';
const ACQUISITION = 'externalcontact:customer_acquisition:base';

let world: World;
let tenant: Tenant;

beforeAll(async () => {
  world = await createWorld();
  await world.start();
  tenant = world.newTenant();
});
afterAll(() => world.stop());

const confirmedIds = ({ confirmed }: SetView): readonly string[] => confirmed?.permissions.map(({ id }) => id) ?? [];
const shown = ({ settings }: SetView): readonly string[] =>
  settings.map(({ permission, mark }) => (mark === null ? permission.id : `${permission.id} ${mark.zh}`));
const stateOf = (set: SetView): string | undefined => set.requests.nodes[0]?.state;

const asked = async (codes: readonly string[] = [BASE, TAG]): Promise<{ readonly corp: Corp; readonly set: SetView }> => {
  const { corp, set } = await world.authorized(tenant, [BASE]);
  return { corp, set: (await world.request(tenant.developer, set, codes)).permissionSet };
};

describe('配置自定义权限：每次编辑保存后立即向企业发起确认', () => {
  it('opens a request at once, with its difference', async () => {
    const { set } = await world.authorized(tenant, [BASE]);
    const { permissionSet, request, warnings } = await world.request(tenant.developer, set, [TAG]);
    expect(request).toMatchObject({
      number: 1,
      state: 'PENDING',
      requestedBy: 'developer-1',
      difference: { added: [{ id: TAG }], removed: [{ id: BASE }] },
    });
    expect(permissionSet.openRequest?.id).toBe(request.id);
    expect(warnings).toEqual([]);
    await world.untilTypes(set.id, ['set-made', 'effective-changed', 'requested']);
  });

  it('可多次编辑: each save asks again, also an unchanged one, and supersedes what was open', async () => {
    const { set } = await asked();
    const { permissionSet } = await world.request(tenant.admin, set, [BASE, TAG]);
    expect(permissionSet.requests.nodes.map(({ number, state }) => [number, state])).toEqual([
      [2, 'PENDING'],
      [1, 'SUPERSEDED'],
    ]);
    await world.untilTypes(set.id, ['set-made', 'effective-changed', 'requested', 'superseded', 'requested']);
  });

  it('answers the first request again for the same key, and refuses the key for another set', async () => {
    const { set } = await world.authorized(tenant, []);
    const input = { permissionSetId: set.id, expectedVersion: set.version, idempotencyKey: newId(), permissions: [TAG] };
    const first = await must(world.mutate(tenant.admin, 'requestPermissions', input));
    const again = await must(world.mutate(tenant.admin, 'requestPermissions', input));
    expect(again.change.request.id).toBe(first.change.request.id);
    expect(again.change.permissionSet.version).toBe(first.change.permissionSet.version);
    const other = await world.mutate(tenant.admin, 'requestPermissions', { ...input, permissions: [CALENDAR] });
    expect(other.fault?.code).toBe('CONFLICT');
  });

  it('reports every fault at once', async () => {
    const { set } = await world.authorized(tenant, []);
    const permissions = ['basic:message', 'contact:edit:all', 'nonsense'];
    const input = { permissionSetId: set.id, expectedVersion: set.version, idempotencyKey: newId(), permissions };
    const { fault } = await world.mutate(tenant.admin, 'requestPermissions', input);
    expect(fault).toEqual({
      code: 'BAD_USER_INPUT',
      violations: ['PERMISSION_BASIC', 'THIRD_PARTY_ONLY', 'PERMISSION_MALFORMED'],
    });
  });

  it('warns of what a person should read', async () => {
    const { set } = await world.authorized(tenant, []);
    const { warnings } = await world.request(tenant.admin, set, ['patrol:report:base', 'person:customer-strategy', 'brand:new:code']);
    expect(warnings.map(({ code }) => code)).toEqual(['GOVERNMENT_ONLY', 'BY_PERSON_ONLY', 'PERMISSION_UNKNOWN']);
  });
});

describe('若企业同意权限则所选择的自定义权限立即生效', () => {
  it('is granted by the observation that equals it; the mark is gone', async () => {
    const { corp, set } = await asked();
    expect(shown(set)).toEqual([`${BASE} 待企业客户确认`, `${TAG} 待企业客户确认`]);
    expect(confirmedIds(set)).toEqual([BASE]);
    const granted = await world.observed(tenant.viewer, corp, [TAG, BASE]);
    expect(stateOf(granted)).toBe('GRANTED');
    expect(shown(granted)).toEqual([BASE, TAG]);
    expect(granted.requests.nodes[0]?.end).toMatchObject({ by: 'SIGNAL', person: null });
    await world.untilTypes(set.id, ['set-made', 'effective-changed', 'requested', 'effective-changed', 'granted']);
    expect(world.events.of(set.id).at(-1)?.state).toMatchObject({ effective: [BASE, TAG], lastRequest: { state: 'GRANTED' } });
  });

  it('stays open when the corp saved another set; the edit is logged', async () => {
    const { corp } = await asked();
    const edited = await world.observed(tenant.viewer, corp, [BASE, CALENDAR]);
    expect(stateOf(edited)).toBe('PENDING');
    expect(edited.changes.nodes[0]).toMatchObject({ cause: 'CORP_EDIT', requestId: null, added: [{ id: CALENDAR }] });
    expect(confirmedIds(edited)).toEqual([CALENDAR, BASE]);
  });

  it('is independent of the launch: a corp app that was never launched is granted', async () => {
    const { corp } = await asked();
    await world.publishCorpApp(corp, { status: 'DEVELOPING', publishStatus: 1 });
    expect(stateOf(await world.observed(tenant.viewer, corp, [BASE, TAG]))).toBe('GRANTED');
  });
});

describe('若企业选择暂不授权，则依旧保持之前的自定义权限', () => {
  it('is recorded by a person; the settings go back to the set before', async () => {
    const { set } = await asked();
    const { permissionSet } = await world.change(tenant.developer, 'recordPermissionDecline', set, { note: '客户暂不需要' });
    expect(stateOf(permissionSet)).toBe('DECLINED');
    expect(shown(permissionSet)).toEqual([BASE]);
    expect(permissionSet.requests.nodes[0]?.end).toMatchObject({ by: 'PERSON', person: 'developer-1', note: '客户暂不需要' });
  });

  it('refuses a note that is too long, and a second decline', async () => {
    const { set } = await asked();
    const input = { permissionSetId: set.id, expectedVersion: set.version };
    const long = await world.mutate(tenant.admin, 'recordPermissionDecline', { ...input, note: '长'.repeat(501) });
    expect(long.fault).toEqual({ code: 'BAD_USER_INPUT', violations: ['NOTE_LENGTH'] });
    const { permissionSet } = await world.change(tenant.admin, 'recordPermissionDecline', set);
    const again = await world.mutate(tenant.admin, 'recordPermissionDecline', { ...input, expectedVersion: permissionSet.version });
    expect(again.fault?.code).toBe('INVALID_STATE');
  });

  it('a late grant is recognised and recorded beside it', async () => {
    const { corp, set } = await asked();
    await world.change(tenant.admin, 'recordPermissionDecline', set);
    const late = await world.observed(tenant.viewer, corp, [BASE, TAG]);
    expect(late.requests.nodes[0]).toMatchObject({ state: 'DECLINED', lateGrantedAt: late.confirmed?.readAt });
    expect(late.changes.nodes[0]).toMatchObject({ cause: 'LATE_GRANT', requestId: late.requests.nodes[0]?.id });
    expect(shown(late)).toEqual([BASE, TAG]);
  });
});

describe('withdrawing', () => {
  it('ends the request', async () => {
    const { set } = await asked();
    const { permissionSet } = await world.change(tenant.developer, 'withdrawPermissionRequest', set);
    expect([stateOf(permissionSet), shown(permissionSet)]).toEqual(['WITHDRAWN', [BASE]]);
  });
});

describe('the second confirmation', () => {
  it('is waited for when only that is missing, and recorded by a person', async () => {
    const { corp } = await asked([BASE, TAG, ACQUISITION]);
    const first = await world.observed(tenant.viewer, corp, [BASE, TAG]);
    expect(stateOf(first)).toBe('PENDING_SECOND');
    expect(shown(first)).toEqual([BASE, TAG, `${ACQUISITION} 待企业客户二次确认`].toSorted());
    const { permissionSet } = await world.change(tenant.admin, 'recordSecondConfirmation', first);
    expect(permissionSet.requests.nodes[0]).toMatchObject({ state: 'GRANTED', end: { by: 'PERSON', person: 'admin-1' } });
    expect(confirmedIds(permissionSet)).toEqual([BASE, TAG]);
  });

  it('is seen by the signal as well', async () => {
    const { corp } = await asked([BASE, TAG, ACQUISITION]);
    await world.observed(tenant.viewer, corp, [BASE, TAG]);
    const second = await world.observed(tenant.viewer, corp, [BASE, TAG, ACQUISITION]);
    expect(second.requests.nodes[0]).toMatchObject({ state: 'GRANTED', end: { by: 'SIGNAL' } });
    const revoked = await world.observed(tenant.viewer, corp, [BASE, TAG]);
    expect(revoked.changes.nodes[0]?.cause).toBe('REVOCATION');
  });

  it('is refused where nothing needs it', async () => {
    const { set } = await asked();
    const input = { permissionSetId: set.id, expectedVersion: set.version };
    expect((await world.mutate(tenant.admin, 'recordSecondConfirmation', input)).fault?.code).toBe('INVALID_STATE');
  });
});

describe('each mutation', () => {
  const mutations = [
    ['requestPermissions', { idempotencyKey: 'key-1', permissions: [TAG] }],
    ['withdrawPermissionRequest', {}],
    ['recordPermissionDecline', {}],
    ['recordSecondConfirmation', {}],
  ] as const;

  it.each(mutations)('%s is refused to other roles', async (name, more) => {
    const { set } = await asked([ACQUISITION]);
    const input = { permissionSetId: set.id, expectedVersion: set.version, ...more };
    for (const role of ['REVIEWER', 'BACKEND', 'VIEWER', 'OPERATOR'] as const) {
      expect((await world.mutate(viewerOf([role], [tenant.id]), name, input)).fault?.code).toBe('FORBIDDEN');
    }
    expect((await world.setOf(tenant.viewer, set.id))?.version).toBe(set.version);
  });

  it.each(mutations)("%s does not find another tenant's set", async (name, more) => {
    const { set } = await asked([ACQUISITION]);
    const input = { permissionSetId: set.id, expectedVersion: set.version, ...more };
    expect((await world.mutate(world.newTenant().admin, name, input)).fault?.code).toBe('NOT_FOUND');
  });

  it.each(mutations)('%s with an old version is CONFLICT at once', async (name, more) => {
    const { set } = await asked([ACQUISITION]);
    const input = { permissionSetId: set.id, expectedVersion: set.version - 1, ...more };
    expect((await world.mutate(tenant.admin, name, input)).fault?.code).toBe('CONFLICT');
  });

  it.each(mutations)('%s is refused once the corp has cancelled', async (name, more) => {
    const { corp, set } = await asked([ACQUISITION]);
    await world.cancel(corp);
    const { version } = await world.setWhen(tenant.viewer, set.id, ({ erased }) => erased);
    const input = { permissionSetId: set.id, expectedVersion: version, ...more };
    expect((await world.mutate(tenant.admin, name, input)).fault?.code).toBe('INVALID_STATE');
  });
});

describe('reading', () => {
  it('shows the catalogue with names, remarks and APIs', async () => {
    const query = `{ permissionCatalogue { version basic { id name { zh } apis }
      groups { name { zh } permissions { id code name { zh en } remarks { remark text { zh } } apis } } } }`;
    const data = await must(
      world.graphql<{
        permissionCatalogue: { version: string; basic: unknown[]; groups: { permissions: { id: string; remarks: unknown[] }[] }[] };
      }>(tenant.viewer, query),
    );
    const { version, basic, groups } = data.permissionCatalogue;
    expect(version).toBe('2026-07');
    expect(basic).toHaveLength(10);
    const all = groups.flatMap(({ permissions }) => permissions);
    expect(all).toHaveLength(88);
    expect(all.find(({ id }) => id === 'emergency:base:push')).toEqual({
      id: 'emergency:base:push',
      code: 'emergency:base:push',
      name: { zh: '紧急应用通知', en: 'Emergency notices' },
      remarks: [{ remark: 'MEDICAL_ONLY', text: { zh: '仅医疗行业企业' } }],
      apis: ['pstncc/call', 'pstncc/getstates'],
    });
    expect((await world.graphql(viewerOf(['BACKEND'], [tenant.id]), query)).fault?.code).toBe('FORBIDDEN');
  });

  it('shows a code that the catalogue lacks raw, and how to reach the page that confirms', async () => {
    const { set } = await world.authorized(tenant, ['brand:new:code']);
    const query = `query ($id: ID!) { permissionSet(id: $id) { corpApp { id } confirmationEntry { call params } consoleSteps { zh }
      confirmed { permissions { id isKnown name { zh } } } } }`;
    const { permissionSet } = await must(world.graphql<{ permissionSet: object }>(tenant.viewer, query, { id: set.id }));
    expect(permissionSet).toMatchObject({
      corpApp: { id: set.id },
      confirmationEntry: { call: 'ww.openAppManage', params: '{"page":"permission"}' },
      confirmed: { permissions: [{ id: 'brand:new:code', isKnown: false, name: { zh: 'brand:new:code' } }] },
    });
  });

  it('pages through requests and changes, newest first, with a cap', async () => {
    const { corp } = await asked();
    let set = await world.observed(tenant.viewer, corp, [CALENDAR]);
    for (let index = 0; index < 3; index += 1) {
      set = (await world.request(tenant.admin, set, [TAG])).permissionSet;
    }
    const query = `query ($id: ID!, $after: String, $first: Int) { permissionSet(id: $id) {
      requests(first: $first, after: $after) { nodes { number } pageInfo { hasNextPage endCursor } }
      changes(cause: CORP_EDIT) { nodes { number cause } } } }`;
    type Answer = {
      permissionSet: {
        requests: { nodes: { number: number }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
        changes: { nodes: { cause: string }[] };
      };
    };
    const page = async (after?: string) =>
      (await must(world.graphql<Answer>(tenant.viewer, query, { id: set.id, first: 3, after }))).permissionSet;
    const first = await page();
    expect(first.requests.nodes.map(({ number }) => number)).toEqual([4, 3, 2]);
    expect(first.changes.nodes).toEqual([{ number: 2, cause: 'CORP_EDIT' }]);
    const second = await page(first.requests.pageInfo.endCursor);
    expect([second.requests.nodes, second.requests.pageInfo.hasNextPage]).toEqual([[{ number: 1 }], false]);
    expect((await world.graphql(tenant.viewer, query, { id: set.id, first: 101 })).fault?.code).toBe('BAD_USER_INPUT');
    expect((await world.graphql(tenant.viewer, query, { id: set.id, first: 3, after: 'x' })).fault?.code).toBe('BAD_USER_INPUT');
  });

  it("shows another tenant nothing, and null for an app that is not known", async () => {
    const { set } = await world.authorized(tenant, [TAG]);
    expect(await world.setOf(world.newTenant().admin, set.id)).toBeNull();
    expect(await world.setOf(tenant.admin, newId())).toBeNull();
  });

  it('loads the permissions of many apps in one query', async () => {
    const { set: one } = await world.authorized(tenant, [TAG]);
    const { set: two } = await world.authorized(tenant, [CALENDAR]);
    const ids = [one.id, newId(), two.id].map((id) => ({ __typename: 'CorpApp', id }));
    const query = 'query ($ids: [_Any!]!) { _entities(representations: $ids) { ... on CorpApp { permissions { id } } } }';
    const data = await must(world.graphql<{ _entities: object[] }>(tenant.viewer, query, { ids }));
    expect(data._entities).toEqual([{ permissions: { id: one.id } }, { permissions: null }, { permissions: { id: two.id } }]);
  });
});
