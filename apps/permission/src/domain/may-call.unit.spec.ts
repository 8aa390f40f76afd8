import { mayCall, permissionsOfApi, type AnswerableSet } from './may-call';

const readAt = new Date('2026-03-02T09:00:00.000Z');
const setOf = (codes: readonly string[] | null, status: AnswerableSet['status'] = 'ACTIVE'): AnswerableSet => ({
  id: 'app-1',
  publisherId: 'p1',
  status,
  effective: codes && { codes, readAt, expiries: [] },
});
const BASE = 'externalcontact:base:base';

describe('may this app call', () => {
  it.each([
    ['message/send', null, 'BASIC', true],
    ['externalcontact/list', [BASE], 'GRANTED', true],
    ['externalcontact/list', ['calendar:base:base'], 'NOT_GRANTED', false],
    ['externalcontact/list', [], 'NOT_GRANTED', false],
    ['externalcontact/list', null, 'NOT_OBSERVED', false],
    ['externalcontact/groupchat/add_join_way', [BASE], 'BY_PERSON_ONLY', false],
    ['externalcontact/no_such_call', [BASE], 'UNKNOWN', false],
    [BASE, [BASE], 'GRANTED', true],
    ['brand:new:code', ['brand:new:code'], 'GRANTED', true],
    ['brand:new:code', [], 'NOT_GRANTED', false],
    ['basic:message', [], 'BASIC', true],
    ['person:customer-strategy', [], 'BY_PERSON_ONLY', false],
  ] as const)('%s, granted %j: %s', (name, codes, reason, allowed) => {
    expect(mayCall(setOf(codes), name, readAt)).toMatchObject({ reason, allowed, readAt: codes === null ? null : readAt });
  });

  it('nothing once the corp has cancelled, not even the basics', () => {
    expect(mayCall(setOf([BASE], 'CANCELLED'), 'message/send', readAt)).toMatchObject({ allowed: false, reason: 'CANCELLED' });
  });

  it('what ends by itself to the second, and the rest afterwards', () => {
    const end = new Date('2026-03-05T00:00:00.000Z');
    const effective = { codes: [BASE, 'calendar:base:base'], readAt, expiries: [{ code: BASE, expiresAt: end }] };
    const reasonAt = (ms: number, name: string) =>
      mayCall({ ...setOf([]), effective }, name, new Date(end.getTime() + ms)).reason;
    expect([-1, 0].map((ms) => reasonAt(ms, BASE))).toEqual(['GRANTED', 'NOT_GRANTED']);
    expect(reasonAt(0, 'calendar:base:base')).toBe('GRANTED');
  });

  it.each(['/cgi-bin/oa/schedule/add', 'cgi-bin/oa/schedule/add', 'oa/schedule/add?debug=1', ' oa/schedule/add '])(
    'reads %j as one and the same API',
    (name) => expect(permissionsOfApi(name)).toEqual(['calendar:base:base']),
  );

  it('asks for any one of several permissions', () => {
    expect(mayCall(setOf(['contact:sensitive:mobile']), 'auth/getuserdetail', readAt)).toMatchObject({
      allowed: true,
      needs: expect.arrayContaining(['contact:sensitive:avatar', 'contact:sensitive:mobile']),
    });
  });
});

describe('which permission opens an API', () => {
  it.each([
    ['school/user/get', 'school:base:base'],
    ['school/user/create_student', 'school:edit:all'],
    ['externalcontact/get_moment_task', 'externalcontact:moment:list'],
    ['externalcontact/get_moment_task_result', 'externalcontact:moment:post'],
    ['kf/account/list', 'customerservice:base:base'],
    ['kf/account/add', 'customerservice:chat:manage'],
  ])('the most specific entry decides: %s by %s', (api, id) => expect(permissionsOfApi(api)).toEqual([id]));

  it.each(['', 'living/', 'living/*', 'living'])('a group alone is no API: %j', (api) => {
    expect(permissionsOfApi(api)).toEqual([]);
  });
});
