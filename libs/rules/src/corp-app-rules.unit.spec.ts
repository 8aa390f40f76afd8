import { CORP_APP_RULES as rules } from './corp-app-rules';
import { DELEGATED_TEMPLATE_RULES } from './delegated-template-rules';
import { checkFields, errorsOf, notChecked, type FieldRule } from './rule-set';

const complete = {
  logo: { sha256: 'a'.repeat(64), contentType: 'image/png', widthPx: 750, heightPx: 750, sizeBytes: 1_048_576 },
  name: '云帆客户管理',
  introduction: '管理客户与跟进记录',
  homePageUrl: 'https://crm.example.com/home',
  miniProgram: null,
  menu: [],
  trustedDomain: 'crm.example.com',
  ipWhitelist: [],
  callback: 'TEMPLATE',
};
const miniProgram = { appId: 'wx0123456789abcdef', name: '云帆', published: true };
const opensUrl = { kind: 'URL', target: 'https://crm.example.com/' };
const child = { name: '新建客户', ...opensUrl };

const broken = (content: object, mode: 'save' | 'submit' = 'submit') =>
  checkFields(rules, { ...complete, ...content }, { mode });
const codes = (content: object, mode?: 'save' | 'submit'): string[] => broken(content, mode).map(({ code }) => code);

describe('rules of a corp app (seed 36689, 企业应用代开发 §2)', () => {
  it('accept complete content', () => {
    expect(codes({})).toEqual([]);
  });

  it('are those of the template for logo and name', () => {
    const of = (field: string) => (rule: FieldRule) => rule.field === field && rule.check.kind !== 'required';
    for (const field of ['logo', 'name']) {
      expect(rules.rules.filter(of(field))).toEqual(DELEGATED_TEMPLATE_RULES.rules.filter(of(field)));
    }
    expect(rules.words['NAME']).toEqual(DELEGATED_TEMPLATE_RULES.words['NAME']);
    expect(codes({ logo: { ...complete.logo, widthPx: 749 }, name: '免费企业微信' })).toEqual(['LOGO_SIZE', 'NAME_WORDS']);
  });

  it.each([
    [3, ['INTRODUCTION_LENGTH']],
    [4, []],
    [21, []],
    [120, []],
    [121, ['INTRODUCTION_LENGTH']],
  ])('introduction of %i characters → %j', (length, expected) => {
    expect(codes({ introduction: '字'.repeat(length) })).toEqual(expected);
  });

  it('require everything but the IP list and the menu on submit, and nothing of a draft', () => {
    const empty = { logo: null, name: '', introduction: null, homePageUrl: null, trustedDomain: null };
    expect(codes(empty, 'save')).toEqual([]);
    expect(codes(empty)).toEqual([
      'LOGO_REQUIRED',
      'NAME_REQUIRED',
      'INTRODUCTION_REQUIRED',
      'HOME_PAGE_URL_REQUIRED',
      'TRUSTED_DOMAIN_REQUIRED',
    ]);
  });

  it.each([
    ['https://crm.example.com/home?x=1#top', []],
    ['http://crm.example.com', []],
    ['crm.example.com', ['HOME_PAGE_URL_FORMAT']],
    ['javascript:alert(1)', ['HOME_PAGE_URL_FORMAT']],
    ['https://someone:word@crm.example.com/', ['HOME_PAGE_URL_FORMAT']],
    [`https://crm.example.com/${'a'.repeat(1000)}`, []],
    [`https://crm.example.com/${'a'.repeat(1001)}`, ['HOME_PAGE_URL_BYTES']],
  ])('home page %s → %j', (homePageUrl, expected) => {
    expect(codes({ homePageUrl }, 'save')).toEqual(expected);
  });

  it('need no web address with a mini-program home', () => {
    expect(codes({ homePageUrl: null, miniProgram })).toEqual([]);
  });

  it('ask for AppID, name and the word that it is published once a mini-program is associated', () => {
    const bare = { miniProgram: { appId: '', name: '', published: false } };
    expect(codes(bare, 'save')).toEqual([]);
    expect(codes(bare)).toEqual([
      'MINI_PROGRAM_APP_ID_REQUIRED',
      'MINI_PROGRAM_NAME_REQUIRED',
      'MINI_PROGRAM_NOT_PUBLISHED',
    ]);
    expect(codes({ miniProgram: { ...miniProgram, appId: 'wxABC', name: '字'.repeat(31) } })).toEqual([
      'MINI_PROGRAM_APP_ID_FORMAT',
      'MINI_PROGRAM_NAME_LENGTH',
    ]);
  });

  it.each([
    ['crm.example.com', []],
    ['https://crm.example.com', ['TRUSTED_DOMAIN_SCHEME']],
    ['//crm.example.com', ['TRUSTED_DOMAIN_SCHEME']],
    ['crm.example.com:8080', ['TRUSTED_DOMAIN_PORT']],
    ['crm.example.com/path', ['TRUSTED_DOMAIN_PATH']],
    ['*.example.com', ['TRUSTED_DOMAIN_WILDCARD']],
    ['203.0.113.7', ['TRUSTED_DOMAIN_IP']],
    ['[2001:db8::1]', ['TRUSTED_DOMAIN_IP']],
    ['2001:db8::1', ['TRUSTED_DOMAIN_IP']],
    ['localhost', ['TRUSTED_DOMAIN_FORMAT']],
    ['crm_.example.com', ['TRUSTED_DOMAIN_FORMAT']],
    ['-crm.example.com', ['TRUSTED_DOMAIN_FORMAT']],
    ['crm..example.com', ['TRUSTED_DOMAIN_FORMAT']],
    ['someone@crm.example.com', ['TRUSTED_DOMAIN_FORMAT']],
    [
      'https://*.example.com:443/a',
      ['TRUSTED_DOMAIN_SCHEME', 'TRUSTED_DOMAIN_PORT', 'TRUSTED_DOMAIN_PATH', 'TRUSTED_DOMAIN_WILDCARD'],
    ],
  ])('trusted domain %s → %j', (trustedDomain, expected) => {
    expect(codes({ trustedDomain }, 'save')).toEqual(expected);
  });

  it.each([
    ['203.0.113.7', []],
    ['203.0.113.*', []],
    ['203.0.113.0/24', [['IP_UNCONFIRMED', 'WARNING']]],
    ['2001:db8::1', [['IP_UNCONFIRMED', 'WARNING']]],
    ['crm.example.com', [['IP_FORMAT', 'ERROR']]],
  ])('IP list with %s → %j', (entry, expected) => {
    const found = broken({ ipWhitelist: ['203.0.113.1', entry] }, 'save');
    expect(found.map(({ code, severity }) => [code, severity])).toEqual(expected);
    expect(found.every(({ field }) => field === 'ipWhitelist.1')).toBe(true);
  });

  it('bound the IP list', () => {
    const list = Array.from({ length: 101 }, (_, index) => `203.0.113.${index}`);
    expect(codes({ ipWhitelist: list.slice(1) })).toEqual([]);
    expect(codes({ ipWhitelist: list })).toEqual(['IP_WHITELIST_COUNT']);
  });

  it('name what only a person can check', () => {
    expect(notChecked(rules).map(({ code }) => code)).toEqual(['LOGO_LIKENESS', 'TRUSTED_DOMAIN_ICP']);
  });

  it('have unique codes and texts in both languages', () => {
    const all = rules.rules.map(({ code }) => code);
    expect(new Set(all).size).toBe(all.length);
    expect(rules.rules.filter(({ text }) => text.zh === '' || text.en === '')).toEqual([]);
  });
});

describe('rules of the menu', () => {
  const entry = (name: string, more: object = { entry: opensUrl, children: [] }) => ({ name, ...more });
  const places = (content: object, mode: 'save' | 'submit' = 'submit') =>
    errorsOf(broken(content, mode)).map(({ field, code }) => `${field} ${code}`);

  it('take three entries with five children each', () => {
    const children = Array.from({ length: 5 }, () => child);
    expect(codes({ menu: ['客户', '商机', '我的'].map((name) => entry(name, { entry: null, children })) })).toEqual([]);
    expect(
      places({ menu: Array.from({ length: 4 }, () => entry('客户', { entry: null, children: [...children, child] })) }),
    ).toEqual([
      'menu MENU_COUNT',
      ...[0, 1, 2, 3].map((index) => `menu.${index}.children MENU_CHILDREN_COUNT`),
    ]);
  });

  it('count names in bytes: 16 at the top, 40 below', () => {
    const menu = (name: string, below: string) => [
      entry(name),
      entry('更多', { entry: null, children: [{ ...child, name: below }] }),
    ];
    expect(codes({ menu: menu('客户管理abcd', '字'.repeat(13)) })).toEqual([]);
    expect(places({ menu: menu('客户管理abcde', '字'.repeat(14)) })).toEqual([
      'menu.0.name MENU_NAME_BYTES',
      'menu.1.children.0.name MENU_CHILD_NAME_BYTES',
    ]);
  });

  it('refuse reserved words and special characters at both levels', () => {
    expect(
      places({ menu: [entry('免费★'), entry('更多', { entry: null, children: [{ ...child, name: '微信抽奖' }] })] }),
    ).toEqual([
      'menu.0.name MENU_NAME_CHARACTERS',
      'menu.0.name MENU_NAME_WORDS',
      'menu.1.children.0.name MENU_CHILD_NAME_WORDS',
    ]);
  });

  it('let an entry either open something or have children', () => {
    expect(
      places({ menu: [entry('客户', { entry: null, children: [] }), entry('更多', { entry: opensUrl, children: [child] })] }),
    ).toEqual(['menu.0.entry MENU_ENTRY_REQUIRED', 'menu.1.entry MENU_ENTRY_AND_CHILDREN']);
  });

  it('check the target by its kind', () => {
    const opens = (kind: string, target: string) => entry('客户', { entry: { kind, target }, children: [] });
    expect(places({ menu: [opens('URL', 'crm.example.com')] })).toEqual(['menu.0.entry.target MENU_URL_FORMAT']);
    expect(places({ menu: [opens('CLICK', 'k'.repeat(128))] })).toEqual([]);
    expect(places({ menu: [opens('CLICK', 'k'.repeat(129))] })).toEqual(['menu.0.entry.target MENU_KEY_BYTES']);
    expect(places({ menu: [opens('MINI_PROGRAM', 'p'.repeat(1025))], miniProgram })).toEqual([
      'menu.0.entry.target MENU_PAGE_BYTES',
    ]);
    expect(places({ menu: [opens('URL', '')] })).toEqual(['menu.0.entry.target MENU_TARGET_REQUIRED']);
  });

  it('open a mini-program only when one is associated', () => {
    const menu = [entry('更多', { entry: null, children: [child, { name: '打开', kind: 'MINI_PROGRAM', target: 'pages/a' }] })];
    expect(places({ menu }, 'save')).toEqual(['menu.0.children.1.kind MENU_CHILD_MINI_PROGRAM']);
    expect(places({ menu, miniProgram }, 'save')).toEqual([]);
  });
});
