import { text } from '@daikaifa/kernel';
import type { FieldRule, ImageLimits } from './rule-set';

/** Logo of a template or an app (seed 36689 §2.2): square, 750 px, 1 MB, PNG or JPEG. */
export const LOGO_LIMITS: ImageLimits = {
  widthPx: 750,
  heightPx: 750,
  maxBytes: 1_048_576,
  contentTypes: ['image/png', 'image/jpeg'],
};

/** Words that WeCom names as not allowed in names. The list says "and so on": operators extend it. */
export const NAME_WORDS = ['企业微信', '企微', '微信', '特卖', '抽奖', '免费'];

/** The rule that a field is not left out on submit. */
export const requiredField = (field: string, zh: string, en: string): FieldRule => ({
  field,
  code: `${field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}_REQUIRED`,
  severity: 'ERROR',
  check: { kind: 'required' },
  text: text(`请填写${zh}`, `The ${en} is missing`),
});

/** Of the logo of a template or an app; whether it may be missing is said by each. */
export const logoRules: readonly FieldRule[] = [
  {
    field: 'logo',
    code: 'LOGO_SIZE',
    severity: 'ERROR',
    check: { kind: 'image', part: 'size', limits: LOGO_LIMITS },
    text: text('logo 须为 750×750 像素的正方形', 'The logo must be a square of 750×750 pixels'),
    limit: '750×750 px',
  },
  {
    field: 'logo',
    code: 'LOGO_BYTES',
    severity: 'ERROR',
    check: { kind: 'image', part: 'bytes', limits: LOGO_LIMITS },
    text: text('logo 文件不得超过 1 MB', 'The logo file must not exceed 1 MB'),
    limit: '1048576 bytes',
  },
  {
    field: 'logo',
    code: 'LOGO_TYPE',
    severity: 'ERROR',
    check: { kind: 'image', part: 'type', limits: LOGO_LIMITS },
    text: text('logo 须为 jpg 或 png 图片', 'The logo must be a JPEG or PNG picture'),
    limit: 'image/png, image/jpeg',
  },
  {
    field: 'logo',
    code: 'LOGO_LIKENESS',
    severity: 'WARNING',
    check: { kind: 'person' },
    text: text(
      'logo 不得使用企业微信 logo 或其修改版（由审核员目测）',
      'The logo must not be the WeCom logo or derived from it (judged by the reviewer)',
    ),
  },
];

/** Of the name of a template or an app. */
export const nameRules: readonly FieldRule[] = [
  {
    field: 'name',
    code: 'NAME_LENGTH',
    severity: 'ERROR',
    check: { kind: 'length', min: 2, max: 10 },
    text: text('名称须为 2–10 个字', 'The name must have 2 to 10 characters'),
    limit: '2–10',
    advice: text('建议包含品牌名', 'Better with the brand in it'),
  },
  {
    field: 'name',
    code: 'NAME_CHARACTERS',
    severity: 'ERROR',
    check: { kind: 'characters', allowed: 'NAME' },
    text: text('名称不可使用特殊字符', 'The name must not contain special characters'),
  },
  {
    field: 'name',
    code: 'NAME_WORDS',
    severity: 'ERROR',
    check: { kind: 'words', list: 'NAME' },
    text: text('名称不可使用特殊词汇', 'The name must not contain reserved words'),
  },
];
