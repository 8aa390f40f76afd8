import type { PermissionSetState } from '@daikaifa/contracts';
import { lastRequestOf, type PermissionRequest, type PermissionSet } from '../domain/permission-set';

const requestState = (request: PermissionRequest): PermissionSetState['lastRequest'] => ({
  id: request.id,
  state: request.state,
  codes: [...request.codes],
  requestedBy: request.requestedBy,
  requestedAt: request.requestedAt.toISOString(),
  stale: request.stale,
});

/** What other services see of a set. */
export const permissionSetState = (set: PermissionSet): PermissionSetState => {
  const last = lastRequestOf(set);
  return {
    id: set.id,
    publisherId: set.publisherId,
    templateId: set.templateId,
    authorizationId: set.authorizationId,
    suiteId: set.suiteId,
    corpId: set.corpId,
    epoch: set.epoch,
    status: set.status,
    effective: set.effective && [...set.effective.codes],
    lastRequest: last && requestState(last),
    erased: set.erased !== null,
  };
};
