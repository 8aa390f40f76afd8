import { text, type Violation } from '@daikaifa/kernel';

/** What the developer types into the console for a template. */
export interface TemplateFields {
  readonly name: string;
  readonly intro: string;
}

export interface CallbackFields {
  readonly callbackUrl: string;
  readonly token: string;
  readonly encodingAesKey: string;
}

const REFUSED_WORDS = ['企业微信', '微信', '企微', '特卖', '抽奖', '免费'];
const segmenter = new Intl.Segmenter('zh', { granularity: 'grapheme' });
const lengthOf = (value: string): number => [...segmenter.segment(value.trim())].length;

interface Rule {
  readonly field: string;
  readonly code: string;
  readonly limit: string;
}

const violation = (rule: Rule, zh: string, en: string): Violation => ({
  ...rule,
  severity: 'ERROR',
  text: text(zh, en),
});

export const checkTemplateFields = ({ name, intro }: TemplateFields): Violation[] => {
  const found: Violation[] = [];
  if (lengthOf(name) < 2 || lengthOf(name) > 10) {
    found.push(
      violation(
        { field: 'name', code: 'NAME_LENGTH', limit: '2-10' },
        '名称须为 2–10 个字',
        'a name has 2 to 10 characters',
      ),
    );
  }
  const word = REFUSED_WORDS.find((refused) => name.includes(refused));
  if (word !== undefined) {
    found.push(
      violation(
        { field: 'name', code: 'NAME_WORD', limit: word },
        `名称不可含“${word}”`,
        `a name may not contain ${word}`,
      ),
    );
  }
  if (lengthOf(intro) < 4 || lengthOf(intro) > 20) {
    found.push(
      violation(
        { field: 'intro', code: 'INTRO_LENGTH', limit: '4-20' },
        '介绍须为 4–20 个字',
        'an introduction has 4 to 20 characters',
      ),
    );
  }
  return found;
};

/** @param allowHttp WeCom takes https only; a sandbox beside the services may take http too */
export const checkCallbackFields = (fields: CallbackFields, allowHttp: boolean): Violation[] => {
  const found: Violation[] = [];
  const protocol = URL.canParse(fields.callbackUrl) ? new URL(fields.callbackUrl).protocol : '';
  if (protocol !== 'https:' && !(allowHttp && protocol === 'http:')) {
    found.push(
      violation(
        { field: 'callbackUrl', code: 'URL', limit: 'https://' },
        '须为带 https:// 的完整地址',
        'a full address with https:// is needed',
      ),
    );
  }
  if (!/^[A-Za-z0-9]{1,32}$/.test(fields.token)) {
    found.push(
      violation(
        { field: 'token', code: 'TOKEN', limit: '1-32' },
        'Token 须为 1–32 位英文或数字',
        '1 to 32 letters or digits',
      ),
    );
  }
  if (!/^[A-Za-z0-9]{43}$/.test(fields.encodingAesKey)) {
    found.push(
      violation(
        { field: 'encodingAesKey', code: 'AES_KEY', limit: '43' },
        'EncodingAESKey 须为 43 位英文或数字',
        'exactly 43 letters or digits',
      ),
    );
  }
  return found;
};
