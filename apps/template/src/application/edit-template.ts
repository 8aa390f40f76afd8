import type { Viewer } from '@daikaifa/kernel';
import type { DelegatedTemplate } from '../domain/delegated-template';
import { editTemplate as decide, rollBackTemplate as decideRollBack } from '../domain/delegated-template.decide';
import { changeTemplate, EDITORS, type TemplateChange } from './change-template';
import type { Dependencies } from './ports';
import { toContent, type TemplateInput } from './template-content';

/** Opens or continues the working revision. */
export const editTemplate =
  (deps: Pick<Dependencies, 'templates' | 'images' | 'rules' | 'clock' | 'newId'>) =>
  (viewer: Viewer, change: TemplateChange & { readonly content: TemplateInput }): Promise<DelegatedTemplate> =>
    changeTemplate(deps, { viewer, roles: EDITORS, change }, async (template) => {
      const content = await toContent(deps, template.publisherId, change.content);
      return decide(template, { revisionId: deps.newId(), content }, deps.rules, deps.clock.now());
    });

/** A new draft with the content of an old revision. */
export const rollBackTemplate =
  (deps: Pick<Dependencies, 'templates' | 'clock' | 'newId'>) =>
  (viewer: Viewer, change: TemplateChange & { readonly toRevisionId: string }): Promise<DelegatedTemplate> =>
    changeTemplate(deps, { viewer, roles: EDITORS, change }, (template) =>
      decideRollBack(
        template,
        { toRevisionId: change.toRevisionId, newRevisionId: deps.newId() },
        deps.clock.now(),
      ),
    );
