import { tenantScope, type Scope } from '@daikaifa/kernel';
import { eventually, manualClock } from '@daikaifa/testing';
import type { AnswerableSet } from '../domain/may-call';
import { createKnownSets } from './known-sets';

const MAX_AGE_MS = 2_000;
const p1 = tenantScope('p1');

const open = (capacity = 10) => {
  const clock = manualClock();
  const stored = new Map<string, AnswerableSet>();
  const reads: string[][] = [];
  const gate: { hold: Promise<void> | null; fault: Error | null } = { hold: null, fault: null };
  const put = (id: string, codes: readonly string[], publisherId = 'p1'): void => {
    stored.set(id, { id, publisherId, status: 'ACTIVE', effective: { codes, readAt: clock.now(), expiries: [] } });
  };
  const answerableByIds = async (scope: Scope, ids: readonly string[]) => {
    reads.push([...ids]);
    const tenants = scope.kind === 'tenants' ? scope.publisherIds : [];
    const seen = ids.flatMap((id) => stored.get(id) ?? []).filter(({ publisherId }) => tenants.includes(publisherId));
    await gate.hold;
    if (gate.fault !== null) {
      throw gate.fault;
    }
    return new Map(seen.map((set) => [set.id, set]));
  };
  const known = createKnownSets({ sets: { answerableByIds }, clock, maxAgeMs: MAX_AGE_MS, capacity });
  const codesOf = async (id: string, scope: Scope = p1) => (await known.find(scope, [id])).get(id)?.effective?.codes;
  return { clock, stored, reads, gate, put, known, codesOf };
};

describe('known sets', () => {
  it('are read once while they are young', async () => {
    const { clock, reads, put, codesOf } = open();
    put('a', ['x']);
    await codesOf('a');
    clock.advance(MAX_AGE_MS / 2);
    expect(await codesOf('a')).toEqual(['x']);
    expect(reads).toHaveLength(1);
  });

  it('never answer from a read that is older than the bound, counted from its beginning', async () => {
    const { clock, gate, put, codesOf } = open();
    put('a', ['old']);
    const held = Promise.withResolvers<void>();
    gate.hold = held.promise;
    const first = codesOf('a');
    clock.advance(MAX_AGE_MS);
    put('a', ['new']);
    held.resolve();
    expect(await first).toEqual(['old']);
    clock.advance(1);
    expect(await codesOf('a')).toEqual(['new']);
  });

  it('are read anew for who asks while a read hangs that is older than the bound', async () => {
    const { clock, gate, put, codesOf } = open();
    put('a', ['old']);
    const held = Promise.withResolvers<void>();
    gate.hold = held.promise;
    const first = codesOf('a');
    clock.advance(MAX_AGE_MS);
    const second = codesOf('a');
    clock.advance(1);
    put('a', ['new']);
    const third = codesOf('a');
    gate.hold = null;
    held.resolve();
    expect(await Promise.all([first, second, third])).toEqual([['old'], ['old'], ['new']]);
  });

  it('are read again in the background before anybody has to wait, all of them in one query', async () => {
    const { clock, reads, put, codesOf } = open();
    put('a', ['old']);
    put('b', ['old'], 'p2');
    await codesOf('a');
    await codesOf('b', tenantScope('p2'));
    put('a', ['new']);
    put('b', ['new'], 'p2');
    clock.advance(MAX_AGE_MS / 2 + 1);
    expect([await codesOf('a'), await codesOf('a'), await codesOf('b', tenantScope('p2'))]).toEqual([['old'], ['old'], ['old']]);
    await eventually(async () => (await codesOf('a'))?.[0] === 'new');
    expect(await codesOf('b', tenantScope('p2'))).toEqual(['new']);
    expect(reads).toEqual([['a'], ['b'], ['a', 'b']]);
    expect(await codesOf('b')).toBeUndefined();
  });

  it('share one read among all who ask at once', async () => {
    const { reads, put, codesOf } = open();
    put('a', ['x']);
    await Promise.all(Array.from({ length: 50 }, () => codesOf('a')));
    expect(reads).toHaveLength(1);
  });

  it('that are unknown and asked for at once are read by two queries, whatever their number', async () => {
    const { reads, put, codesOf } = open(100);
    const ids = Array.from({ length: 50 }, (_, index) => `set-${index}`);
    ids.forEach((id) => put(id, [id]));

    expect(await Promise.all(ids.map((id) => codesOf(id)))).toEqual(ids.map((id) => [id]));
    expect(reads).toEqual([ids.slice(0, 1), ids.slice(1)]);
  });

  it('are read for those who wait although the read before them failed', async () => {
    const { gate, put, codesOf } = open();
    ['a', 'b'].forEach((id) => put(id, ['x']));
    const held = Promise.withResolvers<void>();
    gate.hold = held.promise;
    const [first, second] = [codesOf('a'), codesOf('b')];
    gate.hold = null;
    held.reject(new Error('away'));

    await expect(first).rejects.toThrow('away');
    expect(await second).toEqual(['x']);
  });

  it('of different tenants do not wait for each other', async () => {
    const { gate, reads, put, codesOf } = open();
    put('a', ['x']);
    put('b', ['x'], 'p2');
    const held = Promise.withResolvers<void>();
    gate.hold = held.promise;
    const both = [codesOf('a'), codesOf('b', tenantScope('p2'))];

    expect(reads).toEqual([['a'], ['b']]);
    held.resolve();
    expect(await Promise.all(both)).toEqual([['x'], ['x']]);
  });

  it('are not shown to another tenant, known or not', async () => {
    const { put, codesOf } = open();
    put('a', ['x']);
    expect(await codesOf('a', tenantScope('p2'))).toBeUndefined();
    expect(await codesOf('a')).toEqual(['x']);
    expect(await codesOf('a', tenantScope('p2'))).toBeUndefined();
  });

  it('remember nothing of a set that does not exist', async () => {
    const { put, codesOf } = open();
    expect(await codesOf('a')).toBeUndefined();
    put('a', ['x']);
    expect(await codesOf('a')).toEqual(['x']);
  });

  it('rather fail than answer from what is too old', async () => {
    const { clock, gate, put, codesOf } = open();
    put('a', ['x']);
    await codesOf('a');
    gate.fault = new Error('away');
    clock.advance(MAX_AGE_MS);
    expect(await codesOf('a')).toEqual(['x']);
    clock.advance(1);
    await expect(codesOf('a')).rejects.toThrow('away');
  });

  it('are no more than the capacity, the least recently asked for go first', async () => {
    const { reads, put, known, codesOf } = open(2);
    ['a', 'b', 'c'].forEach((id) => put(id, ['x']));
    await known.find(p1, ['a', 'b']);
    await codesOf('a');
    await codesOf('c');
    await codesOf('a');
    expect(reads).toEqual([['a', 'b'], ['c']]);
    await codesOf('b');
    expect(reads).toHaveLength(3);
  });
});
