import type { FieldCheck } from '@daikaifa/rules';
import type { RuleApplication, RuleSetResolvers } from '../schema.generated';

const applicationOf = (check: FieldCheck): RuleApplication => {
  switch (check.kind) {
    case 'person':
      return 'PERSON';
    case 'required':
      return 'SUBMIT';
    default:
      return 'SAVE';
  }
};

export const RuleSet: RuleSetResolvers = {
  fields: ({ rules }) => rules.map((rule) => ({ ...rule, applied: applicationOf(rule.check) })),
  wordLists: ({ words }) => Object.entries(words).map(([name, list]) => ({ name, words: list })),
};
