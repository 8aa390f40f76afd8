import { createBatch, type advanceBatch, type SubmissionBatch } from '../domain/batch';
import { sweepBatches } from './finish-batch';

const now = new Date('2026-03-01T08:00:00Z');

const stuckBatch = (id: string): SubmissionBatch =>
  createBatch({ id, publisherId: 'p1', templateId: 't1', corpAppIds: [`app-of-${id}`], submittedBy: 'u1', warnings: [] }, now);

type Deps = Parameters<typeof sweepBatches>[0];

/** Batches in memory; the app of one of them cannot be written. */
const depsWith = (ids: readonly string[], broken: string) => {
  const batches = new Map(ids.map((id) => [id, stuckBatch(id)]));
  const deps = {
    clock: { now: () => now },
    limits: { batchStuckAfterMs: 1_000 },
    batches: {
      findStuck: () => Promise.resolve([...batches.values()]),
      update: (_: unknown, id: string, decide: (one: SubmissionBatch) => ReturnType<typeof advanceBatch>) => {
        const current = batches.get(id)!;
        const next = decide(current)?.next ?? current;
        batches.set(id, next);
        return Promise.resolve(next);
      },
    },
    corpApps: {
      update: (_: unknown, id: string) =>
        id === `app-of-${broken}` ? Promise.reject(new Error('unreadable')) : Promise.resolve(null),
    },
  } as unknown as Deps;
  return { deps, stateOf: (id: string) => batches.get(id)?.state };
};

describe('the sweep of batches', () => {
  it('gives up the others although one fails, and says that it failed', async () => {
    const { deps, stateOf } = depsWith(['a', 'b', 'c'], 'a');

    await expect(sweepBatches(deps)()).rejects.toMatchObject({
      message: '1 of 3 batches could be neither finished nor given up',
      errors: [{ message: 'unreadable' }],
    });
    expect(['a', 'b', 'c'].map(stateOf)).toEqual(['RELEASING', 'RELEASED', 'RELEASED']);
  });
});
