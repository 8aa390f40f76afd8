import type { SuiteCredentials, SuiteTicket, TicketState } from './suite-credentials';
import { checkSuite, recordSuite, takeTicket, TICKET_ALARM_AFTER_MS, watchTicket } from './suite-credentials.decide';

const NOW = new Date('2026-03-02T09:00:00.000Z');
const minutesBefore = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);

const command = {
  templateId: 'template-1',
  publisherId: 'publisher-1',
  suiteId: 'dk0000000001',
  sealedSecret: 'sealed',
  recordedBy: 'somebody',
};
const recorded: SuiteCredentials = recordSuite(null, command, NOW).next;
const ticketOf = (issuedMinutesAgo: number, receivedMinutesAgo = issuedMinutesAgo): SuiteTicket => ({
  sealed: `sealed-${issuedMinutesAgo}-${receivedMinutesAgo}`,
  issuedAt: minutesBefore(issuedMinutesAgo),
  receivedAt: minutesBefore(receivedMinutesAgo),
});
const withTicket = (ticket: SuiteTicket, ticketState: TicketState): SuiteCredentials => ({
  ...recorded,
  ticket,
  ticketState,
});

describe('checkSuite', () => {
  const good = { suiteId: 'dk0000000001', suiteSecret: 'secret', expectedVersion: null };

  it.each([
    ['dk0000000001', true],
    ['dk_Ab-9', true],
    [`dk${'a'.repeat(62)}`, true],
    ['ww0000000001', false],
    ['DK0000000001', false],
    ['dk', false],
    ['dk123', false],
    [`dk${'a'.repeat(63)}`, false],
    ['dk0000 00001', false],
    ['dk0000000001\n', false],
  ])('judges the suite id %j: %s', (suiteId, isGood) => {
    expect(checkSuite(null, { ...good, suiteId }).ok).toBe(isGood);
  });

  it('reports everything at once and never shows the secret', () => {
    const result = checkSuite(recorded, { suiteId: 'x', suiteSecret: ' my secret ', expectedVersion: null });
    const violations = result.ok ? [] : (result.error.violations ?? []);
    expect(violations.map(({ code }) => code)).toEqual([
      'SUITE_ID_FORMAT',
      'SECRET_WHITESPACE',
      'EXPECTED_VERSION_MISSING',
    ]);
    expect(JSON.stringify(result)).not.toContain('my secret');
  });

  it.each([
    [null, null, 'ok'],
    [null, 0, 'ok'],
    [null, 1, 'CONFLICT'],
    [recorded, 1, 'ok'],
    [recorded, 0, 'CONFLICT'],
    [recorded, 2, 'CONFLICT'],
    [recorded, null, 'BAD_USER_INPUT'],
  ])('with %j stored and version %s expected: %s', (stored, expectedVersion, outcome) => {
    const result = checkSuite(stored, { ...good, expectedVersion });
    expect(result.ok ? 'ok' : result.error.code).toBe(outcome);
  });
});

describe('recordSuite', () => {
  it('forgets the ticket of another suite id, keeps the one of the same', () => {
    const stored = withTicket(ticketOf(1), 'FRESH');
    expect(recordSuite(stored, { ...command, suiteId: 'dk0000000002' }, NOW).next).toMatchObject({
      ticket: null,
      ticketState: 'NONE',
      generation: 2,
    });
    expect(recordSuite(stored, command, NOW).next).toMatchObject({ ticket: stored.ticket, ticketState: 'FRESH' });
  });

  it('takes nothing over of what WeCom said about the secret before', () => {
    const stored = { ...recorded, confirmedAt: NOW, lastError: { zh: '错误', en: 'wrong' } };
    expect(recordSuite(stored, command, NOW).next).toMatchObject({ confirmedAt: null, lastError: null });
  });
});

describe('takeTicket', () => {
  it.each([
    ['the first', null, ticketOf(1), true],
    ['a newer one', ticketOf(10), ticketOf(1), true],
    ['an older one', ticketOf(1), ticketOf(10), false],
    ['an older one that arrives later', ticketOf(1), ticketOf(10, 0), false],
    ['one of the same second that arrives later', ticketOf(5, 4), ticketOf(5, 3), true],
    ['the same one again', ticketOf(5, 4), ticketOf(5, 4), false],
  ])('takes or drops %s', (_name, stored, ticket, isTaken) => {
    const before = stored === null ? recorded : withTicket(stored, 'FRESH');
    expect(takeTicket(before, ticket, NOW)?.next.ticket ?? null).toEqual(isTaken ? ticket : null);
  });

  it.each([
    ['NONE', 0, ['suite-ticket.fresh'], 'FRESH'],
    ['FRESH', 0, [], 'FRESH'],
    ['STALE', 0, ['suite-ticket.fresh'], 'FRESH'],
    ['NONE', 25, ['suite-ticket.stale'], 'STALE'],
    ['FRESH', 25, ['suite-ticket.stale'], 'STALE'],
    ['STALE', 25, [], 'STALE'],
  ] as const)('from %s, with one that arrived %s minutes ago, announces %j', (ticketState, minutes, facts, after) => {
    const decision = takeTicket({ ...recorded, ticketState }, ticketOf(minutes), NOW);
    expect(decision?.facts.map(({ type }) => type)).toEqual(facts);
    expect(decision?.next.ticketState).toBe(after);
  });
});

describe('watchTicket', () => {
  it.each([
    ['FRESH', TICKET_ALARM_AFTER_MS, true],
    ['FRESH', TICKET_ALARM_AFTER_MS - 1, false],
    ['STALE', TICKET_ALARM_AFTER_MS, false],
    ['NONE', TICKET_ALARM_AFTER_MS, false],
  ] as const)('%s after %s ms: alarm %s', (ticketState, ageMs, isAlarm) => {
    const receivedAt = new Date(NOW.getTime() - ageMs);
    const decision = watchTicket(withTicket({ ...ticketOf(0), receivedAt }, ticketState), NOW);
    expect(decision?.facts.map(({ type }) => type)).toEqual(isAlarm ? ['suite-ticket.stale'] : undefined);
  });
});
