import type { Installation } from '../store/types';
import { corpLabel, isInVisibleRange, refusalOfUse } from './usable';

const app = (change: Partial<Installation> = {}): Installation => ({
  ...{ id: 'i', providerId: 'p', suiteId: 'dk', corpId: 'ww', agentId: 1, name: 'n', intro: 'i', state: '' },
  ...{ installedBy: 'admin', closed: false, publishStatus: 2, permissions: [], createdAt: 0 },
  ...{ allowUsers: [], allowParties: [], allowTags: [] },
  ...change,
});
const member = { userId: 'member-a', name: '成员甲', admin: false, departmentIds: [2] };

describe('the visible range', () => {
  it.each([
    [{ allowUsers: ['member-a'], allowParties: [] }, true],
    [{ allowUsers: ['member-b'], allowParties: [] }, false],
    [{ allowUsers: [], allowParties: [2] }, true],
    [{ allowUsers: [], allowParties: [3] }, false],
    [{ allowUsers: [], allowParties: [1] }, true],
    [{ allowUsers: [], allowParties: [] }, false],
  ])('%j holds the member: %s', (range, expected) => {
    expect(isInVisibleRange(range, member)).toBe(expected);
  });
});

describe('what the corp sees of an app', () => {
  it.each([
    [0, false, 'IN_DEVELOPMENT'],
    [1, false, 'IN_DEVELOPMENT'],
    [2, false, 'ENABLED'],
    [3, false, 'ENABLED'],
    [0, true, 'DISABLED'],
    [3, true, 'DISABLED'],
  ] as const)('publish status %i, disabled %s: %s', (publishStatus, closed, label) => {
    expect(corpLabel(app({ publishStatus, closed }))).toBe(label);
    expect(corpLabel(app({ publishStatus, closed, cancelledAt: 1 }))).toBe('CANCELLED');
  });

  it.each<[Partial<Installation>, string | undefined]>([
    [{}, undefined],
    [{ allowUsers: [] }, 'NOT_IN_VISIBLE_RANGE'],
    [{ publishStatus: 1 }, 'APP_NOT_LAUNCHED'],
    [{ closed: true }, 'APP_DISABLED'],
    [{ closed: true, cancelledAt: 1 }, 'AUTHORIZATION_CANCELLED'],
  ])('%j: a member is refused with %s', (change, reason) => {
    expect(refusalOfUse(app({ allowUsers: ['member-a'], ...change }), member)?.reason).toBe(reason);
  });
});
