import { readFile } from 'node:fs/promises';
import { CORP_APP_RULES, DELEGATED_TEMPLATE_RULES, extendRules, parseRulesFile, type RuleSet } from '@daikaifa/rules';
import type { SubjectKind } from '../domain/review-item';

const BUILT_IN: Readonly<Record<SubjectKind, RuleSet>> = {
  DELEGATED_TEMPLATE: DELEGATED_TEMPLATE_RULES,
  CORP_APP: CORP_APP_RULES,
};

/**
 * The rules of this deployment: the built-in ones, and what the operator's file adds.
 * @throws Error naming every fault of the file
 */
export const loadRules = async (path: string | undefined): Promise<Readonly<Record<SubjectKind, RuleSet>>> => {
  if (path === undefined) {
    return BUILT_IN;
  }
  const extension = parseRulesFile(path, await readFile(path, 'utf8'));
  return {
    DELEGATED_TEMPLATE: extendRules(BUILT_IN.DELEGATED_TEMPLATE, extension),
    CORP_APP: extendRules(BUILT_IN.CORP_APP, extension),
  };
};
