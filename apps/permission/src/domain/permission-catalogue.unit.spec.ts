import { BASIC_PERMISSIONS } from './basic-permissions';
import { CUSTOM_PERMISSION_GROUPS } from './custom-permissions';
import { findPermission, namedPermission, needsSecondConfirmation } from './permission-catalogue';

const all = CUSTOM_PERMISSION_GROUPS.flatMap(({ permissions }) => permissions);
const remarked = (remark: string): readonly string[] =>
  all.filter(({ remarks }) => (remarks as readonly string[]).includes(remark)).map(({ id }) => id);

/** The published list of agent/get_permissions, written out: nothing of it may be missing, nothing invented. */
const PUBLISHED = `
contact:base:base contact:base:single_user contact:edit:all contact:sensitive:avatar contact:sensitive:qrcode
contact:sensitive:gender contact:sensitive:user_name contact:sensitive:mobile contact:sensitive:department_name
contact:sensitive:email contact:sensitive:position contact:sensitive:telephone contact:sensitive:address
contact:sensitive:extattr contact:sensitive:external_profile contact:sensitive:external_position contact:sensitive:biz_mail
corp_arch:base:base corp_arch:member:direct_leader externalcontact:base:base externalcontact:contact:tag
externalcontact:contact:group_msg externalcontact:contact:welcome_msg externalcontact:contact:qrcode
externalcontact:contact:transfer externalcontact:contact:resigned externalcontact:contact:stat
externalcontact:contact:product_album externalcontact:contact:intercept_rule externalcontact:groupchat:welcome_msg
externalcontact:groupchat:stat externalcontact:groupchat:resigned externalcontact:groupchat:transfer
externalcontact:moment:list externalcontact:moment:post externalcontact:customer_acquisition:base
externalcontact:customer_acquisition:query_quota externalcontact:customer_acquisition:link
externalcontact:customer_acquisition:customer externalcontact:customer_acquisition:conversion_data
externalcontact:resident:manage customerservice:base:base customerservice:chat:manage customerservice:tool:upgrade
customerservice:tool:stat externalpay:base:base calendar:base:base meeting:base:base living:base:base email:base:base
doc:base:base wedrive:base:base approval:base:base checkin:app:base hardware:base:base hardware:checkin:checkin_data
hardware:checkin:temperature_data hardware:checkin:accesscontrol_data hardware:checkin:read_rule hardware:checkin:edit_rule
hardware:printer:print school:base:base school:edit:all school:sensitive:mobile emergency:base:push patrol:report:base
resident:report:base datazone:data:chat datazone:data:knowledge_base datazone:component:chat datazone:chatdata:base
datazone:chatdata:hit_keyword datazone:chatdata:search datazone:chatdata:sentiment_analysis datazone:chatdata:customer_tag
datazone:chatdata:summary datazone:chatdata:recommend_dialog datazone:chatdata:customized_data datazone:knowledge:base
datazone:knowledge:recommend_dialog datazone:knowledge:customized_data datazone:docdata:base datazone:docdata:customized_data
`.trim().split(/\s+/);

describe('the catalogue', () => {
  it('has every published code, each once', () => {
    const codes = all.flatMap(({ code }) => (code === null ? [] : [code]));
    expect(codes.toSorted()).toEqual(PUBLISHED.toSorted());
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it('marks what has no code as seen by a person only', () => {
    const codeless = all.filter(({ code }) => code === null).map(({ id }) => id);
    expect(codeless).toEqual([
      'person:customer-mobile',
      'person:customer-avatar',
      'person:groupchat-join-way',
      'person:customer-strategy',
      'person:moment-strategy',
    ]);
    expect(remarked('BY_PERSON_ONLY')).toEqual(codeless);
  });

  it('names both languages of everything', () => {
    for (const { name } of [...BASIC_PERMISSIONS, ...all, ...CUSTOM_PERMISSION_GROUPS]) {
      expect(name.zh).toMatch(/\p{Script=Han}|OA/u);
      expect(name.en).toMatch(/^[A-Z]/);
    }
  });

  it.each([
    ['THIRD_PARTY_ONLY', ['contact:base:base', 'contact:base:single_user', 'contact:edit:all']],
    ['GOVERNMENT_ONLY', ['externalcontact:resident:manage', 'patrol:report:base', 'resident:report:base']],
    ['MEDICAL_ONLY', ['emergency:base:push']],
    ['SCHOOL_ONLY', ['school:base:base', 'school:edit:all', 'school:sensitive:mobile']],
    ['EXPIRES', ['externalcontact:customer_acquisition:conversion_data']],
  ])('says of which %s is true', (remark, ids) => expect(remarked(remark)).toEqual(ids));

  it('knows that the acquisition assistant and the data zone are confirmed twice', () => {
    expect(PUBLISHED.filter(needsSecondConfirmation).toSorted()).toEqual(
      PUBLISHED.filter((code) => /customer_acquisition|^datazone/.test(code)).toSorted(),
    );
  });

  it('has the ten basic permissions of the scan', () => expect(BASIC_PERMISSIONS).toHaveLength(10));

  it('shows a code that it lacks as it came', () => {
    expect(findPermission('brand:new:code')).toBeNull();
    expect(namedPermission('brand:new:code')).toMatchObject({ code: 'brand:new:code', name: { zh: 'brand:new:code' }, isKnown: false });
  });
});
