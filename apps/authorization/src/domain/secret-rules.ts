import { text, type Violation } from '@daikaifa/kernel';

const SECRET_MAX_LENGTH = 512;

/** What every secret of WeCom's console keeps to. The violation never shows what was given. */
export const secretViolations = (field: string, secret: string): readonly Violation[] => [
  ...(secret.length === 0 || secret.length > SECRET_MAX_LENGTH
    ? [
        {
          field,
          code: 'SECRET_LENGTH',
          severity: 'ERROR' as const,
          text: text(`须为 1–${SECRET_MAX_LENGTH} 个字符`, `must have 1 to ${SECRET_MAX_LENGTH} characters`),
          limit: `1–${SECRET_MAX_LENGTH}`,
        },
      ]
    : []),
  ...(/\s/u.test(secret)
    ? [
        {
          field,
          code: 'SECRET_WHITESPACE',
          severity: 'ERROR' as const,
          text: text('不能包含空白字符', 'must not contain white space'),
        },
      ]
    : []),
];
