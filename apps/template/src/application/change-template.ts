import { changeAggregate, notFound, text, type Rejection, type Result, type Role, type Scope, type Viewer } from '@daikaifa/kernel';
import type { DelegatedTemplate } from '../domain/delegated-template';
import type { TemplateDecision } from '../domain/delegated-template.decide';
import type { Dependencies } from './ports';

/** What every mutation of an existing template names. */
export interface TemplateChange {
  readonly templateId: string;
  /** The version that the caller has seen; an older one is CONFLICT at once. */
  readonly expectedVersion: number;
}

export const EDITORS: readonly Role[] = ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER'];
export const ADMINS: readonly Role[] = ['PUBLISHER_ADMIN'];

export const TEMPLATE = text('模版', 'The template');

/** A person's change of a template. A deleted one is not found. */
export const changeTemplate = (
  { templates }: Pick<Dependencies, 'templates'>,
  { viewer, roles, change }: { readonly viewer: Viewer; readonly roles: readonly Role[]; readonly change: TemplateChange },
  decide: (
    template: DelegatedTemplate,
    scope: Scope,
  ) => Result<TemplateDecision, Rejection> | Promise<Result<TemplateDecision, Rejection>>,
): Promise<DelegatedTemplate> => {
  const { templateId: id, expectedVersion } = change;
  return changeAggregate(templates, { viewer, roles, what: TEMPLATE, id, expectedVersion }, (template, scope) => {
    if (template.availability === 'DELETED') {
      throw notFound(TEMPLATE, id);
    }
    return decide(template, scope);
  });
};
