import type { PermissionRequest } from './permission-set';
import { confirmedOf, CONFIRMATION_ENTRY, settingsOf } from './permission-views';

const now = new Date('2026-03-02T09:00:00.000Z');
const effective = { codes: ['calendar:base:base'], readAt: now, expiries: [] };
const request = (state: PermissionRequest['state']): PermissionRequest => ({
  id: 'r1',
  number: 1,
  state,
  codes: ['calendar:base:base', 'datazone:data:chat', 'doc:base:base'],
  personItems: ['person:groupchat-join-way'],
  difference: { added: [], removed: [] },
  requestedBy: 'developer-1',
  requestedAt: now,
  remindAt: now,
  stale: false,
  firstConfirmedAt: null,
  end: null,
  lateGrantedAt: null,
  idempotency: { key: 'k', fingerprint: 'f' },
});
const shown = (requests: readonly PermissionRequest[]) =>
  settingsOf({ effective, requests }).map(({ permission, waitingFor, works }) => `${permission.id} ${waitingFor} ${works}`);

describe('the settings while nobody edits them', () => {
  it('say when what works ends by itself, also while it is asked for again', () => {
    const ending = { ...effective, expiries: [{ code: 'calendar:base:base', expiresAt: now }] };
    const ends = (requests: readonly PermissionRequest[]) =>
      settingsOf({ effective: ending, requests }).map(({ expiresAt }) => expiresAt);
    expect(ends([])).toEqual([now]);
    expect(ends([request('PENDING')])).toEqual([now, null, null, null]);
  });

  it('mark each requested permission while the corp has not answered', () => {
    expect(shown([request('PENDING')])).toEqual([
      'calendar:base:base CONFIRMATION true',
      'datazone:data:chat CONFIRMATION false',
      'doc:base:base CONFIRMATION false',
      'person:groupchat-join-way CONFIRMATION false',
    ]);
  });

  it('mark only what waits for the second confirmation after the first', () => {
    expect(shown([request('PENDING_SECOND')])).toEqual([
      'calendar:base:base null true',
      'datazone:data:chat SECOND_CONFIRMATION false',
      'doc:base:base null false',
      'person:groupchat-join-way null false',
    ]);
  });

  it.each(['GRANTED', 'DECLINED', 'SUPERSEDED', 'WITHDRAWN', 'VOID'] as const)('show what works after %s', (state) => {
    expect(shown([request(state)])).toEqual(['calendar:base:base null true']);
  });
});

it('what the corp has confirmed is shown also while a request is open, and null is not empty', () => {
  expect(confirmedOf({ effective })?.map(({ id }) => id)).toEqual(['calendar:base:base']);
  expect(confirmedOf({ effective: null })).toBeNull();
});

it('offers the entry to the page that confirms', () => {
  expect([CONFIRMATION_ENTRY.call, JSON.parse(CONFIRMATION_ENTRY.params)]).toEqual(['ww.openAppManage', { page: 'permission' }]);
});
