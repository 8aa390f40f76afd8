import { AppError, text } from '@daikaifa/kernel';
import { openErasureRecord, OWN_SERVICE, takeErasureAnswer } from '../domain/erasure-record.decide';
import { runErasure } from './gather-erasures';

const TERMS = { services: ['review'], dueMs: 60_000, kafkaKeepsMs: 1000 };
const cancelledAt = new Date('2026-03-02T09:00:00.000Z');
const identity = { publisherId: 'p1', templateId: 't1', suiteId: 'dk1', authorizationId: 'a1', epoch: 1 };
const { next: opened } = openErasureRecord({ ...identity, id: 'e1', cancelledAt }, TERMS, cancelledAt);
const own = { service: OWN_SERVICE, erasedAt: cancelledAt, counts: {} };
const waiting = takeErasureAnswer(opened, own, TERMS.kafkaKeepsMs, cancelledAt)!.next;

it('raises the alarm of an overdue erasure before the write after which nobody looks at it again', async () => {
  const raised: string[] = [];
  const away = new AppError('UNAVAILABLE', text('数据库不可用', 'The database is away'));
  const run = runErasure({
    erasureRecords: { byId: async () => waiting, update: async () => Promise.reject(away) },
    erasureTerms: TERMS,
    alarms: { raise: ({ name }: { readonly name: string }) => void raised.push(name) },
    clock: { now: () => new Date(cancelledAt.getTime() + 60_000) },
  } as unknown as Parameters<typeof runErasure>[0]);

  await expect(run('e1')).rejects.toBe(away);
  expect(raised).toEqual(['erasure.overdue']);
});
