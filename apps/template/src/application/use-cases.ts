import { createLogoUpload } from './create-logo-upload';
import { createTemplate } from './create-template';
import { editTemplate, rollBackTemplate } from './edit-template';
import { deleteTemplate, retireTemplate } from './end-template';
import { findPublishersByIds, listPublishers } from './find-publishers';
import { findRules } from './find-rules';
import { findSignals, findTemplatesByIds, listTemplates, listTemplatesOfPublishers } from './find-templates';
import { followReviewItem } from './follow-review-item';
import { markChecklistStep } from './mark-checklist-step';
import type { Dependencies } from './ports';
import { registerServiceProvider } from './register-service-provider';
import { submitTemplate, withdrawTemplate } from './submit-template';
import { updateServiceProvider } from './update-service-provider';

/** Everything the service can do, bound to its dependencies. */
export const createUseCases = (deps: Dependencies) => ({
  registerServiceProvider: registerServiceProvider(deps),
  updateServiceProvider: updateServiceProvider(deps),
  createLogoUpload: createLogoUpload(deps),
  createTemplate: createTemplate(deps),
  editTemplate: editTemplate(deps),
  rollBackTemplate: rollBackTemplate(deps),
  submitTemplate: submitTemplate(deps),
  withdrawTemplate: withdrawTemplate(deps),
  retireTemplate: retireTemplate(deps),
  deleteTemplate: deleteTemplate(deps),
  markChecklistStep: markChecklistStep(deps),
  followReviewItem: followReviewItem(deps),
  findPublishersByIds: findPublishersByIds(deps),
  listPublishers: listPublishers(deps),
  findTemplatesByIds: findTemplatesByIds(deps),
  listTemplates: listTemplates(deps),
  listTemplatesOfPublishers: listTemplatesOfPublishers(deps),
  findSignals: findSignals(deps),
  findRules: findRules(deps),
});

export type UseCases = ReturnType<typeof createUseCases>;
