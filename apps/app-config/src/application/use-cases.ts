import { acknowledgeDrift, markCorpAppStep } from './annotate-corp-app';
import { copyCorpAppConfiguration } from './copy-configuration';
import { createLogoUpload } from './create-logo-upload';
import { editCorpApp, rollBackCorpApp, withdrawCorpApp } from './edit-corp-app';
import {
  findCorpAppsByIds,
  findCurrentCorpApps,
  findEndpoints,
  findRules,
  listCorpApps,
  listCorpAppsOfTemplates,
} from './find-corp-apps';
import { sweepBatches } from './finish-batch';
import { followAuthorization } from './follow-authorization';
import { followReviewItem } from './follow-review-item';
import type { Dependencies } from './ports';
import { proveTrustedDomain, recordOwnershipFile } from './prove-trusted-domain';
import { startCorpApp } from './start-corp-app';
import { submitCorpApps } from './submit-corp-apps';

/** Everything the service can do, bound to its dependencies. */
export const createUseCases = (deps: Dependencies) => ({
  createLogoUpload: createLogoUpload(deps),
  startCorpApp: startCorpApp(deps),
  editCorpApp: editCorpApp(deps),
  rollBackCorpApp: rollBackCorpApp(deps),
  copyCorpAppConfiguration: copyCorpAppConfiguration(deps),
  recordOwnershipFile: recordOwnershipFile(deps),
  proveTrustedDomain: proveTrustedDomain(deps),
  submitCorpApps: submitCorpApps(deps),
  withdrawCorpApp: withdrawCorpApp(deps),
  markCorpAppStep: markCorpAppStep(deps),
  acknowledgeDrift: acknowledgeDrift(deps),
  followAuthorization: followAuthorization(deps),
  followReviewItem: followReviewItem(deps),
  sweepBatches: sweepBatches(deps),
  findCorpAppsByIds: findCorpAppsByIds(deps),
  listCorpApps: listCorpApps(deps),
  listCorpAppsOfTemplates: listCorpAppsOfTemplates(deps),
  findCurrentCorpApps: findCurrentCorpApps(deps),
  findEndpoints: findEndpoints(deps),
  findRules: findRules(deps),
});

export type UseCases = ReturnType<typeof createUseCases>;
