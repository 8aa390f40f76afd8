import { isAppError } from '@daikaifa/kernel';
import type { Cancellation } from '../domain/cancellation';
import { receiveCancellation as decide } from '../domain/cancellation.decide';
import type { Dependencies } from './ports';
import { causedAtOf, SIGNAL_SCOPE, suiteOfSignal, type SuiteSignalFacts } from './suite-signal';

export interface ArrivedCancellation extends SuiteSignalFacts {
  /** Of the event: a re-send has the same one. */
  readonly eventId: string;
  readonly corpId: string;
}

/** Writes a cancel_auth down before anything is looked up: a grant that comes at the same time finds it. */
export const receiveCancellation =
  (deps: Pick<Dependencies, 'suites' | 'cancellations' | 'wakeUps' | 'clock'>) =>
  async (arrived: ArrivedCancellation): Promise<void> => {
    const { cancellations, wakeUps, clock } = deps;
    const { id: templateId, publisherId } = await suiteOfSignal(deps, arrived);
    const { eventId: id, suiteId, corpId } = arrived;
    const received = decide(
      { id, publisherId, templateId, suiteId, corpId, causedAt: causedAtOf(arrived) },
      clock.now(),
    );
    const find = async (error: unknown): Promise<Cancellation | null> => {
      if (isAppError(error) && error.code === 'CONFLICT') {
        return cancellations.byId(SIGNAL_SCOPE, id);
      }
      throw error;
    };
    const stored = await cancellations.create(received, []).catch(find);
    if (stored !== null && stored.nextAttemptAt !== null) {
      await wakeUps.cancellation({ id, dueAt: stored.nextAttemptAt });
    }
  };
