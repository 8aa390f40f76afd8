import { err, ok, type Result } from '@daikaifa/kernel';
import type { CatalogueEntry } from './catalogues';
import type { RuleSet } from './rule-set';

/**
 * What an operator adds to the built-in rules, as one JSON file:
 * `{ "version": "2026-01", "words": { "NAME": ["…"] }, "catalogues": { "CATEGORY": [{ "code", "zh", "en" }] } }`.
 * An entry with a known code replaces its texts.
 */
export interface RulesExtension {
  readonly version: string;
  readonly words: Readonly<Record<string, readonly string[]>>;
  readonly catalogues: Readonly<Record<string, readonly CatalogueEntry[]>>;
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isFilled = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isEntry = (value: unknown): value is { code: string; zh: string; en: string } =>
  isObject(value) && isFilled(value.code) && isFilled(value.zh) && isFilled(value.en);

const listsOf = <T>(
  part: unknown,
  name: string,
  isItem: (value: unknown) => value is T,
  faults: string[],
): Record<string, readonly T[]> => {
  const lists: Record<string, readonly T[]> = {};
  if (part !== undefined && !isObject(part)) {
    faults.push(`${name}: must be an object of lists`);
  }
  for (const [list, items] of Object.entries(isObject(part) ? part : {})) {
    const given = Array.isArray(items) ? (items as unknown[]) : [undefined];
    given.forEach((item, index) => {
      if (!isItem(item)) {
        faults.push(`${name}.${list}.${index}: not a valid entry`);
      }
    });
    lists[list] = given.filter(isItem);
  }
  return lists;
};

/** Reads the parsed file; the error lists every fault of it. */
export const parseRulesExtension = (json: unknown): Result<RulesExtension, readonly string[]> => {
  if (!isObject(json)) {
    return err(['the file must hold one JSON object']);
  }
  const faults: string[] = [];
  if (!isFilled(json.version)) {
    faults.push('version: missing');
  }
  const words = listsOf(json.words, 'words', isFilled, faults);
  const entries = listsOf(json.catalogues, 'catalogues', isEntry, faults);
  if (faults.length > 0) {
    return err(faults);
  }
  const catalogues = Object.fromEntries(
    Object.entries(entries).map(([name, list]) => [
      name,
      list.map(({ code, zh, en }): CatalogueEntry => ({ code, text: { zh, en } })),
    ]),
  );
  return ok({ version: json.version as string, words, catalogues });
};

const byCode = (entries: readonly CatalogueEntry[]): readonly CatalogueEntry[] => [
  ...new Map(entries.map((entry) => [entry.code, entry])).values(),
];

/** The rule set with the operator's lists added. Only lists that the rules refer to have an effect. */
export const extendRules = (set: RuleSet, extension: RulesExtension): RuleSet => ({
  ...set,
  version: `${set.version}+${extension.version}`,
  words: Object.fromEntries(
    Object.entries(set.words).map(([name, words]) => [
      name,
      [...new Set([...words, ...(extension.words[name] ?? [])])],
    ]),
  ),
  catalogues: Object.fromEntries(
    Object.entries(set.catalogues).map(([name, entries]) => [
      name,
      byCode([...entries, ...(extension.catalogues[name] ?? [])]),
    ]),
  ),
});

/**
 * What the operator's file adds. The path is only named.
 * @throws Error naming every fault of the file
 */
export const parseRulesFile = (path: string, content: string): RulesExtension => {
  const extension = parseRulesExtension(JSON.parse(content));
  if (!extension.ok) {
    throw new Error(`the rules file ${path} has faults: ${extension.error.join('; ')}`);
  }
  return extension.value;
};
