/** An event type, or the beginning of some: `wecom.suite.*`. The star stands for one segment or more, at the end only. */
const PATTERN = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\.\*)?$/;
const MAX_PATTERN_LENGTH = 128;

/** Under these WeCom decides what there is: a name that nobody has seen yet may come. */
const OPEN_PREFIXES: readonly string[] = ['wecom.suite.', 'wecom.app.'];

export const isPattern = (pattern: string): boolean => pattern.length <= MAX_PATTERN_LENGTH && PATTERN.test(pattern);

export const matchesPattern = (pattern: string, type: string): boolean =>
  pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;

/** Whether a pattern can ever match: a mistyped one would be silent for ever. */
export const isKnownPattern = (pattern: string, types: readonly string[]): boolean =>
  OPEN_PREFIXES.some((prefix) => pattern.startsWith(prefix) || matchesPattern(pattern, prefix)) ||
  types.some((type) => matchesPattern(pattern, type));
