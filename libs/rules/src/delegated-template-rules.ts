import { text } from '@daikaifa/kernel';
import { CATEGORIES, INDUSTRIES } from './catalogues';
import type { FieldRule, ImageLimits, RuleSet } from './rule-set';

/** Logo of a template or an app (seed 36689 §2.2): square, 750 px, 1 MB, PNG or JPEG. */
export const LOGO_LIMITS: ImageLimits = {
  widthPx: 750,
  heightPx: 750,
  maxBytes: 1_048_576,
  contentTypes: ['image/png', 'image/jpeg'],
};

/** Words that WeCom names as not allowed in names. The list says "and so on": operators extend it. */
const NAME_WORDS = ['企业微信', '企微', '微信', '特卖', '抽奖', '免费'];

const required = (field: string, zh: string, en: string): FieldRule => ({
  field,
  code: `${field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}_REQUIRED`,
  severity: 'ERROR',
  check: { kind: 'required' },
  text: text(`请填写${zh}`, `The ${en} is missing`),
});

const logoRules: readonly FieldRule[] = [
  required('logo', '模版 logo', 'logo'),
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

const nameRules: readonly FieldRule[] = [
  required('name', '模版名称', 'template name'),
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

/** What a delegated template (代开发应用模版) must fulfil; the review's precheck applies the same set again. */
export const DELEGATED_TEMPLATE_RULES: RuleSet = {
  version: '1',
  rules: [
    ...logoRules,
    ...nameRules,
    required('introduction', '模版介绍', 'introduction'),
    {
      field: 'introduction',
      code: 'INTRODUCTION_LENGTH',
      severity: 'ERROR',
      check: { kind: 'length', min: 4, max: 20 },
      text: text('介绍须为 4–20 个字', 'The introduction must have 4 to 20 characters'),
      limit: '4–20',
      advice: text('简单清晰地描述应用功能和使用场景', 'Say plainly what the app does and where it is used'),
    },
    required('category', '分类', 'category'),
    {
      field: 'category',
      code: 'CATEGORY_UNKNOWN',
      severity: 'ERROR',
      check: { kind: 'catalogue', catalogue: 'CATEGORY' },
      text: text('分类须从分类目录中选择', 'The category must be one of the catalogue'),
    },
    required('targetIndustry', '目标行业', 'target industry'),
    {
      field: 'targetIndustry',
      code: 'TARGET_INDUSTRY_UNKNOWN',
      severity: 'ERROR',
      check: { kind: 'catalogue', catalogue: 'INDUSTRY' },
      text: text('目标行业须从行业目录中选择', 'The target industry must be one of the catalogue'),
    },
  ],
  words: { NAME: NAME_WORDS },
  catalogues: { CATEGORY: CATEGORIES, INDUSTRY: INDUSTRIES },
};
