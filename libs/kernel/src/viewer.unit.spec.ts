import { authorize, authorizeTenant, READERS, ROLES, type Role, type Viewer } from './viewer';

const viewer = (roles: readonly Role[], publisherIds: readonly string[] = ['p1']): Viewer => ({
  subject: 'somebody',
  roles,
  publisherIds,
});

describe('authorize', () => {
  it('gives the tenants of the claim', () => {
    expect(authorize(viewer(['VIEWER'], ['p1', 'p2']), READERS)).toEqual({ kind: 'tenants', publisherIds: ['p1', 'p2'] });
  });

  it('gives an operator the platform only where OPERATOR is asked for', () => {
    expect(authorize(viewer(['OPERATOR']), ['OPERATOR'])).toMatchObject({ kind: 'platform' });
    expect(() => authorize(viewer(['OPERATOR']), ['PUBLISHER_ADMIN'])).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  });

  it('does not widen the tenants of somebody who is an operator besides, where OPERATOR is not asked for', () => {
    expect(authorize(viewer(['OPERATOR', 'PUBLISHER_ADMIN']), ['PUBLISHER_ADMIN'])).toEqual({
      kind: 'tenants',
      publisherIds: ['p1'],
    });
  });

  it.each(ROLES.filter((role) => role !== 'PUBLISHER_ADMIN'))('refuses %s what only PUBLISHER_ADMIN may', (role) => {
    expect(() => authorize(viewer([role]), ['PUBLISHER_ADMIN'])).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  });

  it('refuses another tenant', () => {
    const call = () => authorizeTenant(viewer(['PUBLISHER_ADMIN']), ['PUBLISHER_ADMIN'], 'p2');

    expect(call).toThrow(expect.objectContaining({ code: 'FORBIDDEN', details: { publisherId: 'p2' } }));
  });

  it('names the scope of its own tenant', () => {
    expect(authorizeTenant(viewer(['PUBLISHER_ADMIN']), ['PUBLISHER_ADMIN'], 'p1')).toEqual({
      kind: 'tenants',
      publisherIds: ['p1'],
    });
  });

  it('lets no backend read what people read', () => {
    expect(READERS).not.toContain('BACKEND');
  });
});
