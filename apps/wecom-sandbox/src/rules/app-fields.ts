import type { AppVersion, MenuButton } from '../store/app-types';
import { checkIntro, checkLogoUrl, checkName, isWebAddress, violation, type ConsoleViolation } from './fields';

const LONGEST_INTRO = 120;
const MOST_ADDRESSES = 200;
const MOST_BUTTONS = 3;

const missing = (field: string, zh: string, en: string): ConsoleViolation =>
  violation({ field, code: 'MISSING', errcode: 85009 }, `须填写${zh}`, `${en} is missing`);

const checkLogo = (logoUrl: string, allowHttp: boolean): ConsoleViolation[] =>
  logoUrl === ''
    ? [missing('logoUrl', '应用 logo 地址', 'the address of the logo')]
    : checkLogoUrl(logoUrl, allowHttp);

/** An app opens a web page or a mini-program; with a mini-program the page may be left out. */
const checkHome = ({ homePageUrl, miniProgram }: AppVersion, allowHttp: boolean): ConsoleViolation[] => {
  const found: ConsoleViolation[] = [];
  if (homePageUrl === '' && miniProgram === null) {
    found.push(missing('homePageUrl', '应用主页，或关联小程序', 'a home page or a mini-program'));
  }
  if (homePageUrl !== '' && !isWebAddress(homePageUrl, allowHttp)) {
    found.push(
      violation(
        { field: 'homePageUrl', code: 'URL', limit: 'https://', errcode: 40094 },
        '应用主页须为完整地址',
        'a full address is needed',
      ),
    );
  }
  if (miniProgram !== null && !/^wx[0-9a-f]{16}$/.test(miniProgram.appId)) {
    found.push(
      violation(
        { field: 'miniProgram.appId', code: 'APP_ID', limit: 'wx + 16' },
        '小程序 AppID 不正确',
        'an AppID is wx and 16 letters or digits of a to f, 0 to 9',
      ),
    );
  }
  return found;
};

const HOST = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/i;

/** A host name and nothing else: no scheme, path, port, wildcard or address. Filing and ownership are not looked at. */
const checkDomain = (trustedDomain: string): ConsoleViolation[] => {
  if (trustedDomain === '') {
    return [missing('trustedDomain', '可信域名', 'the trusted domain')];
  }
  return HOST.test(trustedDomain)
    ? []
    : [
        violation(
          { field: 'trustedDomain', code: 'DOMAIN', limit: 'host', errcode: 80001 },
          '可信域名须为完整域名，不带协议、端口、通配符，也不可为 IP',
          'a full host name without scheme, port or wildcard; no IP address',
        ),
      ];
};

const checkButton = ({ type, name, value }: MenuButton, index: number, allowHttp: boolean): ConsoleViolation[] => {
  const isSound = name.trim() !== '' && (type === 'view' ? isWebAddress(value, allowHttp) : value.trim() !== '');
  return isSound
    ? []
    : [
        violation(
          { field: `menu.${index}`, code: 'MENU_BUTTON' },
          '菜单项须有名称与内容，网页须为完整地址',
          'a button has a name and a value; a page is a full address',
        ),
      ];
};

const checkMenu = (menu: readonly MenuButton[], allowHttp: boolean): ConsoleViolation[] => [
  ...(menu.length > MOST_BUTTONS
    ? [
        violation(
          { field: 'menu', code: 'MENU_LENGTH', limit: String(MOST_BUTTONS) },
          `菜单最多 ${MOST_BUTTONS} 项`,
          `a menu has at most ${MOST_BUTTONS} buttons`,
        ),
      ]
    : []),
  ...menu.flatMap((button, index) => checkButton(button, index, allowHttp)),
];

/** @param allowHttp see `isWebAddress` */
export const checkAppVersion = (version: AppVersion, allowHttp: boolean): ConsoleViolation[] => [
  ...checkName(version.name),
  ...checkIntro(version.intro, LONGEST_INTRO),
  ...checkLogo(version.logoUrl, allowHttp),
  ...checkHome(version, allowHttp),
  ...checkDomain(version.trustedDomain),
  ...checkMenu(version.menu, allowHttp),
];

const ADDRESS = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)|\*)$/;

/** IPv4 addresses; the last part may be `*`. */
export const checkAddressList = (ips: readonly string[]): ConsoleViolation[] => [
  ...(ips.length > MOST_ADDRESSES
    ? [
        violation(
          { field: 'ipWhitelist', code: 'TOO_MANY', limit: String(MOST_ADDRESSES), errcode: 85006 },
          `IP 白名单最多 ${MOST_ADDRESSES} 条`,
          `at most ${MOST_ADDRESSES} addresses`,
        ),
      ]
    : []),
  ...ips.flatMap((ip, index) =>
    ADDRESS.test(ip)
      ? []
      : [
          violation(
            { field: `ipWhitelist.${index}`, code: 'ADDRESS', limit: 'a.b.c.d | a.b.c.*', errcode: 85007 },
            `IP 不正确：${ip}`,
            `not an address: ${ip}`,
          ),
        ],
  ),
];
