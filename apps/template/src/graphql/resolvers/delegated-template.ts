import { notFound, text } from '@daikaifa/kernel';
import { diffContents, findRevision, historyOf, submissionOf } from '@daikaifa/rules';
import { checklistOf } from '../../domain/checklist';
import { statusOf, type TemplateContent } from '../../domain/delegated-template';
import { NO_SIGNALS } from '../../domain/template-signals';
import type { TemplateRevisionMapper } from '../schema.mappers';
import type { DelegatedTemplateResolvers, ImageResolvers, TemplateRevisionResolvers } from '../schema.generated';

/** A picture is told apart by its content address. */
const asText = (value: unknown): string | null =>
  value !== null && typeof value === 'object' ? (value as { sha256: string }).sha256 : (value as string | null);

const compared = (content: TemplateContent, other: TemplateContent) =>
  diffContents(content, other).map(({ field, before, after }) => ({
    field,
    before: asText(before),
    after: asText(after),
  }));

export const DelegatedTemplate: DelegatedTemplateResolvers = {
  __resolveReference: ({ id }, { templates }) => templates.load(id),
  publisher: async ({ publisherId }, _args, { publishers }) => {
    const publisher = await publishers.load(publisherId);
    if (publisher === null) {
      throw notFound(text('主体', 'The publisher'), publisherId);
    }
    return publisher;
  },
  status: (template) => statusOf(template),
  revisions: (template) => historyOf(template),
  diff: (template, { fromRevisionId, toRevisionId }) => {
    const from = findRevision(template, fromRevisionId);
    const to = findRevision(template, toRevisionId);
    return from && to && compared(from.content, to.content);
  },
  checklist: async (template, _args, { signals }) =>
    checklistOf(template, (await signals.load(template.id)) ?? NO_SIGNALS),
};

const failureOf = (revision: TemplateRevisionMapper) =>
  revision.status === 'DRAFT' || revision.status === 'REJECTED' ? revision.failure : null;

export const TemplateRevision: TemplateRevisionResolvers = {
  submission: (revision) => submissionOf(revision),
  failure: (revision) => failureOf(revision),
  launchedAt: (revision) => (revision.status === 'ONLINE' ? revision.launchedAt : null),
  launchConfirmedBy: (revision) => (revision.status === 'ONLINE' ? revision.confirmedBy : null),
};

export const Image: ImageResolvers = {
  url: ({ sha256 }, _args, { imageUrl }) => imageUrl(sha256),
};
