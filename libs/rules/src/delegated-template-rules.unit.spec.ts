import { DELEGATED_TEMPLATE_RULES as rules } from './delegated-template-rules';
import { checkFields, errorsOf, notChecked, type Image } from './rule-set';
import { extendRules, parseRulesExtension } from './rules-extension';

const logo: Image = {
  sha256: 'a'.repeat(64),
  contentType: 'image/png',
  widthPx: 750,
  heightPx: 750,
  sizeBytes: 1_048_576,
};

const complete = {
  logo,
  name: '云帆客户管理',
  introduction: '管理客户与跟进记录',
  category: 'CUSTOMER_MANAGEMENT',
  targetIndustry: 'ANY',
};

const codes = (content: object, mode: 'save' | 'submit' = 'submit'): string[] =>
  checkFields(rules, { ...complete, ...content }, { mode }).map(({ code }) => code);

describe('rules of a delegated template (seed 36689 §2.2)', () => {
  it('accept complete content', () => {
    expect(codes({})).toEqual([]);
  });

  it.each([
    ['one character', '云', ['NAME_LENGTH']],
    ['two characters', '云帆', []],
    ['ten characters', '一二三四五六七八九十', []],
    ['eleven characters', '一二三四五六七八九十一', ['NAME_LENGTH']],
    ['ten emoji families are ten characters, and special ones', '👨‍👩‍👧'.repeat(10), ['NAME_CHARACTERS']],
    ['special characters', '云帆★管理', ['NAME_CHARACTERS']],
    ['the word 微信', '微信管家', ['NAME_WORDS']],
    ['the word 特卖', '云帆特卖', ['NAME_WORDS']],
    ['the word 企业微信', '企业微信CRM', ['NAME_WORDS']],
    ['the word 企微', '企微助手', ['NAME_WORDS']],
    ['the word 抽奖', '抽奖大师', ['NAME_WORDS']],
    ['the word 免费', '免费CRM', ['NAME_WORDS']],
    ['everything at once', '★免费企业微信抽奖大师官方版', ['NAME_LENGTH', 'NAME_CHARACTERS', 'NAME_WORDS']],
  ])('name with %s', (_title, name, expected) => {
    expect(codes({ name })).toEqual(expected);
  });

  it.each([
    ['三个字', ['INTRODUCTION_LENGTH']],
    ['四个汉字', []],
    ['字'.repeat(20), []],
    ['字'.repeat(21), ['INTRODUCTION_LENGTH']],
  ])('introduction %s', (introduction, expected) => {
    expect(codes({ introduction })).toEqual(expected);
  });

  it.each([
    ['not square', { widthPx: 750, heightPx: 749 }, ['LOGO_SIZE']],
    ['too small', { widthPx: 640, heightPx: 640 }, ['LOGO_SIZE']],
    ['one byte too large', { sizeBytes: 1_048_577 }, ['LOGO_BYTES']],
    ['jpeg', { contentType: 'image/jpeg' }, []],
    ['gif', { contentType: 'image/gif' }, ['LOGO_TYPE']],
    ['all wrong', { widthPx: 10, sizeBytes: 2_000_000, contentType: 'image/gif' }, ['LOGO_SIZE', 'LOGO_BYTES', 'LOGO_TYPE']],
  ])('logo that is %s', (_title, changes, expected) => {
    expect(codes({ logo: { ...logo, ...changes } })).toEqual(expected);
  });

  it('take category and industry from the catalogues only', () => {
    expect(codes({ category: 'ROCKETS', targetIndustry: 'MOON' })).toEqual([
      'CATEGORY_UNKNOWN',
      'TARGET_INDUSTRY_UNKNOWN',
    ]);
  });

  it('let a draft be incomplete, but not a submission', () => {
    const empty = { logo: null, name: null, introduction: '', category: undefined, targetIndustry: null };
    expect(codes(empty, 'save')).toEqual([]);
    expect(codes(empty, 'submit')).toEqual([
      'LOGO_REQUIRED',
      'NAME_REQUIRED',
      'INTRODUCTION_REQUIRED',
      'CATEGORY_REQUIRED',
      'TARGET_INDUSTRY_REQUIRED',
    ]);
  });

  it('say what was given, what is allowed, and what offends, in both languages', () => {
    const [violation] = checkFields(rules, { ...complete, name: '免费CRM' }, { mode: 'save' });
    expect(violation).toEqual({
      field: 'name',
      code: 'NAME_WORDS',
      severity: 'ERROR',
      text: { zh: '名称不可使用特殊词汇：「免费」', en: 'The name must not contain reserved words: 「免费」' },
      given: '免费CRM',
    });
  });

  it('have unique codes and texts in both languages', () => {
    const all = rules.rules.map(({ code }) => code);
    expect(new Set(all).size).toBe(all.length);
    expect(rules.rules.filter(({ text }) => text.zh === '' || text.en === '')).toEqual([]);
  });

  it('name what only a person can check', () => {
    expect(notChecked(rules).map(({ code }) => code)).toEqual(['LOGO_LIKENESS']);
  });
});

describe('an operator extends the rules', () => {
  it('with words and catalogue entries, under a version of its own', () => {
    const parsed = parseRulesExtension({
      version: '2026-01',
      words: { NAME: ['官方'], UNKNOWN: ['x'] },
      catalogues: { CATEGORY: [{ code: 'ROBOTS', zh: '机器人', en: 'Robots' }] },
    });
    const extended = extendRules(rules, parsed.ok ? parsed.value : { version: '', words: {}, catalogues: {} });

    expect(extended.version).toBe('1+2026-01');
    expect(checkFields(extended, { ...complete, name: '官方CRM', category: 'ROBOTS' }, { mode: 'submit' })).toMatchObject([
      { code: 'NAME_WORDS' },
    ]);
    expect(codes({ name: '官方CRM' })).toEqual([]);
    expect(Object.keys(extended.words)).toEqual(['NAME']);
  });

  it('and hears of every fault of the file at once', () => {
    const parsed = parseRulesExtension({
      words: { NAME: ['好', ''] },
      catalogues: { CATEGORY: [{ code: 'A', zh: '甲' }], INDUSTRY: 'none' },
    });
    expect(parsed).toEqual({
      ok: false,
      error: [
        'version: missing',
        'words.NAME.1: not a valid entry',
        'catalogues.CATEGORY.0: not a valid entry',
        'catalogues.INDUSTRY.0: not a valid entry',
      ],
    });
    expect(parseRulesExtension([]).ok).toBe(false);
  });
});

describe('errorsOf', () => {
  it('leaves warnings and advice out', () => {
    const text = { zh: '', en: '' };
    expect(
      errorsOf([
        { field: 'a', code: 'A', severity: 'WARNING', text },
        { field: 'b', code: 'B', severity: 'ERROR', text },
        { field: 'c', code: 'C', severity: 'ADVICE', text },
      ]).map(({ code }) => code),
    ).toEqual(['B']);
  });
});
