import { invalidState, platformScope, text, type Scope } from '@daikaifa/kernel';
import type { SuiteCredentials } from '../domain/suite-credentials';
import type { Dependencies } from './ports';

/** What every event of a suite tells. */
export interface SuiteSignalFacts {
  readonly suiteId: string;
  /** WeCom's TimeStamp; null when it was unreadable. */
  readonly timestampSec: number | null;
  /** Arrival at the callback: stands in for a missing TimeStamp. */
  readonly receivedAt: Date;
}

export const SIGNAL_SCOPE: Scope = platformScope('deal with an event of WeCom');

export const causedAtOf = ({ timestampSec, receivedAt }: SuiteSignalFacts): Date =>
  timestampSec === null ? receivedAt : new Date(timestampSec * 1000);

/**
 * Whose event it is.
 * @throws AppError INVALID_STATE for a suite that nobody recorded: a dead letter, driven again once it is
 */
export const suiteOfSignal = async (
  { suites }: Pick<Dependencies, 'suites'>,
  { suiteId }: SuiteSignalFacts,
): Promise<SuiteCredentials> => {
  const suite = await suites.bySuiteId(SIGNAL_SCOPE, suiteId);
  if (suite === null) {
    throw invalidState(text('该模版 ID 尚未录入', 'No template has this suite id'), { suiteId });
  }
  return suite;
};
