import { askMayCall, askMayCallAll } from './ask-may-call';
import { recordPermissionDecline, recordSecondConfirmation, withdrawPermissionRequest } from './end-request';
import { expireDuePermissions } from './expire-permissions';
import { findCatalogue, findSetsByIds } from './find-sets';
import { followApp } from './follow-app';
import { markStaleRequests } from './mark-stale-requests';
import type { Dependencies } from './ports';
import { requestPermissions } from './request-permissions';

/** Everything the service can do, bound to its dependencies. */
export const createUseCases = (deps: Dependencies) => ({
  followApp: followApp(deps),
  requestPermissions: requestPermissions(deps),
  withdrawPermissionRequest: withdrawPermissionRequest(deps),
  recordPermissionDecline: recordPermissionDecline(deps),
  recordSecondConfirmation: recordSecondConfirmation(deps),
  markStaleRequests: markStaleRequests(deps),
  expireDuePermissions: expireDuePermissions(deps),
  findSetsByIds: findSetsByIds(deps),
  findCatalogue: findCatalogue(),
  askMayCall: askMayCall(deps),
  askMayCallAll: askMayCallAll(deps),
});

export type UseCases = ReturnType<typeof createUseCases>;
