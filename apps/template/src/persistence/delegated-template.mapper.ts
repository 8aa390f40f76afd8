import { frameOf, type Stored } from '@daikaifa/mongo';
import { statusOf, type DelegatedTemplate, type TemplateStatus } from '../domain/delegated-template';

/** The state fields of a document. `status` is derived; it is stored for the list filter alone. */
export type TemplateFields = Pick<
  DelegatedTemplate,
  'availability' | 'onlineRevision' | 'workingRevision' | 'pastRevisions' | 'lastNumber' | 'marks'
> & { readonly status: TemplateStatus };

export const toDocument = (template: DelegatedTemplate): TemplateFields => ({
  status: statusOf(template),
  availability: template.availability,
  onlineRevision: template.onlineRevision,
  workingRevision: template.workingRevision,
  pastRevisions: template.pastRevisions,
  lastNumber: template.lastNumber,
  marks: template.marks,
});

export const toDomain = (document: Stored<TemplateFields>): DelegatedTemplate => ({
  ...frameOf(document),
  availability: document.availability,
  onlineRevision: document.onlineRevision,
  workingRevision: document.workingRevision,
  pastRevisions: document.pastRevisions,
  lastNumber: document.lastNumber,
  marks: document.marks,
});
