import type { FieldCheck } from '@daikaifa/rules';
import type { CorpAppRuleApplication, CorpAppRuleSetResolvers } from '../schema.generated';

const applicationOf = (check: FieldCheck): CorpAppRuleApplication => {
  switch (check.kind) {
    case 'person':
      return 'PERSON';
    case 'required':
    case 'confirmed':
      return 'SUBMIT';
    default:
      return 'SAVE';
  }
};

export const CorpAppRuleSet: CorpAppRuleSetResolvers = {
  fields: ({ rules }) => rules.map((rule) => ({ ...rule, applied: applicationOf(rule.check) })),
  wordLists: ({ words }) => Object.entries(words).map(([name, list]) => ({ name, words: list })),
};
