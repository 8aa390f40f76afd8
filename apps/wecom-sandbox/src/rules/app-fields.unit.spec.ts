import type { AppVersion } from '../store/app-types';
import { checkAddressList, checkAppVersion } from './app-fields';

const version: AppVersion = {
  name: '云启订单',
  intro: '订单跟进与提醒',
  logoUrl: 'https://cdn.example.com/logo.png',
  homePageUrl: 'https://order.example.com/',
  miniProgram: null,
  trustedDomain: 'order.example.com',
  menu: [{ type: 'click', name: '我的订单', value: 'MY_ORDERS' }],
};

const found = (change: Partial<AppVersion>): string[] =>
  checkAppVersion({ ...version, ...change }, false).map(({ code, errcode }) => `${code} ${errcode ?? '-'}`);

describe('the fields of an app', () => {
  it('pass when all are as WeCom wants them', () => {
    expect(found({})).toEqual([]);
  });

  it.each<[string, Partial<AppVersion>, string[]]>([
    ['a name of one character', { name: '订' }, ['NAME_LENGTH 45022']],
    ['a refused word', { name: '企微助手' }, ['NAME_WORD 85002']],
    ['an introduction of 120 characters', { intro: '订'.repeat(120) }, []],
    ['an introduction of 121 characters', { intro: '订'.repeat(121) }, ['INTRO_LENGTH 45004']],
    ['an introduction of 3 characters', { intro: '订单呀' }, ['INTRO_LENGTH 45004']],
    ['no logo', { logoUrl: '' }, ['MISSING 85009']],
    ['no home', { homePageUrl: '' }, ['MISSING 85009']],
    ['a home page without scheme', { homePageUrl: 'order.example.com' }, ['URL 40094']],
    ['a plain http home page', { homePageUrl: 'http://order.example.com' }, ['URL 40094']],
    [
      'a mini-program in place of the page',
      { homePageUrl: '', miniProgram: { appId: 'wx0123456789abcdef', name: '订单' } },
      [],
    ],
    ['a wrong AppID', { miniProgram: { appId: 'wx1', name: '订单' } }, ['APP_ID -']],
    ['no domain', { trustedDomain: '' }, ['MISSING 85009']],
    ['four buttons', { menu: Array(4).fill(version.menu[0]) }, ['MENU_LENGTH -']],
    ['a button that opens no address', { menu: [{ type: 'view', name: '主页', value: 'home' }] }, ['MENU_BUTTON -']],
  ])('%s', (_what, change, expected) => {
    expect(found(change)).toEqual(expected);
  });

  it.each([
    'https://order.example.com',
    'order.example.com:8080',
    '*.example.com',
    '10.0.0.8',
    'order.example.com/path',
    'localhost',
    'order..example.com',
  ])('refuse the domain %s', (trustedDomain) => {
    expect(found({ trustedDomain })).toEqual(['DOMAIN 80001']);
  });

  it('are all reported at once', () => {
    expect(found({ name: '微', intro: '', logoUrl: '', homePageUrl: '', trustedDomain: '' })).toHaveLength(5);
  });
});

describe('the address list of an app', () => {
  it.each([
    ['222.209.201.8', true],
    ['222.209.201.*', true],
    ['222.209.*', false],
    ['256.1.1.1', false],
    ['10.0.0.0/8', false],
    ['::1', false],
  ])('%s: %s', (ip, isSound) => {
    expect(checkAddressList([ip]).map(({ errcode }) => errcode)).toEqual(isSound ? [] : [85007]);
  });

  it('has an end', () => {
    expect(checkAddressList(Array<string>(201).fill('10.0.0.8')).map(({ errcode }) => errcode)).toEqual([85006]);
  });
});
