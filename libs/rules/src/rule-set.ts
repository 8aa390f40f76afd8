import type { LocalizedText, Severity, Violation } from '@daikaifa/kernel';
import type { CatalogueEntry } from './catalogues';
import { charactersOutside, countGraphemes, wordsWithin, type CharacterClass } from './characters';
import { besides, isMissing, valuesAt, type PlacedValue } from './field-paths';
import { FORMATS, type Format } from './formats';
import { checkIpWhitelist } from './ip-addresses';

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
  /** A person has said yes; asked for on submit, as `required` is. */
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'length'; readonly min: number; readonly max: number }
  /** Length in UTF-8, where WeCom counts bytes. */
  | { readonly kind: 'bytes'; readonly max: number }
  /** Entries of a list. */
  | { readonly kind: 'count'; readonly max: number }
  | { readonly kind: 'characters'; readonly allowed: CharacterClass }
  | { readonly kind: 'words'; readonly list: string }
  | { readonly kind: 'catalogue'; readonly catalogue: string }
  | { readonly kind: 'format'; readonly format: Format }
  /** Has texts and codes of its own for each entry. */
  | { readonly kind: 'ip-whitelist' }
  /** Nothing may stand here while the rule's conditions hold. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'image'; readonly part: 'size' | 'bytes' | 'type'; readonly limits: ImageLimits }
  | { readonly kind: 'person' };

/** Another field decides whether a rule applies. Stars in its path take the indexes of the field that is checked. */
export type FieldCondition =
  | { readonly field: string; readonly is: 'given' | 'missing' }
  | { readonly field: string; readonly equals: string };

export interface FieldRule {
  /** Path of the field in the content; `*` stands for each entry of a list. */
  readonly field: string;
  /** Stable, upper case; unique within a rule set. */
  readonly code: string;
  readonly severity: Severity;
  readonly check: FieldCheck;
  /** All of them must hold, or the rule does not apply. */
  readonly when?: readonly FieldCondition[];
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

/** What of a value breaks the check: undefined when nothing does, else the offending parts (may be empty). */
type Offences = readonly string[] | undefined;

const OFFENCES: {
  readonly [Kind in FieldCheck['kind']]: (
    check: Extract<FieldCheck, { readonly kind: Kind }>,
    value: unknown,
    set: RuleSet,
  ) => Offences;
} = {
  length: (check, value) => unless(isWithin(asText(value), check)),
  bytes: ({ max }, value) => unless(Buffer.byteLength(asText(value)) <= max),
  count: ({ max }, value) => unless(Array.isArray(value) && value.length <= max),
  characters: ({ allowed }, value) => whereAny(charactersOutside(asText(value), allowed)),
  words: ({ list }, value, set) => whereAny(wordsWithin(asText(value), wordsOf(set, list))),
  catalogue: ({ catalogue }, value, set) => unless(isListed(value, set.catalogues[catalogue])),
  format: ({ format }, value) => unless(FORMATS[format](asText(value))),
  image: ({ part, limits }, value) => unless(isImage(value) && imageHolds(part, limits, value)),
  confirmed: (_check, value) => unless(value === true),
  nothing: () => [],
  // Broken by a missing value only, has texts of its own, or is for a person.
  required: () => undefined,
  'ip-whitelist': () => undefined,
  person: () => undefined,
};

const offences = (check: FieldCheck, value: unknown, set: RuleSet): Offences =>
  (OFFENCES[check.kind] as (check: FieldCheck, value: unknown, set: RuleSet) => Offences)(check, value, set);

const violation = (rule: FieldRule, { path, value }: PlacedValue, parts: readonly string[]): Violation => {
  const given = describe(value);
  const named = parts.map((part) => `「${part}」`).join('');
  return {
    field: path,
    code: rule.code,
    severity: rule.severity,
    text: { zh: `${rule.text.zh}${named && `：${named}`}`, en: `${rule.text.en}${named && `: ${named}`}` },
    ...(rule.limit !== undefined && { limit: rule.limit }),
    ...(given !== undefined && { given }),
  };
};

const holds = (condition: FieldCondition, content: object, place: string): boolean => {
  const [found] = valuesAt(content, besides(condition.field, place));
  return 'equals' in condition
    ? found?.value === condition.equals
    : isMissing(found?.value) === (condition.is === 'missing');
};

/** Asked for on submit only: a draft may be incomplete. */
const ON_SUBMIT: readonly FieldCheck['kind'][] = ['required', 'confirmed'];

const checkPlace = (rule: FieldRule, place: PlacedValue, set: RuleSet): readonly Violation[] => {
  const { check } = rule;
  if (isMissing(place.value)) {
    return check.kind === 'required' ? [violation(rule, place, [])] : [];
  }
  if (check.kind === 'ip-whitelist') {
    return checkIpWhitelist(place.path, place.value as readonly string[]);
  }
  const parts = offences(check, place.value, set);
  return parts === undefined ? [] : [violation(rule, place, parts)];
};

/**
 * Every rule that the content breaks, with what was given, in the order of the rules.
 * Missing values break only `required`, and only on submit.
 */
export const checkFields = (set: RuleSet, content: object, options: { readonly mode: CheckMode }): Violation[] =>
  set.rules
    .filter(({ check }) => options.mode === 'submit' || !ON_SUBMIT.includes(check.kind))
    .flatMap((rule) =>
      valuesAt(content, rule.field)
        .filter(({ path }) => (rule.when ?? []).every((condition) => holds(condition, content, path)))
        .flatMap((place) => checkPlace(rule, place, set)),
    );

/** Rules that only a person can check: shown to the reviewer as "not checked". */
export const notChecked = (set: RuleSet): readonly FieldRule[] =>
  set.rules.filter((rule) => rule.check.kind === 'person');

/** What of its pixels refuses a logo. Bytes and kind of file are terms of the address that it is sent to. */
export const checkLogoPixels = (set: RuleSet, logo: Image): Violation[] => {
  const pixels = set.rules.filter(({ check }) => check.kind === 'image' && check.part === 'size');
  return errorsOf(checkFields({ ...set, rules: pixels }, { logo }, { mode: 'save' }));
};

/** Those that refuse; warnings and advice let the content through. */
export const errorsOf = (violations: readonly Violation[]): Violation[] =>
  violations.filter((one) => one.severity === 'ERROR');
