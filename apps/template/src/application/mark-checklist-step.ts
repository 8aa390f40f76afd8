import type { Viewer } from '@daikaifa/kernel';
import type { PersonStep } from '../domain/checklist';
import type { DelegatedTemplate } from '../domain/delegated-template';
import { markChecklistStep as decide } from '../domain/delegated-template.decide';
import { ADMINS, changeTemplate, type TemplateChange } from './change-template';
import type { Dependencies } from './ports';

/** A person's word that something was done, or not done after all, in WeCom's console. */
export const markChecklistStep =
  (deps: Pick<Dependencies, 'templates' | 'clock'>) =>
  (
    viewer: Viewer,
    change: TemplateChange & { readonly step: PersonStep; readonly done: boolean },
  ): Promise<DelegatedTemplate> =>
    changeTemplate(deps, { viewer, roles: ADMINS, change }, (template) =>
      decide(template, { step: change.step, done: change.done, markedBy: viewer.subject }, deps.clock.now()),
    );
