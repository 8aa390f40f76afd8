import { recordProviderSecret, checkProviderSecret } from './provider-credentials.decide';
import { confirmRecording, noteRefusal } from './recording';

const NOW = new Date('2026-03-02T09:00:00.000Z');
const LATER = new Date('2026-03-02T10:00:00.000Z');
const ERROR = { zh: '密钥无效', en: 'the secret is wrong' };

const recorded = recordProviderSecret(
  null,
  { publisherId: 'publisher-1', sealedSecret: 'sealed', recordedBy: 'somebody' },
  NOW,
);

it('knows since when WeCom accepts the secret, and writes it once', () => {
  const confirmed = confirmRecording(recorded, 1, NOW)!;
  expect(confirmed.confirmedAt).toEqual(NOW);
  expect(confirmRecording(confirmed, 1, LATER)).toBeNull();
});

it('shows the last refusal until WeCom accepts again', () => {
  const refused = noteRefusal(confirmRecording(recorded, 1, NOW)!, { generation: 1, error: ERROR }, LATER)!;
  expect(refused).toMatchObject({ confirmedAt: NOW, lastError: ERROR });
  expect(noteRefusal(refused, { generation: 1, error: ERROR }, LATER)).toBeNull();
  expect(confirmRecording(refused, 1, LATER)).toMatchObject({ confirmedAt: NOW, lastError: null });
});

it('takes nothing for a secret that was replaced meanwhile', () => {
  const command = { publisherId: 'publisher-1', sealedSecret: 'other', recordedBy: 'somebody' };
  const replaced = recordProviderSecret({ ...recorded, lastError: ERROR }, command, LATER);
  expect(replaced).toMatchObject({ generation: 2, confirmedAt: null, lastError: null });
  expect(confirmRecording(replaced, 1, LATER)).toBeNull();
  expect(noteRefusal(replaced, { generation: 1, error: ERROR }, LATER)).toBeNull();
});

it.each([
  ['', ['SECRET_LENGTH']],
  ['x'.repeat(512), []],
  ['x'.repeat(513), ['SECRET_LENGTH']],
  ['a b', ['SECRET_WHITESPACE']],
  ['secret\n', ['SECRET_WHITESPACE']],
  [` ${'x'.repeat(512)}`, ['SECRET_LENGTH', 'SECRET_WHITESPACE']],
])('judges the secret %j', (secret, codes) => {
  const result = checkProviderSecret(secret);
  expect(result.ok ? [] : result.error.violations?.map(({ code }) => code)).toEqual(codes);
});
