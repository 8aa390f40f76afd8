import { isAuthorizedFor } from '../domain/corp';
import type { ReceiptState } from '../domain/receipt';
import type { BacklogEntry, Dependencies, ParkedLane } from './ports';

const LEASE_MS = 30_000;
const BATCH = 200;

const receiptOf = (entry: BacklogEntry, state: ReceiptState) => {
  const { id, publisherId, endpointId, infoType, suiteId, corpKey, receivedAt, occurredAt } = entry;
  return { id, publisherId, endpointId, infoType, suiteId, corpKey, state, sends: 0, receivedAt, occurredAt };
};

/**
 * Moves what was stored to the broker, in the order of acceptance. An entry is removed after its acknowledgement only,
 * so a crash sends it again.
 * @returns how many were moved; null: another process is at it
 * @throws what the broker or the database threw that is away
 */
export const moveStored =
  ({ backlog, log, receipts }: Pick<Dependencies, 'backlog' | 'log' | 'receipts'>) =>
  (): Promise<number | null> =>
    backlog.withLease('move-stored', LEASE_MS, async () => {
      let moved = 0;
      for (;;) {
        const entries = await backlog.oldestStored(BATCH);
        if (entries.length === 0) {
          return moved;
        }
        await log.send(entries.map(({ message }) => message));
        await backlog.remove(entries.map(({ id }) => id));
        entries.forEach((entry) => receipts.note(receiptOf(entry, 'PUBLISHED')));
        moved += entries.length;
      }
    });

const isKnown = async (
  { directory }: Pick<Dependencies, 'directory'>,
  { publisherId, templateId, suiteId, corpKey }: ParkedLane,
): Promise<boolean> => {
  if (corpKey === null) {
    return (await directory.find(publisherId, templateId)).suiteId === suiteId;
  }
  return isAuthorizedFor(await directory.findCorp(corpKey), templateId);
};

/** Lets parked events go on whose suite or corp is known by now. @returns how many */
const releaseKnown = async (deps: Pick<Dependencies, 'backlog' | 'directory' | 'clock'>): Promise<number> => {
  let released = 0;
  for (const lane of await deps.backlog.parkedLanes()) {
    if (await isKnown(deps, lane)) {
      released += await deps.backlog.release(lane, deps.clock.now());
    }
  }
  return released;
};

const expire = async ({
  backlog,
  receipts,
  clock,
}: Pick<Dependencies, 'backlog' | 'receipts' | 'clock'>): Promise<number> => {
  let expired = 0;
  for (;;) {
    const now = clock.now();
    const entries = await backlog.expired(now, BATCH);
    if (entries.length === 0) {
      return expired;
    }
    entries.forEach((entry) => receipts.note(receiptOf(entry, 'EXPIRED')));
    await backlog.removeExpired(
      entries.map(({ id }) => id),
      now,
    );
    expired += entries.length;
  }
};

/** Sweep over the parked events: those whose suite or corp became known go on, those that waited too long are dropped. */
export const settleParked =
  (deps: Pick<Dependencies, 'backlog' | 'directory' | 'receipts' | 'clock'>) =>
  async (): Promise<{ readonly released: number; readonly expired: number }> => ({
    released: await releaseKnown(deps),
    expired: await expire(deps),
  });

export const trimRefusals =
  ({ refusals, limits }: Pick<Dependencies, 'refusals' | 'limits'>) =>
  (): Promise<number> =>
    refusals.trim(limits.refusalsPerEndpoint);
