import { readFile } from 'node:fs/promises';
import { DELEGATED_TEMPLATE_RULES, extendRules, parseRulesFile, type RuleSet } from '@daikaifa/rules';

/**
 * The rules of this deployment: the built-in ones, and what the operator's file adds.
 * @throws Error naming every fault of the file
 */
export const loadRules = async (path: string | undefined): Promise<RuleSet> => {
  if (path === undefined) {
    return DELEGATED_TEMPLATE_RULES;
  }
  const extension = parseRulesFile(path, await readFile(path, 'utf8'));
  return extendRules(DELEGATED_TEMPLATE_RULES, extension);
};
