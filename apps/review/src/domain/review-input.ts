import { text, type LocalizedText, type Violation } from '@daikaifa/kernel';
import { countGraphemes } from '@daikaifa/rules';
import { LIMITS } from './limits';
import { REASON_FIELDS, type ReviewReason, type SubjectKind, type VerdictDecision, type VerdictSource } from './review-item';

/** A reason as a person writes it, in one language. */
export interface GivenReason {
  readonly field: string;
  readonly message: string;
}

const MAX_GIVEN_LENGTH = 60;

const violation = (
  field: string,
  code: string,
  message: LocalizedText,
  { limit, given = '' }: { readonly limit: string; readonly given?: string },
): Violation => ({
  field,
  code,
  severity: 'ERROR',
  text: message,
  limit,
  ...(given !== '' && { given: given.slice(0, MAX_GIVEN_LENGTH) }),
});

const isWithin = (value: string, min: number, max: number): boolean => {
  const length = countGraphemes(value.trim());
  return length >= min && length <= max;
};

const checkReason = (kind: SubjectKind, { field, message }: GivenReason, index: number): Violation[] => {
  const { reasonMinLength: min, reasonMaxLength: max } = LIMITS;
  const found: Violation[] = [];
  if (!REASON_FIELDS[kind].includes(field)) {
    const known = text('驳回原因须指向送审内容的字段', 'A reason names a field of the reviewed content, or none');
    const limit = REASON_FIELDS[kind].filter(Boolean).join(', ');
    found.push(violation(`reasons.${index}.field`, 'REASON_FIELD', known, { limit, given: field }));
  }
  if (!isWithin(message, min, max)) {
    const length = text(`驳回原因须为 ${min}–${max} 个字`, `A reason has ${min} to ${max} characters`);
    const limits = { limit: `${min}–${max}`, given: message };
    found.push(violation(`reasons.${index}.message`, 'REASON_LENGTH', length, limits));
  }
  return found;
};

const checkCount = (decision: VerdictDecision, count: number): Violation[] => {
  const broken = (code: string, zh: string, en: string, limit: string): Violation[] => [
    violation('reasons', code, text(zh, en), { limit, given: String(count) }),
  ];
  if (decision === 'APPROVED') {
    return count > 0
      ? broken('REASONS_NOT_ALLOWED', '通过时不可填写驳回原因', 'An approval has no reasons of refusal', '0')
      : [];
  }
  if (count === 0) {
    return broken('REASONS_REQUIRED', '驳回须至少填写一条原因', 'A rejection needs a reason', '≥ 1');
  }
  const { maxReasons: max } = LIMITS;
  return count > max ? broken('REASONS_TOO_MANY', `驳回原因最多 ${max} 条`, `At most ${max} reasons`, String(max)) : [];
};

/** Everything that is wrong with the reasons of a verdict. */
export const checkReasons = (
  kind: SubjectKind,
  { decision, reasons }: { readonly decision: VerdictDecision; readonly reasons: readonly GivenReason[] },
): Violation[] => [
  ...checkCount(decision, reasons.length),
  ...reasons.slice(0, LIMITS.maxReasons).flatMap((reason, index) => checkReason(kind, reason, index)),
];

/** @param mode whether the note may be left out */
export const checkNote = (note: string | null, mode: 'required' | 'optional'): Violation[] => {
  const { noteMinLength, noteMaxLength: max } = LIMITS;
  const given = note?.trim() ?? '';
  const min = mode === 'required' ? noteMinLength : 0;
  const length = text(`备注须为 ${min}–${max} 个字`, `The note has ${min} to ${max} characters`);
  return isWithin(given, min, max) ? [] : [violation('note', 'NOTE_LENGTH', length, { limit: `${min}–${max}`, given })];
};

const CODES: Readonly<Record<VerdictSource, string>> = { PLATFORM: 'REVIEWER_REMARK', WECOM: 'WECOM_REMARK' };

/** A person writes in one language; it stands in both, because nobody translates it. */
export const toReasons = (source: VerdictSource, reasons: readonly GivenReason[]): readonly ReviewReason[] =>
  reasons.map(({ field, message }) => ({
    field,
    code: CODES[source],
    text: text(message.trim(), message.trim()),
  }));
