import { derivedId, isAppError, platformScope, tenantScope, text } from '@daikaifa/kernel';
import { statusOf, type Authorization } from '../domain/authorization';
import type { AuthorizationLink } from '../domain/authorization-link';
import type { BatchScan } from '../domain/batch-scan';
import { addAnswer, concludeScan, startScan } from '../domain/batch-scan.decide';
import type { Exchange } from '../domain/exchange';
import { alarmed } from './alarmed';
import type { Alarm, Dependencies } from './ports';

const SCOPE = platformScope('tie the authorizations of one scan');

type Deps = Pick<Dependencies, 'batchScans' | 'authorizations' | 'wakeUps' | 'alarms' | 'clock'>;

/** An exchange has become an authorization: the scan of its link knows of it. Safe to repeat. */
export const tieScan =
  ({ batchScans, wakeUps, clock }: Deps) =>
  async (link: AuthorizationLink, exchange: Exchange, authorization: Authorization): Promise<void> => {
    const { id: linkId, publisherId, templateIds } = link;
    if (templateIds.length < 2) {
      return;
    }
    // Derived, not stored: nothing of the corp is left here when it is erased.
    const id = derivedId('batch-scan', linkId, authorization.corpId);
    const { templateId, id: authorizationId } = authorization;
    const answer = { templateId, authorizationId, exchangeId: exchange.id, causedAt: exchange.causedAt };
    const add = () =>
      batchScans.update(SCOPE, id, (stored) => addAnswer(stored, answer, templateIds, clock.now()));
    const scan =
      (await add()) ??
      (await batchScans
        .create(startScan({ id, publisherId, linkId, templateIds }, answer, clock.now()), [])
        .catch((error: unknown) => {
          // A sibling was faster.
          if (isAppError(error) && error.code === 'CONFLICT') {
            return add();
          }
          throw error;
        }));
    const dueAt = scan?.nextAttemptAt ?? null;
    if (dueAt !== null) {
      await wakeUps.scan({ id, dueAt });
    }
  };

/** Templates that the corp of this scan has authorized, by whatever link. */
const presentOf = async ({ authorizations }: Deps, { publisherId, answers }: BatchScan): Promise<readonly string[]> => {
  const scope = tenantScope(publisherId);
  const [first] = answers;
  const known = first === undefined ? null : await authorizations.byId(scope, first.authorizationId);
  const ofCorp = known === null ? [] : await authorizations.byCorps(scope, [known.corpId]);
  return ofCorp.filter((one) => statusOf(one) === 'ACTIVE').map(({ templateId }) => templateId);
};

const missingAlarm = ({ id, linkId, missing }: BatchScan): Alarm | null =>
  missing.length === 0
    ? null
    : {
        name: 'batch-scan.sibling-missing',
        text: text(
          '批量授权中有模版未收到 create_auth 或未能换取永久授权码',
          'A corp scanned a link of several templates, and not every one of them has been authorized',
        ),
        fields: { 'scan.id': id, 'link.id': linkId, 'scan.missing': missing },
      };

/** The time of the siblings is over: who is missing is named, with an alarm. */
export const watchScan =
  (deps: Deps) =>
  async (id: string): Promise<void> => {
    const { batchScans, alarms, clock } = deps;
    const scan = await batchScans.byId(SCOPE, id);
    if (scan === null || scan.nextAttemptAt === null || scan.nextAttemptAt > clock.now()) {
      return;
    }
    const present = await presentOf(deps, scan);
    const conclude = (stored: BatchScan) => concludeScan(stored, present, clock.now());
    await batchScans.update(SCOPE, id, alarmed(alarms, conclude, missingAlarm));
  };
