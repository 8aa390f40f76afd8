import type { Viewer } from '@daikaifa/kernel';
import type { DelegatedTemplate } from '../domain/delegated-template';
import { deleteTemplate as decideDelete, retireTemplate as decideRetire } from '../domain/delegated-template.decide';
import { NO_SIGNALS } from '../domain/template-signals';
import { ADMINS, changeTemplate, EDITORS, type TemplateChange } from './change-template';
import type { Dependencies } from './ports';

/** ONLINE → RETIRED, final. As launching, it is the admin's. */
export const retireTemplate =
  (deps: Pick<Dependencies, 'templates' | 'clock'>) =>
  (viewer: Viewer, change: TemplateChange): Promise<DelegatedTemplate> =>
    changeTemplate(deps, { viewer, roles: ADMINS, change }, (template) => decideRetire(template, deps.clock.now()));

/** Only of a draft that was never launched and never authorized. */
export const deleteTemplate =
  (deps: Pick<Dependencies, 'templates' | 'signals' | 'clock'>) =>
  (viewer: Viewer, change: TemplateChange): Promise<DelegatedTemplate> =>
    changeTemplate(deps, { viewer, roles: EDITORS, change }, async (template, scope) => {
      const signals = (await deps.signals.byTemplates(scope, [template.id])).get(template.id) ?? NO_SIGNALS;
      return decideDelete(template, signals, deps.clock.now());
    });
