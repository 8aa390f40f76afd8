import type { LocalizedText, Violation } from '@daikaifa/kernel';

export const fileViolation = (
  code: string,
  text: LocalizedText,
  more: { readonly limit?: string; readonly given?: string } = {},
): Violation => ({ field: 'file', code, severity: 'ERROR', text, ...more });
