import { text } from '@daikaifa/kernel';
import { logoRules, NAME_WORDS, nameRules, requiredField } from './app-basics-rules';
import { CATEGORIES, INDUSTRIES } from './catalogues';
import type { RuleSet } from './rule-set';

/** What a delegated template (代开发应用模版) must fulfil; the review's precheck applies the same set again. */
export const DELEGATED_TEMPLATE_RULES: RuleSet = {
  version: '1',
  rules: [
    requiredField('logo', '模版 logo', 'logo'),
    ...logoRules,
    requiredField('name', '模版名称', 'template name'),
    ...nameRules,
    requiredField('introduction', '模版介绍', 'introduction'),
    {
      field: 'introduction',
      code: 'INTRODUCTION_LENGTH',
      severity: 'ERROR',
      check: { kind: 'length', min: 4, max: 20 },
      text: text('介绍须为 4–20 个字', 'The introduction must have 4 to 20 characters'),
      limit: '4–20',
      advice: text('简单清晰地描述应用功能和使用场景', 'Say plainly what the app does and where it is used'),
    },
    requiredField('category', '分类', 'category'),
    {
      field: 'category',
      code: 'CATEGORY_UNKNOWN',
      severity: 'ERROR',
      check: { kind: 'catalogue', catalogue: 'CATEGORY' },
      text: text('分类须从分类目录中选择', 'The category must be one of the catalogue'),
    },
    requiredField('targetIndustry', '目标行业', 'target industry'),
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
