import type { LocalizedText, Violation } from '@daikaifa/kernel';
import type { RuleSet } from '@daikaifa/rules';
import type { PrecheckOutcome } from './review-item';

/** What one check found; without a reason all is well. */
export interface Finding {
  readonly outcome: PrecheckOutcome;
  readonly text: LocalizedText;
  readonly field?: string;
  readonly reason?: string;
}

const ofViolation = ({ field, code, severity, text: why }: Violation): Finding => ({
  outcome: severity === 'ERROR' ? 'FAILED' : 'WARNING',
  reason: code,
  field,
  text: why,
});

/** Findings, or that there are none; advice is no finding. */
export const ofViolations = (violations: readonly Violation[], fine: LocalizedText): readonly Finding[] => {
  const found = violations.filter(({ severity }) => severity !== 'ADVICE').map(ofViolation);
  return found.length > 0 ? found : [{ outcome: 'PASSED', text: fine }];
};

const looksIn = (list: string) => ({ check }: RuleSet['rules'][number]) => check.kind === 'words' && check.list === list;

/** Only the rules about the words of this list. */
export const only = (rules: RuleSet, list: string): RuleSet => ({ ...rules, rules: rules.rules.filter(looksIn(list)) });

/** All rules but those about the words of this list. */
export const without = (rules: RuleSet, list: string): RuleSet => ({
  ...rules,
  rules: rules.rules.filter((rule) => !looksIn(list)(rule)),
});
