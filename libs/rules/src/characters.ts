const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });

/** How many characters a person sees: an emoji family or a letter with its accent counts as one. */
export const countGraphemes = (value: string): number => [...graphemes.segment(value)].length;

/**
 * Classes of allowed characters as data: the inside of a regular expression's character class, with the `u` flag.
 * WeCom says only "no special characters"; letters, digits and the joiners that brand names really use are let through.
 */
export const CHARACTER_CLASSES = {
  NAME: String.raw`\p{L}\p{M}\p{N} \-_·&+（）()`,
} as const;

export type CharacterClass = keyof typeof CHARACTER_CLASSES;

/** The characters of `value` outside the class, each once, in order of appearance. */
export const charactersOutside = (value: string, characterClass: CharacterClass): readonly string[] => {
  const allowed = new RegExp(`^[${CHARACTER_CLASSES[characterClass]}]+$`, 'u');
  const outside = [...graphemes.segment(value)].map(({ segment }) => segment).filter((one) => !allowed.test(one));
  return [...new Set(outside)];
};

/** Compatibility form, lower case, nothing but letters and digits: `微 信`, `微·信` and `ＦＲＥＥ` do not slip through. */
const bare = (value: string): string => value.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** The words of the list that `value` contains, however they are spaced, cased or widened. */
export const wordsWithin = (value: string, words: readonly string[]): readonly string[] => {
  const given = bare(value);
  return words.filter((word) => given.includes(bare(word)));
};
