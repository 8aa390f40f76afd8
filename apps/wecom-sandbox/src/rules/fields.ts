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

/** A broken rule of the console, with WeCom's own number for it where one is published. */
export interface ConsoleViolation extends Violation {
  readonly errcode?: number;
}

const REFUSED_WORDS = ['企业微信', '微信', '企微', '特卖', '抽奖', '免费'];
const segmenter = new Intl.Segmenter('zh', { granularity: 'grapheme' });
export const lengthOf = (value: string): number => [...segmenter.segment(value.trim())].length;

export interface Rule {
  readonly field: string;
  readonly code: string;
  readonly limit?: string;
  readonly errcode?: number;
}

export const violation = (rule: Rule, zh: string, en: string): ConsoleViolation => ({
  ...rule,
  severity: 'ERROR',
  text: text(zh, en),
});

export const checkName = (name: string): ConsoleViolation[] => {
  const found: ConsoleViolation[] = [];
  if (lengthOf(name) < 2 || lengthOf(name) > 10) {
    found.push(
      violation(
        { field: 'name', code: 'NAME_LENGTH', limit: '2-10', errcode: 45022 },
        '名称须为 2–10 个字',
        'a name has 2 to 10 characters',
      ),
    );
  }
  const word = REFUSED_WORDS.find((refused) => name.includes(refused));
  if (word !== undefined) {
    found.push(
      violation(
        { field: 'name', code: 'NAME_WORD', limit: word, errcode: 85002 },
        `名称不可含“${word}”`,
        `a name may not contain ${word}`,
      ),
    );
  }
  return found;
};

/** @param longest 20 for a template, 120 for an app */
export const checkIntro = (intro: string, longest: number): ConsoleViolation[] =>
  lengthOf(intro) >= 4 && lengthOf(intro) <= longest
    ? []
    : [
        violation(
          { field: 'intro', code: 'INTRO_LENGTH', limit: `4-${longest}`, errcode: 45004 },
          `介绍须为 4–${longest} 个字`,
          `an introduction has 4 to ${longest} characters`,
        ),
      ];

const LONGEST_TEMPLATE_INTRO = 20;

export const checkTemplateFields = ({ name, intro }: TemplateFields): ConsoleViolation[] => [
  ...checkName(name),
  ...checkIntro(intro, LONGEST_TEMPLATE_INTRO),
];

/** @param allowHttp WeCom takes https only; a sandbox beside the services may take http too */
export const isWebAddress = (value: string, allowHttp: boolean): boolean => {
  const protocol = URL.canParse(value) ? new URL(value).protocol : '';
  return protocol === 'https:' || (allowHttp && protocol === 'http:');
};

/** The picture itself is not looked at. */
export const checkLogoUrl = (logoUrl: string, allowHttp: boolean): ConsoleViolation[] =>
  isWebAddress(logoUrl, allowHttp)
    ? []
    : [violation({ field: 'logoUrl', code: 'URL' }, 'logo 须为完整地址', 'a full address is needed')];

export const checkCallbackFields = (fields: CallbackFields, allowHttp: boolean): ConsoleViolation[] => {
  const found: ConsoleViolation[] = [];
  if (!isWebAddress(fields.callbackUrl, allowHttp)) {
    found.push(
      violation(
        { field: 'callbackUrl', code: 'URL', limit: 'https://', errcode: 40057 },
        '须为带 https:// 的完整地址',
        'a full address with https:// is needed',
      ),
    );
  }
  if (!/^[A-Za-z0-9]{1,32}$/.test(fields.token)) {
    found.push(
      violation(
        { field: 'token', code: 'TOKEN', limit: '1-32', errcode: 85010 },
        'Token 须为 1–32 位英文或数字',
        '1 to 32 letters or digits',
      ),
    );
  }
  if (!/^[A-Za-z0-9]{43}$/.test(fields.encodingAesKey)) {
    found.push(
      violation(
        { field: 'encodingAesKey', code: 'AES_KEY', limit: '43', errcode: 85010 },
        'EncodingAESKey 须为 43 位英文或数字',
        'exactly 43 letters or digits',
      ),
    );
  }
  return found;
};
