import type { Aggregate } from './aggregate';
import { changeAggregate } from './change-aggregate';
import { err, ok } from './result';
import type { Viewer } from './viewer';

interface Parcel extends Aggregate {
  readonly label: string;
}

const parcel: Parcel = {
  id: 'a',
  publisherId: 'p1',
  version: 3,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  label: 'old',
};
const viewer: Viewer = { subject: 'somebody', roles: ['PUBLISHER_ADMIN'], publisherIds: ['p1'] };
const call = { viewer, roles: ['PUBLISHER_ADMIN'], what: { zh: '包裹', en: 'The parcel' }, id: 'a', expectedVersion: 3 } as const;

const storeOf = (found: Parcel | null) => {
  const saved: unknown[] = [];
  return {
    saved,
    byId: async () => found,
    save: async (next: Parcel, expectedVersion: number, facts: readonly object[]) => {
      saved.push({ next, expectedVersion, facts });
      return { ...next, version: expectedVersion + 1 };
    },
  };
};
const relabel = (current: Parcel) => ok({ next: { ...current, label: 'new' }, facts: [{ type: 'parcel.relabelled' }] });

describe('changeAggregate', () => {
  it('saves what was decided over the version that the caller has seen', async () => {
    const store = storeOf(parcel);

    const changed = await changeAggregate(store, call, relabel);

    expect(changed).toMatchObject({ label: 'new', version: 4 });
    expect(store.saved).toEqual([
      { next: { ...parcel, label: 'new' }, expectedVersion: 3, facts: [{ type: 'parcel.relabelled' }] },
    ]);
  });

  it.each([
    ['FORBIDDEN', storeOf(parcel), { ...call, viewer: { ...viewer, roles: ['VIEWER'] as const } }],
    ['NOT_FOUND', storeOf(null), call],
    ['CONFLICT', storeOf(parcel), { ...call, expectedVersion: 2 }],
  ])('is %s and saves nothing', async (code, store, wrong) => {
    await expect(changeAggregate(store, wrong, relabel)).rejects.toMatchObject({ code });
    expect(store.saved).toEqual([]);
  });

  it('throws what the decision refuses', async () => {
    const refuse = () => err({ code: 'INVALID_STATE', text: { zh: '不行', en: 'no' } } as const);

    await expect(changeAggregate(storeOf(parcel), call, refuse)).rejects.toMatchObject({ code: 'INVALID_STATE' });
  });

  it('writes nothing when nothing has changed', async () => {
    const store = storeOf(parcel);

    await expect(changeAggregate(store, call, (current) => ok({ next: current, facts: [] }))).resolves.toBe(parcel);
    expect(store.saved).toEqual([]);
  });
});
