import {
  authorize,
  isAppError,
  platformScope,
  READERS,
  type Page,
  type PageRequest,
  type Viewer,
} from '@daikaifa/kernel';
import { batchPlanned, readAtPlace, startReconciliation, type Reconciliation } from '../domain/reconciliation';
import { planRereadBy } from '../domain/reread.decide';
import type { ReadCounts } from './authorization-ports';
import type { Dependencies } from './ports';
import { REREADERS } from './reread-authorization';
import { templateInScope } from './template-in-scope';

const SCOPE = platformScope('reconcile authorizations');
const BATCH = 200;

type Deps = Pick<Dependencies, 'reconciliations' | 'authorizations' | 'wakeUps' | 'clock'>;

/** Every authorization of a template is read again. What is the same is not announced. */
export const requestReconciliation =
  (deps: Deps & Pick<Dependencies, 'knownTemplates' | 'newId' | 'fingerprint'>) =>
  async (
    viewer: Viewer,
    input: { readonly templateId: string; readonly idempotencyKey: string },
  ): Promise<Reconciliation> => {
    const scope = authorize(viewer, REREADERS);
    const { publisherId, id: templateId } = await templateInScope(deps, scope, input.templateId);
    const started = startReconciliation(
      { id: deps.newId(), publisherId, templateId, requestedBy: viewer.subject },
      deps.clock.now(),
    );
    const stored = await deps.reconciliations.create(started, [], {
      key: input.idempotencyKey,
      fingerprint: deps.fingerprint({ templateId }),
    });
    if (stored.nextAttemptAt !== null) {
      await deps.wakeUps.reconciliation({ id: stored.id, dueAt: stored.nextAttemptAt });
    }
    return stored;
  };

/** Plans the next batch of reads. A crash plans a batch once more, and some of it is read twice. */
export const runReconciliation =
  ({ reconciliations, authorizations, wakeUps, clock }: Deps) =>
  async (id: string): Promise<void> => {
    const found = await reconciliations.byId(SCOPE, id);
    const now = clock.now();
    if (found === null || found.nextAttemptAt === null || found.nextAttemptAt > now) {
      return;
    }
    const { templateId, afterId } = found;
    const ids = await authorizations.findActive(SCOPE, templateId, { afterId, limit: BATCH });
    for (const [place, authorizationId] of ids.entries()) {
      const by = readAtPlace(place, BATCH, now);
      const planned = await authorizations.update(SCOPE, authorizationId, (stored) => planRereadBy(stored, by, now));
      const dueAt = planned?.reread.dueAt ?? null;
      if (dueAt !== null) {
        await wakeUps.reread({ id: authorizationId, dueAt });
      }
    }
    const next = batchPlanned(found, ids, BATCH, now);
    const saved = await reconciliations.save(next.next, found.version, next.facts).catch((error: unknown) => {
      // Another process has planned the same batch.
      if (isAppError(error) && error.code === 'CONFLICT') {
        return null;
      }
      throw error;
    });
    if (saved !== null && saved.nextAttemptAt !== null) {
      await wakeUps.reconciliation({ id, dueAt: saved.nextAttemptAt });
    }
  };

/** Null when there is none, or it is another tenant's. */
export const findReconciliation =
  ({ reconciliations }: Pick<Deps, 'reconciliations'>) =>
  async (viewer: Viewer, id: string): Promise<Reconciliation | null> =>
    reconciliations.byId(authorize(viewer, READERS), id);

/** One page per template, read together for all. */
export const listReconciliationsOfTemplates =
  ({ reconciliations }: Pick<Deps, 'reconciliations'>) =>
  async (
    viewer: Viewer,
    templateIds: readonly string[],
    request: PageRequest,
  ): Promise<ReadonlyMap<string, Page<Reconciliation>>> =>
    reconciliations.pagesByTemplate(authorize(viewer, READERS), templateIds, request);

/** Counted from what was read since: nothing but the authorizations themselves says how far it is. */
export const findReconciliationProgress =
  ({ authorizations }: Pick<Deps, 'authorizations'>) =>
  async (viewer: Viewer, { templateId, createdAt }: Reconciliation): Promise<ReadCounts> =>
    authorizations.countReads(authorize(viewer, READERS), templateId, createdAt);
