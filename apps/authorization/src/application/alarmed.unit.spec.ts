import { AppError, text, type Decision } from '@daikaifa/kernel';
import type { Cancellation } from '../domain/cancellation';
import { receiveCancellation } from '../domain/cancellation.decide';
import { grantFirst, suspectCancelled, type Grant } from '../domain/authorization.decide';
import { startScan } from '../domain/batch-scan.decide';
import { openErasureRecord, OWN_SERVICE, takeErasureAnswer } from '../domain/erasure-record.decide';
import type { Exchange } from '../domain/exchange';
import { receiveCode } from '../domain/exchange.decide';
import type { SuiteCredentials } from '../domain/suite-credentials';
import { alarmed } from './alarmed';
import { applyExchange } from './apply-exchange';
import { confirmCancellation } from './confirm-cancellation';
import { exchangeCode } from './exchange-code';
import { runErasure } from './gather-erasures';
import { rereadAuthorization } from './reread-authorization';
import { watchScan } from './tie-scan';
import { watchSuiteTickets } from './watch-suite-tickets';

const start = new Date('2026-03-02T09:00:00.000Z');
const later = (ms: number): Date => new Date(start.getTime() + ms);
const DAY_MS = 86_400_000;

describe('a decision with an alarm', () => {
  const ALARM = { name: 'counted', text: text('数', 'counted'), fields: {} };
  const count = (stored: number): Decision<number> | null => (stored < 2 ? { next: stored + 1, facts: [] } : null);
  const run = (...stored: readonly number[]): readonly string[] => {
    const raised: string[] = [];
    const alarms = { raise: ({ name }: { readonly name: string }) => void raised.push(name) };
    const decide = alarmed(alarms, count, (next) => (next === 2 ? ALARM : null));
    expect(stored.map((one) => decide(one))).toEqual(stored.map(count));
    return raised;
  };

  it('raises it when what is decided asks for it', () => {
    expect(run(1)).toEqual(['counted']);
  });

  it.each([0, 2])('raises none when it decides otherwise, or nothing (%s)', (stored) => {
    expect(run(stored)).toEqual([]);
  });

  it('does not raise it again when a conflict makes it decide anew', () => {
    expect(run(1, 1)).toEqual(['counted']);
  });
});

const identity = { publisherId: 'p1', templateId: 't1', suiteId: 'dk1' };
const GRANT: Grant = {
  ...{ exchangeId: 'x1', sealedPermanentCode: 'sealed', causedAt: start, linkState: null, corpName: '示例企业' },
  environment: 'FORMAL',
  environmentBasis: 'UNDECIDED',
};

const exchange = receiveCode(
  { ...identity, id: 'x1', source: 'create_auth', linkState: null, causedAt: start, receivedAt: start },
  'sealed-code',
  start,
);
const answered: Exchange = { ...exchange, status: 'EXCHANGED', sealedAnswer: 'sealed-answer' };
const cancellation: Cancellation = {
  ...receiveCancellation({ ...identity, id: 'c1', corpId: 'wpCorp', causedAt: start }, start),
  attempts: 3,
};
const granted = grantFirst({ ...identity, id: 'a1', corpId: 'wpCorp' }, GRANT, start).next;
const suspected = suspectCancelled(granted, granted.epochs[0] as never, start)!.next;
const scan = startScan(
  { id: 's1', publisherId: 'p1', linkId: 'l1', templateIds: ['t1', 't2'] },
  { templateId: 't1', authorizationId: 'a1', exchangeId: 'x1', causedAt: start },
  start,
);
const suite = {
  ...{ id: 't1', publisherId: 'p1', suiteId: 'dk1', ticketState: 'FRESH' },
  ticket: { sealedTicket: 'sealed', issuedAt: start, receivedAt: start },
} as unknown as SuiteCredentials;
const TERMS = { services: ['review'], dueMs: 60_000, kafkaKeepsMs: 1000 };
const record = takeErasureAnswer(
  openErasureRecord({ ...identity, id: 'e1', authorizationId: 'a1', epoch: 1, cancelledAt: start }, TERMS, start).next,
  { service: OWN_SERVICE, erasedAt: start, counts: {} },
  TERMS.kafkaKeepsMs,
  start,
)!.next;

const AWAY = new AppError('UNAVAILABLE', text('数据库不可用', 'The database is away'));

/** Everything is read; the write fails after its decision, as when the process dies in between. */
const holding = <A>(one: A) => ({
  byId: async () => one,
  byCorps: async () => [],
  findStale: async () => ['t1'],
  hasOpen: async () => false,
  save: async () => Promise.reject(AWAY),
  update: async (_scope: unknown, _id: string, decide: (stored: A) => unknown) => {
    decide(one);
    throw AWAY;
  },
});

/** Of WeCom: it takes the secret, or not. */
const asked = (isAccepted: boolean) => ({
  tokens: {
    withSuiteToken: async (_id: string, call: (token: string) => unknown) => call('token'),
    forgetAppTokens: async () => undefined,
  },
  wecom: {
    getAuthInfo: async () =>
      isAccepted ? { ok: true, value: {} } : { ok: false, error: { classification: 'AUTHORIZATION_GONE' } },
  },
  sealing: { openPermanentCode: () => 'code', openAnswer: () => 'no JSON' },
  exclusively: async (_name: string, work: () => unknown) => work(),
});

/** A use case that is begun with what it needs of `Dependencies`. */
const begun = <Deps>(useCase: (deps: Deps) => (...args: never[]) => Promise<unknown>, ...args: readonly unknown[]) =>
  (deps: object) => useCase(deps as Deps)(...(args as never[]));

const exchanging = (parts: Parameters<typeof exchangeCode>[0]) => (one: Exchange) => exchangeCode(parts, one);

const authorizations = holding(granted);
const suspects = { authorizations: holding(suspected), exchanges: holding(exchange) };

it.each([
  ['batch-scan.sibling-missing', begun(watchScan, 's1'), { batchScans: holding(scan), authorizations }],
  ['suite-ticket.stale', begun(watchSuiteTickets), { suites: holding(suite) }],
  ['exchange.code-expired', begun(exchanging, exchange), { exchanges: holding(exchange) }],
  ['exchange.unreadable', begun(applyExchange, answered), { exchanges: holding(answered) }],
  [
    'cancellation.unconfirmed',
    begun(confirmCancellation, 'c1'),
    { cancellations: holding(cancellation), authorizations, ...asked(true) },
  ],
  ['authorization.cancelled-without-event', begun(rereadAuthorization, 'a1'), suspects],
  ['erasure.overdue', begun(runErasure, 'e1'), { erasureRecords: holding(record), erasureTerms: TERMS }],
])('%s is raised before the write after which nobody looks again', async (name, run, stores) => {
  const raised: string[] = [];
  const alarms = { raise: (alarm: { readonly name: string }) => void raised.push(alarm.name) };

  const ended = run({ alarms, clock: { now: () => later(DAY_MS) }, ...asked(false), ...stores });

  await expect(ended).rejects.toBe(AWAY);
  expect(raised).toEqual([name]);
});
