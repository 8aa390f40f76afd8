import { effectivePermissions, isKnownPermission, needsSecondConfirmation, permissionAnswer } from './permissions';

const LINK = 'externalcontact:customer_acquisition:link';
const CONVERSION = 'externalcontact:customer_acquisition:conversion_data';

describe('custom permissions', () => {
  it('know the codes of delegated-development apps and no others', () => {
    expect(isKnownPermission('contact:sensitive:user_name')).toBe(true);
    expect(isKnownPermission('contact:base:single_user')).toBe(false);
    expect(isKnownPermission('constructor')).toBe(false);
  });

  it.each([
    [LINK, true],
    ['datazone:data:chat', true],
    ['externalcontact:base:base', false],
    ['contact:sensitive:mobile', false],
  ])('%s needs a second confirmation: %s', (code, expected) => {
    expect(needsSecondConfirmation(code)).toBe(expected);
  });

  it('lose the one that is limited in time when its time is over', () => {
    const granted = { permissions: ['calendar:base:base', CONVERSION], conversionDataUntil: 100 };
    expect(effectivePermissions(granted, 99_999)).toEqual(['calendar:base:base', CONVERSION]);
    expect(effectivePermissions(granted, 100_000)).toEqual(['calendar:base:base']);
    expect(effectivePermissions({ ...granted, conversionDataUntil: 0 }, 100_000)).toHaveLength(2);
  });
});

describe('agent/get_permissions', () => {
  it('answers an empty list without an extension while there are only basic permissions', () => {
    expect(permissionAnswer({ permissions: [] }, 0)).toEqual({ app_permissions: [] });
  });

  it('adds the base code to its parts and lists again what was confirmed twice', () => {
    expect(
      permissionAnswer({ permissions: ['calendar:base:base', LINK, CONVERSION], conversionDataUntil: 9 }, 0),
    ).toEqual({
      app_permissions: ['calendar:base:base', LINK, CONVERSION, 'externalcontact:customer_acquisition:base'],
      app_permissions_ext: [
        { permission_name: LINK, expire_time: 0 },
        { permission_name: CONVERSION, expire_time: 9 },
      ],
    });
    expect(permissionAnswer({ permissions: [CONVERSION] }, 0).app_permissions).toEqual([CONVERSION]);
  });
});
