import { addCounts, beginErasure, erasureIdOf } from './erasure';

const now = new Date('2026-03-02T09:00:00.000Z');
const corp = {
  publisherId: 'p',
  authorizationId: 'z',
  templateId: 't',
  suiteId: 'dk',
  corpKey: 'k',
  corpAppId: 'a',
  epoch: 2,
  cancelledAt: now,
};
const { next: begun, facts } = beginErasure(corp, now);

describe('the tombstone of a cancelled authorization', () => {
  it('is one per authorization and epoch, names no corp, and is announced with its counts only', () => {
    expect(begun).toMatchObject({ id: erasureIdOf('z', 2), suiteId: 'dk', epoch: 2, counts: {} });
    expect(erasureIdOf('z', 1)).not.toBe(erasureIdOf('z', 2));
    expect(facts).toEqual([]);
  });

  it('is announced once nothing was found, because somebody waits for it', () => {
    const first = addCounts(begun, { receipt: 0 }, now);
    expect(first).toMatchObject({ next: { counts: { receipt: 0 } }, facts: [{ type: 'callback.corp-erased' }] });
    expect(addCounts(first!.next as typeof begun, { receipt: 0 }, now)).toBeNull();
  });

  it('adds up what later runs find, by kind', () => {
    const first = addCounts(begun, { receipt: 3 }, now)!.next as typeof begun;
    expect(addCounts(first, { receipt: 1, delivery: 2 }, now)).toMatchObject({
      next: { counts: { receipt: 4, delivery: 2 } },
      facts: [{ type: 'callback.corp-erased' }],
    });
  });
});
