import { readFile } from 'node:fs/promises';
import { CORP_APP_RULES, extendRules, parseRulesFile, type RuleSet } from '@daikaifa/rules';

/**
 * The rules of this deployment: the built-in ones, and what the operator's file adds.
 * @throws Error naming every fault of the file
 */
export const loadRules = async (path: string | undefined): Promise<RuleSet> => {
  if (path === undefined) {
    return CORP_APP_RULES;
  }
  const extension = parseRulesFile(path, await readFile(path, 'utf8'));
  return extendRules(CORP_APP_RULES, extension);
};
