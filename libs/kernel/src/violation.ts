import type { LocalizedText } from './text';

/** ERROR refuses, WARNING is shown to the reviewer, ADVICE is shown and never enforced. */
export type Severity = 'ERROR' | 'WARNING' | 'ADVICE';

/**
 * One broken rule of one field. All of them are reported at once.
 * `given` is what the caller sent, shortened; never a secret.
 */
export interface Violation {
  /** Path of the field, with dots and indexes: `testCorps.0.corpId`. */
  readonly field: string;
  /** Stable upper-case code of the rule: `NAME_LENGTH`. */
  readonly code: string;
  readonly severity: Severity;
  readonly text: LocalizedText;
  /** The limit in words or numbers, where the rule has one. */
  readonly limit?: string;
  readonly given?: string;
}
