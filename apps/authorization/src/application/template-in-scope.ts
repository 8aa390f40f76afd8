import { notFound, text, type Scope } from '@daikaifa/kernel';
import type { KnownTemplate } from '../domain/known';
import type { Dependencies } from './ports';

export const isInScope = (scope: Scope, publisherId: string): boolean =>
  scope.kind === 'platform' || scope.publisherIds.includes(publisherId);

/** @throws AppError NOT_FOUND for one that is deleted, not heard of yet, or another tenant's */
export const templateInScope = async (
  { knownTemplates }: Pick<Dependencies, 'knownTemplates'>,
  scope: Scope,
  templateId: string,
): Promise<KnownTemplate> => {
  const template = await knownTemplates.find(templateId);
  if (template === null || template.availability === 'DELETED' || !isInScope(scope, template.publisherId)) {
    throw notFound(text('模版', 'The template'), templateId);
  }
  return template;
};
