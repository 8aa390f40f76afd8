import type { OutgoingMessage } from '@daikaifa/contracts';
import { createBookReader, type DeadLetterStatus } from './dead-letter-book';
import { toJournalMessage, type JournalEntry } from './dead-letter-journal';
import { toMessage, toRedriveMessage, type DeadLetter } from './dead-letters';
import { listedLetter } from './listed-letter';

const minute = (minutes: number): Date => new Date(Date.UTC(2026, 2, 2, 9, minutes));

const letterOf = (offset: number, failedAtMinute: number, attempts = 1): DeadLetter => ({
  record: {
    topic: 'daikaifa.unit.thing.v1',
    partition: 1,
    offset: String(offset),
    key: 'thing-1',
    value: Buffer.from(
      JSON.stringify({ id: 'event-1', type: 'thing.made', tenant: 'publisher-1', correlationid: 'c-1', data: { word: '机密' } }),
    ),
    headers: { 'x-own': 'kept' },
  },
  consumer: 'things',
  reason: 'HANDLER_FAILED',
  error: 'TypeError: "机密"',
  appError: null,
  firstFailedAt: minute(0),
  failedAt: minute(failedAtMinute),
  attempts,
});

const buried = (failedAtMinute: number, attempts = 1): OutgoingMessage =>
  toMessage('unit', letterOf(7, failedAtMinute, attempts));
const asked = (id: string, failedAtMinute = 1): OutgoingMessage =>
  toRedriveMessage('unit', letterOf(7, failedAtMinute), { id, by: 'li', at: minute(0) });
const journaled = (
  action: JournalEntry['action'],
  askId: string | null,
  settlesUntilMinute: number | null,
): OutgoingMessage =>
  toJournalMessage('unit', listedLetter(letterOf(7, 1)), {
    action,
    by: 'li',
    reason: action === 'DISCARDED' ? '已人工处理' : null,
    askId,
    settlesUntil: settlesUntilMinute === null ? null : minute(settlesUntilMinute).toISOString(),
  });

const bookOf = (messages: readonly OutgoingMessage[]) => {
  const reader = createBookReader('unit');
  messages.forEach(({ topic, key, value, headers }, index) =>
    reader.take({ topic, partition: 0, offset: String(index), key, value: Buffer.from(value), headers: headers ?? {} }),
  );
  return reader.book();
};

describe('the book of dead letters', () => {
  const cases: ReadonlyArray<readonly [string, DeadLetterStatus, readonly OutgoingMessage[]]> = [
    ['a letter', 'OPEN', [buried(1)]],
    ['a letter whose group was asked', 'WAITING', [buried(1), asked('a')]],
    ['an ask that was read before its letter', 'WAITING', [asked('a'), buried(1)]],
    ['a letter that was dealt with', 'REDRIVEN', [buried(1), asked('a'), journaled('REDRIVEN', 'a', 5)]],
    ['the same once the ask is deleted', 'REDRIVEN', [buried(1), journaled('REDRIVEN', 'a', 5)]],
    ['a letter that failed again', 'OPEN', [buried(1), asked('a'), buried(5, 2), journaled('FAILED_AGAIN', 'a', null)]],
    ['and was asked for again', 'WAITING', [buried(5, 2), journaled('FAILED_AGAIN', 'a', null), asked('a'), asked('b', 5)]],
    ['asked twice, answered once', 'WAITING', [buried(1), asked('a'), asked('b'), journaled('REDRIVEN', 'a', 5)]],
    [
      'asked twice, failed first and then not',
      'REDRIVEN',
      [buried(1), buried(5, 2), asked('a'), asked('b'), journaled('FAILED_AGAIN', 'a', null), journaled('REDRIVEN', 'b', 6)],
    ],
    ['a letter that was discarded', 'DISCARDED', [buried(1), journaled('DISCARDED', null, 1)]],
    ['and failed once more afterwards', 'OPEN', [buried(1), journaled('DISCARDED', null, 1), buried(2)]],
    ['discarded, then asked for', 'WAITING', [buried(1), journaled('DISCARDED', null, 1), asked('a')]],
    ['dealt with, then read from the beginning and failed', 'OPEN', [buried(1), journaled('REDRIVEN', 'a', 5), buried(9)]],
  ];

  it.each(cases)('says of %s: %s', (_name, status, messages) => {
    expect(bookOf(messages).letters.map((letter) => letter.status)).toEqual([status]);
  });

  it('counts the copies of a letter once, as it failed last, in the place of its first', () => {
    const other = toMessage('unit', letterOf(8, 2));
    const { letters } = bookOf([buried(1), other, buried(3, 2), buried(3, 2), buried(1)]);

    expect(letters.map(({ offset, attempts }) => [offset, attempts])).toEqual([
      ['7', 2],
      ['8', 1],
    ]);
    expect(letters[0]!.failedAt).toEqual(minute(3));
  });

  it('tells where a letter came from and never what it says', () => {
    const book = bookOf([buried(1), asked('a'), journaled('DISCARDED', null, 1)]);

    expect(book.letters[0]).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}$/),
      topic: 'daikaifa.unit.thing.v1',
      partition: 1,
      offset: '7',
      key: 'thing-1',
      event: { id: 'event-1', type: 'thing.made', tenant: 'publisher-1', correlationId: 'c-1', time: null },
      error: 'TypeError: "…"',
      keptUntil: new Date('2026-03-05T09:00:00.000Z'),
    });
    expect(JSON.stringify(book)).not.toContain('机密');
    expect(JSON.stringify(book.journal)).not.toContain('thing-1');
  });

  it('lists what nobody can parse, and leaves out what is no entry', () => {
    const letter = { ...letterOf(9, 1), record: { ...letterOf(9, 1).record, value: Buffer.from([0xff, 0x00]) } };
    const garbage = { topic: 'unit.dlq-journal', key: '', value: 'garbage' };
    const unasked = { ...asked('a'), headers: {} };
    const book = bookOf([toMessage('unit', letter), garbage, { ...garbage, value: '{}' }, unasked]);

    expect(book.letters).toEqual([expect.objectContaining({ event: null, sizeBytes: 2, status: 'OPEN' })]);
    expect(book.journal).toEqual([]);
  });
});
