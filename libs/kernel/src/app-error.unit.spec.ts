import { AppError, badUserInput, ERROR_CODES, isAppError } from './app-error';
import { acceptedOrThrow } from './rejection';
import { err, ok } from './result';
import { transition, type TransitionTable } from './transition';

const violation = {
  field: 'name',
  code: 'NAME_LENGTH',
  severity: 'ERROR',
  text: { zh: '2–10 个字', en: '2–10 characters' },
} as const;

describe('errors', () => {
  it('carry every violation and name its field in both languages', () => {
    const error = badUserInput([violation, { ...violation, field: 'introduction' }]);

    expect(error.violations).toHaveLength(2);
    expect(error.text.zh).toMatch(/name.*introduction/);
    expect(error.text.en).toMatch(/name.*introduction/);
  });

  it('are told apart from others by their shape', () => {
    expect(isAppError(new AppError('CONFLICT', { zh: '', en: '' }))).toBe(true);
    expect(isAppError(Object.assign(new Error('x'), { code: 'CONFLICT' }))).toBe(false);
    expect(isAppError(Object.assign(new Error('x'), { name: 'AppError', code: 'ENOENT' }))).toBe(false);
  });

  it('are public, all but the internal one', () => {
    const hidden = Object.entries(ERROR_CODES).filter(([, { isPublic }]) => !isPublic);

    expect(hidden.map(([code]) => code)).toEqual(['INTERNAL_SERVER_ERROR']);
  });

  it('come from rejections with their code, texts and violations', () => {
    const rejected = err({ code: 'INVALID_STATE', text: { zh: '不行', en: 'no' }, violations: [violation] } as const);

    expect(() => acceptedOrThrow(rejected)).toThrow(
      expect.objectContaining({ code: 'INVALID_STATE', text: { zh: '不行', en: 'no' }, violations: [violation] }),
    );
    expect(acceptedOrThrow(ok(7))).toBe(7);
  });
});

describe('transition', () => {
  const table = { OPEN: { close: 'CLOSED' }, CLOSED: {} } as const satisfies TransitionTable<'OPEN' | 'CLOSED', 'close'>;
  const next = (state: 'OPEN' | 'CLOSED') => transition<'OPEN' | 'CLOSED', 'close'>(table, state, 'close');

  it('gives the next state, or nothing where the table has no step', () => {
    expect(next('OPEN')).toBe('CLOSED');
    expect(next('CLOSED')).toBeUndefined();
  });
});
