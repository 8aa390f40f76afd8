import { isAppError, platformScope, text } from '@daikaifa/kernel';
import type { Authorization, Epoch } from '../domain/authorization';
import { missingServices, type ErasureAnswer, type ErasureRecord } from '../domain/erasure-record';
import { markOverdue, openErasureRecord, OWN_SERVICE, takeErasureAnswer } from '../domain/erasure-record.decide';
import { alarmed } from './alarmed';
import { erasureRecordIdOf } from './content-id';
import type { Alarm, Dependencies } from './ports';

const SCOPE = platformScope('gather what was erased of a corp');

type Deps = Pick<
  Dependencies,
  | 'erasureRecords'
  | 'erasureTerms'
  | 'authorizations'
  | 'exchanges'
  | 'cancellations'
  | 'tokens'
  | 'wakeUps'
  | 'alarms'
  | 'clock'
>;

const open = async (
  { erasureRecords, erasureTerms, wakeUps, clock }: Deps,
  { id: authorizationId, publisherId, templateId, suiteId }: Authorization,
  { epoch, cancelledAt }: Epoch,
): Promise<void> => {
  const id = erasureRecordIdOf(authorizationId, epoch);
  const { next, facts } = openErasureRecord(
    { id, publisherId, templateId, suiteId, authorizationId, epoch, cancelledAt: cancelledAt ?? clock.now() },
    erasureTerms,
    clock.now(),
  );
  await erasureRecords.create(next, facts).catch((error: unknown) => {
    // The other one that asked for it was faster.
    if (!isAppError(error) || error.code !== 'CONFLICT') {
      throw error;
    }
  });
  await wakeUps.erasure({ id, dueAt: clock.now() });
};

/** Every cancelled epoch has a record. Decided from what is stored: safe to repeat, and right for old cancellations. */
export const openErasureRecords =
  (deps: Deps) =>
  async (authorizationId: string): Promise<void> => {
    const authorization = await deps.authorizations.byId(SCOPE, authorizationId);
    const cancelled = authorization?.epochs.filter(({ status }) => status === 'CANCELLED') ?? [];
    const ids = cancelled.map(({ epoch }) => erasureRecordIdOf(authorizationId, epoch));
    const known = await deps.erasureRecords.byIds(SCOPE, ids);
    for (const epoch of cancelled) {
      if (authorization !== null && !known.has(erasureRecordIdOf(authorizationId, epoch.epoch))) {
        await open(deps, authorization, epoch);
      }
    }
  };

export interface ArrivedErasure extends ErasureAnswer {
  readonly authorizationId: string;
  readonly epoch: number;
}

/** A service's tombstone. It may be here before the record of the same cancellation. */
export const receiveErasure =
  (deps: Deps) =>
  async ({ authorizationId, epoch, ...answer }: ArrivedErasure): Promise<void> => {
    await openErasureRecords(deps)(authorizationId);
    const { erasureRecords, erasureTerms, clock } = deps;
    await erasureRecords.update(SCOPE, erasureRecordIdOf(authorizationId, epoch), (stored) =>
      takeErasureAnswer(stored, answer, erasureTerms.kafkaKeepsMs, clock.now()),
    );
  };

/** What this service still keeps of the corp. Secrets and facts went with the cancellation itself, and were counted. */
const eraseOwn = async (deps: Deps, record: ErasureRecord): Promise<ErasureAnswer> => {
  const { authorizations, exchanges, cancellations, clock } = deps;
  const authorization = await authorizations.byId(SCOPE, record.authorizationId);
  const epoch = authorization?.epochs.find((one) => one.epoch === record.epoch);
  if (authorization === null || epoch === undefined) {
    return { service: OWN_SERVICE, erasedAt: clock.now(), counts: {} };
  }
  const { suiteId, corpId } = authorization;
  const counts = {
    'permanent-code': epoch.destroyed?.permanentCodes ?? 0,
    corp: epoch.destroyed?.corps ?? 0,
    exchange: await exchanges.forgetContent(SCOPE, epoch.exchangeIds),
    cancellation: await cancellations.forgetCorp(SCOPE, { suiteId, corpId }),
  };
  return { service: OWN_SERVICE, erasedAt: clock.now(), counts };
};

const overdueAlarm = (record: ErasureRecord): Alarm => ({
  name: 'erasure.overdue',
  text: text('企业已取消授权，但仍有服务未确认删除其数据', 'A corp has cancelled, and not every service has erased its data'),
  fields: {
    'erasure.id': record.id,
    'authorization.id': record.authorizationId,
    'authorization.epoch': record.epoch,
    'erasure.missing': missingServices(record),
  },
});

/** The step of a record that is due: its own part first, then the watch over the others. */
export const runErasure =
  (deps: Deps) =>
  async (id: string): Promise<void> => {
    const { erasureRecords, erasureTerms, wakeUps, alarms, clock } = deps;
    const record = await erasureRecords.byId(SCOPE, id);
    if (record === null || record.nextAttemptAt === null || record.nextAttemptAt > clock.now()) {
      return;
    }
    const isOwnMissing = missingServices(record).includes(OWN_SERVICE);
    const answer = isOwnMissing ? await eraseOwn(deps, record) : null;
    const take = (stored: ErasureRecord, own: ErasureAnswer) =>
      takeErasureAnswer(stored, own, erasureTerms.kafkaKeepsMs, clock.now());
    const watch = alarmed(alarms, (stored: ErasureRecord) => markOverdue(stored, clock.now()), overdueAlarm);
    const saved = await erasureRecords.update(SCOPE, id, (stored) => (answer === null ? watch(stored) : take(stored, answer)));
    if (saved !== null && saved.nextAttemptAt !== null) {
      await wakeUps.erasure({ id, dueAt: saved.nextAttemptAt });
    }
  };
