import {
  acceptedOrThrow,
  authorize,
  conflict,
  notFound,
  text,
  type Rejection,
  type Result,
  type Role,
  type Scope,
  type Viewer,
} from '@daikaifa/kernel';
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

/**
 * The one way in which a person changes a template: authorise → load → decide → save.
 * @throws AppError FORBIDDEN, NOT_FOUND (also for another tenant's), CONFLICT, and what the decision refuses
 */
export const changeTemplate = async (
  { templates }: Pick<Dependencies, 'templates'>,
  call: { readonly viewer: Viewer; readonly roles: readonly Role[]; readonly change: TemplateChange },
  decide: (
    template: DelegatedTemplate,
    scope: Scope,
  ) => Result<TemplateDecision, Rejection> | Promise<Result<TemplateDecision, Rejection>>,
): Promise<DelegatedTemplate> => {
  const { viewer, roles, change } = call;
  const scope = authorize(viewer, roles);
  const template = await templates.byId(scope, change.templateId);
  if (template === null || template.availability === 'DELETED') {
    throw notFound(TEMPLATE, change.templateId);
  }
  if (template.version !== change.expectedVersion) {
    throw conflict(text('模版已被他人修改，请刷新后重试', 'The template was changed in the meantime; load it again'), {
      id: template.id,
      expectedVersion: change.expectedVersion,
      currentVersion: template.version,
    });
  }
  const { next, facts } = acceptedOrThrow(await decide(template, scope));
  return next === template ? template : templates.save(next, change.expectedVersion, facts);
};
