import { text, type LocalizedText } from '@daikaifa/kernel';
import { logoRules, NAME_WORDS, nameRules, requiredField } from './app-basics-rules';
import type { Format } from './formats';
import type { FieldCondition, FieldRule, RuleSet } from './rule-set';

/** The menu of an app (自定义菜单) as WeCom's menu interface takes it, document 90231; it counts bytes. */
export const MENU_LIMITS = {
  entries: 3,
  children: 5,
  nameBytes: 16,
  childNameBytes: 40,
  keyBytes: 128,
  urlBytes: 1024,
} as const;

/** Bounds the stored list. WeCom names none, but refuses one that is too long (85006). */
export const MAX_IP_WHITELIST_ENTRIES = 100;

const error = (
  field: string,
  code: string,
  check: FieldRule['check'],
  more: { readonly text: LocalizedText } & Partial<Pick<FieldRule, 'when' | 'limit' | 'advice'>>,
): FieldRule => ({ field, code, severity: 'ERROR', check, ...more });

const introductionRules: readonly FieldRule[] = [
  requiredField('introduction', '应用介绍', 'introduction'),
  error('introduction', 'INTRODUCTION_LENGTH', { kind: 'length', min: 4, max: 120 }, {
    text: text('介绍须为 4–120 个字', 'The introduction must have 4 to 120 characters'),
    limit: '4–120',
    advice: text('简单清晰地描述应用功能和使用场景', 'Say plainly what the app does and where it is used'),
  }),
];

const withMiniProgram: readonly FieldCondition[] = [{ field: 'miniProgram', is: 'given' }];

const homeRules: readonly FieldRule[] = [
  {
    ...requiredField('homePageUrl', '应用主页，或关联小程序', 'home page, or an associated mini-program,'),
    when: [{ field: 'miniProgram', is: 'missing' }],
  },
  error('homePageUrl', 'HOME_PAGE_URL_FORMAT', { kind: 'format', format: 'WEB_ADDRESS' }, {
    text: text('应用主页须为带 http:// 或 https:// 的有效 URL', 'The home page must be a URL with http:// or https://'),
  }),
  error('homePageUrl', 'HOME_PAGE_URL_BYTES', { kind: 'bytes', max: MENU_LIMITS.urlBytes }, {
    text: text('应用主页不得超过 1024 字节', 'The home page must not exceed 1024 bytes'),
    limit: '1024 bytes',
  }),
  error('miniProgram.appId', 'MINI_PROGRAM_APP_ID_REQUIRED', { kind: 'required' }, {
    when: withMiniProgram,
    text: text('请填写小程序 AppID', 'The AppID of the mini-program is missing'),
  }),
  error('miniProgram.appId', 'MINI_PROGRAM_APP_ID_FORMAT', { kind: 'format', format: 'MINI_PROGRAM_APP_ID' }, {
    text: text('小程序 AppID 须为 wx 加 16 位十六进制', 'An AppID is wx and 16 hexadecimal digits'),
  }),
  error('miniProgram.name', 'MINI_PROGRAM_NAME_REQUIRED', { kind: 'required' }, {
    when: withMiniProgram,
    text: text('请填写小程序名称', 'The name of the mini-program is missing'),
  }),
  error('miniProgram.name', 'MINI_PROGRAM_NAME_LENGTH', { kind: 'length', min: 1, max: 30 }, {
    text: text('小程序名称不得超过 30 个字', 'The name of the mini-program must not exceed 30 characters'),
    limit: '1–30',
  }),
  error('miniProgram.published', 'MINI_PROGRAM_NOT_PUBLISHED', { kind: 'confirmed' }, {
    when: withMiniProgram,
    text: text(
      '小程序须先在微信小程序平台审核并发布，请确认',
      'The mini-program must be reviewed and published on its own platform first; confirm that it is',
    ),
  }),
];

/** Rules of menu names; top entries and their children differ only in how long they may be. */
const menuNameRules = (field: string, prefix: string, maxBytes: number): readonly FieldRule[] => [
  error(field, `${prefix}_NAME_REQUIRED`, { kind: 'required' }, {
    text: text('请填写菜单名称', 'The menu entry has no name'),
  }),
  error(field, `${prefix}_NAME_BYTES`, { kind: 'bytes', max: maxBytes }, {
    text: text(`菜单名称不得超过 ${maxBytes} 字节`, `The name of the menu entry must not exceed ${maxBytes} bytes`),
    limit: `${maxBytes} bytes`,
  }),
  error(field, `${prefix}_NAME_CHARACTERS`, { kind: 'characters', allowed: 'NAME' }, {
    text: text('菜单名称不可使用特殊字符', 'The name of a menu entry must not contain special characters'),
  }),
  error(field, `${prefix}_NAME_WORDS`, { kind: 'words', list: 'MENU' }, {
    text: text('菜单名称不可使用特殊词汇', 'The name of a menu entry must not contain reserved words'),
  }),
];

/** Rules of what an entry does: `base` is the path of `kind` and `target`. */
const menuTargetRules = (base: string, prefix: string): readonly FieldRule[] => {
  const opens = (equals: string): readonly FieldCondition[] => [{ field: `${base}.kind`, equals }];
  return [
    error(`${base}.target`, `${prefix}_TARGET_REQUIRED`, { kind: 'required' }, {
      when: [{ field: `${base}.kind`, is: 'given' }],
      text: text('请填写菜单的目标', 'The menu entry has no target'),
    }),
    error(`${base}.target`, `${prefix}_URL_FORMAT`, { kind: 'format', format: 'WEB_ADDRESS' }, {
      when: opens('URL'),
      text: text('菜单链接须为带 http:// 或 https:// 的有效 URL', 'The link must be a URL with http:// or https://'),
    }),
    error(`${base}.target`, `${prefix}_URL_BYTES`, { kind: 'bytes', max: MENU_LIMITS.urlBytes }, {
      when: opens('URL'),
      text: text('菜单链接不得超过 1024 字节', 'The link must not exceed 1024 bytes'),
      limit: '1024 bytes',
    }),
    error(`${base}.target`, `${prefix}_KEY_BYTES`, { kind: 'bytes', max: MENU_LIMITS.keyBytes }, {
      when: opens('CLICK'),
      text: text('菜单 key 不得超过 128 字节', 'The key must not exceed 128 bytes'),
      limit: '128 bytes',
    }),
    error(`${base}.target`, `${prefix}_PAGE_BYTES`, { kind: 'bytes', max: MENU_LIMITS.urlBytes }, {
      when: opens('MINI_PROGRAM'),
      text: text('小程序页面路径不得超过 1024 字节', 'The path of the page must not exceed 1024 bytes'),
      limit: '1024 bytes',
    }),
    error(`${base}.kind`, `${prefix}_MINI_PROGRAM`, { kind: 'nothing' }, {
      when: [...opens('MINI_PROGRAM'), { field: 'miniProgram', is: 'missing' }],
      text: text('菜单打开小程序前须先关联小程序', 'Associate a mini-program before the menu opens one'),
    }),
  ];
};

const menuRules: readonly FieldRule[] = [
  error('menu', 'MENU_COUNT', { kind: 'count', max: MENU_LIMITS.entries }, {
    text: text('一级菜单最多 3 个', 'A menu has at most 3 entries'),
    limit: '3',
  }),
  ...menuNameRules('menu.*.name', 'MENU', MENU_LIMITS.nameBytes),
  error('menu.*.entry', 'MENU_ENTRY_REQUIRED', { kind: 'required' }, {
    when: [{ field: 'menu.*.children', is: 'missing' }],
    text: text('没有子菜单的菜单须有目标', 'A menu entry without children must open something'),
  }),
  error('menu.*.entry', 'MENU_ENTRY_AND_CHILDREN', { kind: 'nothing' }, {
    when: [{ field: 'menu.*.children', is: 'given' }],
    text: text('有子菜单的菜单不能另有目标', 'A menu entry with children opens only them'),
  }),
  ...menuTargetRules('menu.*.entry', 'MENU'),
  error('menu.*.children', 'MENU_CHILDREN_COUNT', { kind: 'count', max: MENU_LIMITS.children }, {
    text: text('每个一级菜单最多 5 个子菜单', 'A menu entry has at most 5 children'),
    limit: '5',
  }),
  ...menuNameRules('menu.*.children.*.name', 'MENU_CHILD', MENU_LIMITS.childNameBytes),
  ...menuTargetRules('menu.*.children.*', 'MENU_CHILD'),
];

const domainFormat = (code: string, format: Format, zh: string, en: string): FieldRule =>
  error('trustedDomain', code, { kind: 'format', format }, { text: text(zh, en) });

const trustedDomainRules: readonly FieldRule[] = [
  requiredField('trustedDomain', '可信域名', 'trusted domain'),
  domainFormat(
    'TRUSTED_DOMAIN_SCHEME',
    'HOST_WITHOUT_SCHEME',
    '可信域名不带 http:// 或 https:// 头',
    'The trusted domain is written without http:// or https://',
  ),
  domainFormat('TRUSTED_DOMAIN_PORT', 'HOST_WITHOUT_PORT', '可信域名不带端口', 'The trusted domain has no port'),
  domainFormat('TRUSTED_DOMAIN_PATH', 'HOST_WITHOUT_PATH', '可信域名不带路径', 'The trusted domain has no path'),
  domainFormat(
    'TRUSTED_DOMAIN_WILDCARD',
    'HOST_WITHOUT_WILDCARD',
    '可信域名不支持泛域名，须填写完整域名',
    'The trusted domain is one whole host name, without a wildcard',
  ),
  domainFormat('TRUSTED_DOMAIN_IP', 'HOST_NOT_AN_ADDRESS', '可信域名不能是 IP', 'The trusted domain is no IP address'),
  domainFormat('TRUSTED_DOMAIN_FORMAT', 'HOST_NAME', '可信域名不是有效的域名', 'The trusted domain is no valid host name'),
  {
    field: 'trustedDomain',
    code: 'TRUSTED_DOMAIN_ICP',
    severity: 'WARNING',
    check: { kind: 'person' },
    text: text(
      '可信域名必须通过 ICP 备案（由审核员核对）',
      'The trusted domain must have an ICP filing (verified by the reviewer)',
    ),
  },
];

const ipWhitelistRules: readonly FieldRule[] = [
  error('ipWhitelist', 'IP_WHITELIST_COUNT', { kind: 'count', max: MAX_IP_WHITELIST_ENTRIES }, {
    text: text(`IP 白名单最多 ${MAX_IP_WHITELIST_ENTRIES} 条`, `At most ${MAX_IP_WHITELIST_ENTRIES} IP entries`),
    limit: String(MAX_IP_WHITELIST_ENTRIES),
  }),
  error('ipWhitelist', 'IP_FORMAT', { kind: 'ip-whitelist' }, {
    text: text(
      'IP 白名单选填，支持 IPv4 与 a.b.c.*',
      'The IP list is optional and takes IPv4 addresses and wildcards such as a.b.c.*',
    ),
    limit: 'IPv4, a.b.c.*',
  }),
];

/**
 * What a corp's app (代开发应用) must fulfil, seed 36689 (企业应用代开发 §2): logo and name as the template, an
 * introduction of up to 120 characters, everything required but the IP list. The review's precheck applies it again.
 */
export const CORP_APP_RULES: RuleSet = {
  version: '1',
  rules: [
    requiredField('logo', '应用 logo', 'logo'),
    ...logoRules,
    requiredField('name', '应用名称', 'app name'),
    ...nameRules,
    ...introductionRules,
    ...homeRules,
    ...menuRules,
    ...trustedDomainRules,
    ...ipWhitelistRules,
  ],
  words: { NAME: NAME_WORDS, MENU: NAME_WORDS },
  catalogues: {},
};
