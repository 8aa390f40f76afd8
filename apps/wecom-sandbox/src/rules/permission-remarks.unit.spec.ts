import { remarksOf } from './permission-remarks';

describe('the remarks of a permission', () => {
  it.each([
    ['calendar:base:base', []],
    ['contact:sensitive:user_name', []],
    ['contact:sensitive:mobile', ['敏感信息，还需成员本人同意']],
    ['datazone:data:chat', ['需二次确认']],
    ['externalcontact:customer_acquisition:link', ['需二次确认']],
    ['externalcontact:resident:manage', ['仅政府类企业']],
    ['patrol:report:base', ['仅政府类企业']],
    ['school:sensitive:mobile', ['仅学校']],
    ['emergency:base:push', ['仅医疗行业企业']],
  ])('of %s are %j', (code, expected) => {
    expect(remarksOf(code).map(({ zh }) => zh)).toEqual(expected);
  });
});
