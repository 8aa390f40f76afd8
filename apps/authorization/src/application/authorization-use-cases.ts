import { confirmCancellation } from './confirm-cancellation';
import {
  findAuthorizationsByIds,
  findCorps,
  listAuthorizations,
  listAuthorizationsOfTemplates,
  listExchangesOfTemplates,
} from './find-authorizations';
import { followLaunch } from './follow-launch';
import { findErasureRecordsByIds, listErasureRecords } from './find-erasures';
import { openErasureRecords, receiveErasure, runErasure } from './gather-erasures';
import { importAuthorization } from './import-authorization';
import { markTest } from './mark-test';
import type { Dependencies } from './ports';
import {
  findReconciliation,
  findReconciliationProgress,
  listReconciliationsOfTemplates,
  requestReconciliation,
  runReconciliation,
} from './reconcile-authorizations';
import { receiveAuthCode } from './receive-auth-code';
import { receiveCancellation } from './receive-cancellation';
import { receiveChange } from './receive-change';
import { requestReread, rereadAuthorization } from './reread-authorization';
import { runExchange } from './run-exchange';
import { sweepDue } from './sweep-due';
import { watchScan } from './tie-scan';

/** Exchange, grant, re-read, cancellation, and their reads. */
export const createAuthorizationUseCases = (deps: Dependencies) => ({
  receiveAuthCode: receiveAuthCode(deps),
  receiveChange: receiveChange(deps),
  receiveCancellation: receiveCancellation(deps),
  runExchange: runExchange(deps),
  rereadAuthorization: rereadAuthorization(deps),
  requestReread: requestReread(deps),
  markTest: markTest(deps),
  importAuthorization: importAuthorization(deps),
  requestReconciliation: requestReconciliation(deps),
  runReconciliation: runReconciliation(deps),
  findReconciliation: findReconciliation(deps),
  listReconciliationsOfTemplates: listReconciliationsOfTemplates(deps),
  findReconciliationProgress: findReconciliationProgress(deps),
  followLaunch: followLaunch(deps),
  confirmCancellation: confirmCancellation(deps),
  openErasureRecords: openErasureRecords(deps),
  receiveErasure: receiveErasure(deps),
  runErasure: runErasure(deps),
  findErasureRecordsByIds: findErasureRecordsByIds(deps),
  listErasureRecords: listErasureRecords(deps),
  watchScan: watchScan(deps),
  sweepDue: sweepDue(deps),
  findAuthorizationsByIds: findAuthorizationsByIds(deps),
  listAuthorizations: listAuthorizations(deps),
  listAuthorizationsOfTemplates: listAuthorizationsOfTemplates(deps),
  listExchangesOfTemplates: listExchangesOfTemplates(deps),
  findCorps: findCorps(deps),
});
