import type { Viewer } from '@daikaifa/kernel';
import type { DelegatedTemplate } from '../domain/delegated-template';
import { submitTemplate as decide, withdrawTemplate as decideWithdraw } from '../domain/delegated-template.decide';
import { NO_SIGNALS } from '../domain/template-signals';
import { changeTemplate, EDITORS, type TemplateChange } from './change-template';
import type { Dependencies } from './ports';

/** Hands the working revision to review; the review service follows by event. */
export const submitTemplate =
  (deps: Pick<Dependencies, 'templates' | 'signals' | 'rules' | 'clock' | 'newId'>) =>
  (viewer: Viewer, change: TemplateChange): Promise<DelegatedTemplate> =>
    changeTemplate(deps, { viewer, roles: EDITORS, change }, async (template, scope) => {
      const signals = (await deps.signals.byTemplates(scope, [template.id])).get(template.id) ?? NO_SIGNALS;
      const command = { submissionId: deps.newId(), submittedBy: viewer.subject };
      return decide(template, command, { rules: deps.rules, signals }, deps.clock.now());
    });

/** Takes the working revision back from review. */
export const withdrawTemplate =
  (deps: Pick<Dependencies, 'templates' | 'clock'>) =>
  (viewer: Viewer, change: TemplateChange): Promise<DelegatedTemplate> =>
    changeTemplate(deps, { viewer, roles: EDITORS, change }, (template) =>
      decideWithdraw(template, deps.clock.now()),
    );
