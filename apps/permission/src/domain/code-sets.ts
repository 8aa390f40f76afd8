/** Sorted, each once: so that two sets are equal exactly when their lists are. */
export const codeSet = (codes: readonly string[]): readonly string[] => [...new Set(codes)].sort();

export const sameCodes = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((code, index) => code === other[index]);

export interface CodeDifference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export const differenceOf = (before: readonly string[], after: readonly string[]): CodeDifference => ({
  added: after.filter((code) => !before.includes(code)),
  removed: before.filter((code) => !after.includes(code)),
});

export const without = (codes: readonly string[], isLeftOut: (code: string) => boolean): readonly string[] =>
  codes.filter((code) => !isLeftOut(code));
