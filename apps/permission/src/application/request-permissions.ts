import { authorize, conflict, text, type Viewer, type Violation } from '@daikaifa/kernel';
import type { PermissionRequest, PermissionSet } from '../domain/permission-set';
import { requestPermissions as decide } from '../domain/permission-set.decide';
import { checkPermissions } from '../domain/request-input';
import { changeSet, EDITORS, type SetChange } from './change-set';
import type { Dependencies } from './ports';

export interface RequestPermissionsInput extends SetChange {
  readonly idempotencyKey: string;
  readonly permissions: readonly string[];
}

export interface RequestResult {
  readonly set: PermissionSet;
  readonly request: PermissionRequest;
  /** What was accepted, but should be read. */
  readonly warnings: readonly Violation[];
}

const requestOfKey = (set: PermissionSet | null, key: string): PermissionRequest | undefined =>
  set?.requests.find(({ idempotency }) => idempotency.key === key);

/** Saves an edit of the custom permissions; the same key with the same input answers the request of the first call. */
export const requestPermissions =
  (deps: Pick<Dependencies, 'sets' | 'remindAfterMs' | 'clock' | 'newId' | 'fingerprint'>) =>
  async (viewer: Viewer, input: RequestPermissionsInput): Promise<RequestResult> => {
    const { permissionSetId, permissions, idempotencyKey: key } = input;
    const idempotency = { key, fingerprint: deps.fingerprint({ permissionSetId, permissions }) };
    const warnings = checkPermissions(permissions);
    // Before the version: the first call has raised it.
    const current = await deps.sets.byId(authorize(viewer, EDITORS), permissionSetId);
    const earlier = requestOfKey(current, key);
    if (current !== null && earlier !== undefined) {
      if (earlier.idempotency.fingerprint !== idempotency.fingerprint) {
        throw conflict(text('该幂等键已用于不同的请求', 'This idempotency key was used with another input'), {
          idempotencyKey: key,
        });
      }
      return { set: current, request: earlier, warnings };
    }
    const requestId = deps.newId();
    const command = { requestId, permissions, requestedBy: viewer.subject, idempotency, remindAfterMs: deps.remindAfterMs };
    const set = await changeSet(deps, viewer, input, (stored) => decide(stored, command, deps.clock.now()));
    return { set, request: requestOfKey(set, key)!, warnings };
  };
