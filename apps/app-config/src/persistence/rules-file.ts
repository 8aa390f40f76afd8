import { readFile } from 'node:fs/promises';
import { CORP_APP_RULES, extendRules, parseRulesExtension, type RuleSet } from '@daikaifa/rules';

/**
 * The rules of this deployment: the built-in ones, and what the operator's file adds.
 * @throws Error naming every fault of the file
 */
export const loadRules = async (path: string | undefined): Promise<RuleSet> => {
  if (path === undefined) {
    return CORP_APP_RULES;
  }
  const extension = parseRulesExtension(JSON.parse(await readFile(path, 'utf8')));
  if (!extension.ok) {
    throw new Error(`the rules file ${path} has faults: ${extension.error.join('; ')}`);
  }
  return extendRules(CORP_APP_RULES, extension.value);
};
