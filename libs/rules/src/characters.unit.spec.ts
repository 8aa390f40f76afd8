import { charactersOutside, countGraphemes, wordsWithin } from './characters';

describe('countGraphemes', () => {
  it.each([
    ['客户管理', 4],
    ['CRM系统', 5],
    ['é', 1],
    ['👨‍👩‍👧', 1],
    ['🇨🇳', 1],
    ['𠮷野家', 3],
    ['', 0],
  ])('counts what a person sees: %s = %d', (value, expected) => {
    expect(countGraphemes(value)).toBe(expected);
  });
});

describe('charactersOutside', () => {
  it.each([
    ['智慧CRM-2（标准）', []],
    ['A&B_C+D·E', []],
    ['客户★管理', ['★']],
    ['客户管理👍👍', ['👍']],
    ['<b>客户', ['<', '>']],
    ['客户\u200b管理', ['\u200b']],
    ['客户\n管理', ['\n']],
  ])('finds in %j: %j', (value, expected) => {
    expect(charactersOutside(value, 'NAME')).toEqual(expected);
  });
});

describe('wordsWithin', () => {
  const words = ['企业微信', '企微', '微信', '免费', 'FREE'];

  it.each([
    ['企业微信助手', ['企业微信', '微信']],
    ['微 信助手', ['微信']],
    ['微·信助手', ['微信']],
    ['ｆｒｅｅ客服', ['FREE']],
    ['免\u200b费CRM', ['免费']],
    ['微笑信使', []],
  ])('finds in %j: %j', (value, expected) => {
    expect(wordsWithin(value, words)).toEqual(expected);
  });
});
