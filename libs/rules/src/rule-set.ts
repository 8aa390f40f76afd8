import type { LocalizedText, Severity, Violation } from '@daikaifa/kernel';
import type { CatalogueEntry } from './catalogues';
import { charactersOutside, countGraphemes, wordsWithin, type CharacterClass } from './characters';

/** What is known of a stored picture, read from its bytes and not from its name. */
export interface Image {
  /** SHA-256 of the bytes, lowercase hexadecimal. */
  readonly sha256: string;
  readonly contentType: 'image/png' | 'image/jpeg';
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sizeBytes: number;
}

export interface ImageLimits {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly maxBytes: number;
  readonly contentTypes: readonly Image['contentType'][];
}

/** What a rule looks at. `person`: no machine can tell, the reviewer does. */
export type FieldCheck =
  | { readonly kind: 'required' }
  | { readonly kind: 'length'; readonly min: number; readonly max: number }
  | { readonly kind: 'characters'; readonly allowed: CharacterClass }
  | { readonly kind: 'words'; readonly list: string }
  | { readonly kind: 'catalogue'; readonly catalogue: string }
  | { readonly kind: 'image'; readonly part: 'size' | 'bytes' | 'type'; readonly limits: ImageLimits }
  | { readonly kind: 'person' };

export interface FieldRule {
  /** Path of the field in the content. */
  readonly field: string;
  /** Stable, upper case; unique within a rule set. */
  readonly code: string;
  readonly severity: Severity;
  readonly check: FieldCheck;
  readonly text: LocalizedText;
  readonly limit?: string;
  /** Shown beside the field, never enforced. */
  readonly advice?: LocalizedText;
}

/** Rules with the lists they refer to. The version changes with every change of any of them. */
export interface RuleSet {
  readonly version: string;
  readonly rules: readonly FieldRule[];
  readonly words: Readonly<Record<string, readonly string[]>>;
  readonly catalogues: Readonly<Record<string, readonly CatalogueEntry[]>>;
}

/** `save`: what is given must be right, a draft may be incomplete. `submit`: nothing required may be missing either. */
export type CheckMode = 'save' | 'submit';

const MAX_GIVEN_LENGTH = 60;
const shortened = (value: string): string =>
  value.length <= MAX_GIVEN_LENGTH ? value : `${value.slice(0, MAX_GIVEN_LENGTH)}…`;

const isImage = (value: unknown): value is Image =>
  typeof value === 'object' && value !== null && 'widthPx' in value;

const describe = (value: unknown): string | undefined => {
  if (isImage(value)) {
    return `${value.widthPx}×${value.heightPx} px, ${value.sizeBytes} bytes, ${value.contentType}`;
  }
  return typeof value === 'string' ? shortened(value) : undefined;
};

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === '';

const valueAt = (content: object, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], content);

const whereAny = (found: readonly string[]): readonly string[] | undefined => (found.length > 0 ? found : undefined);
const unless = (holds: boolean): readonly string[] | undefined => (holds ? undefined : []);
const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
const wordsOf = ({ words }: RuleSet, list: string): readonly string[] => words[list] ?? [];

const isWithin = (value: string, { min, max }: { readonly min: number; readonly max: number }): boolean => {
  const length = countGraphemes(value);
  return length >= min && length <= max;
};

const isListed = (value: unknown, entries: readonly CatalogueEntry[] = []): boolean =>
  entries.some(({ code }) => code === value);

/** What of `value` breaks the check: undefined when nothing does, else the offending parts (may be empty). */
const offences = (check: FieldCheck, value: unknown, set: RuleSet): readonly string[] | undefined => {
  switch (check.kind) {
    case 'length':
      return unless(isWithin(asText(value), check));
    case 'characters':
      return whereAny(charactersOutside(asText(value), check.allowed));
    case 'words':
      return whereAny(wordsWithin(asText(value), wordsOf(set, check.list)));
    case 'catalogue':
      return unless(isListed(value, set.catalogues[check.catalogue]));
    case 'image':
      return unless(isImage(value) && imageHolds(check.part, check.limits, value));
    case 'required':
    case 'person':
      return undefined;
  }
};

const imageHolds = (part: 'size' | 'bytes' | 'type', limits: ImageLimits, image: Image): boolean => {
  switch (part) {
    case 'size':
      return image.widthPx === limits.widthPx && image.heightPx === limits.heightPx;
    case 'bytes':
      return image.sizeBytes <= limits.maxBytes;
    case 'type':
      return limits.contentTypes.includes(image.contentType);
  }
};

const violation = (rule: FieldRule, value: unknown, parts: readonly string[]): Violation => {
  const given = describe(value);
  const named = parts.map((part) => `「${part}」`).join('');
  return {
    field: rule.field,
    code: rule.code,
    severity: rule.severity,
    text: { zh: `${rule.text.zh}${named && `：${named}`}`, en: `${rule.text.en}${named && `: ${named}`}` },
    ...(rule.limit !== undefined && { limit: rule.limit }),
    ...(given !== undefined && { given }),
  };
};

/**
 * Every rule that the content breaks, with what was given, in the order of the rules.
 * Missing values break only `required`, and only on submit.
 */
export const checkFields = (set: RuleSet, content: object, options: { readonly mode: CheckMode }): Violation[] =>
  set.rules.flatMap((rule) => {
    const value = valueAt(content, rule.field);
    if (isMissing(value)) {
      return rule.check.kind === 'required' && options.mode === 'submit' ? [violation(rule, value, [])] : [];
    }
    const parts = offences(rule.check, value, set);
    return parts === undefined ? [] : [violation(rule, value, parts)];
  });

/** Rules that only a person can check: shown to the reviewer as "not checked". */
export const notChecked = (set: RuleSet): readonly FieldRule[] =>
  set.rules.filter((rule) => rule.check.kind === 'person');

/** Those that refuse; warnings and advice let the content through. */
export const errorsOf = (violations: readonly Violation[]): Violation[] =>
  violations.filter((one) => one.severity === 'ERROR');
