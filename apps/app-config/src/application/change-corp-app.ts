import { changeAggregate, text, type Rejection, type Result, type Role, type Scope, type Viewer } from '@daikaifa/kernel';
import type { CorpApp } from '../domain/corp-app';
import type { CorpAppDecision } from '../domain/decision';
import type { Dependencies } from './ports';

/** What every mutation of an app names. */
export interface CorpAppChange {
  readonly corpAppId: string;
  /** The version that the caller has seen; an older one is CONFLICT at once. */
  readonly expectedVersion: number;
}

export const EDITORS: readonly Role[] = ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER'];
export const ADMINS: readonly Role[] = ['PUBLISHER_ADMIN'];

export const CORP_APP = text('代开发应用', 'The corp app');

/** A person's change of an app. */
export const changeCorpApp = (
  { corpApps }: Pick<Dependencies, 'corpApps'>,
  { viewer, roles, change }: { readonly viewer: Viewer; readonly roles: readonly Role[]; readonly change: CorpAppChange },
  decide: (
    app: CorpApp,
    scope: Scope,
  ) => Result<CorpAppDecision, Rejection> | Promise<Result<CorpAppDecision, Rejection>>,
): Promise<CorpApp> => {
  const { corpAppId: id, expectedVersion } = change;
  return changeAggregate(corpApps, { viewer, roles, what: CORP_APP, id, expectedVersion }, decide);
};
