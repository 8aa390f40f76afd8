import { delegatedTemplateTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';
import { KNOWN_TEMPLATES, type KnownTemplate } from '../domain/known';

/** Whose template it is, and whether it has a QR code. */
export const delegatedTemplateConsumer = ({ followTemplate }: Pick<UseCases, 'followTemplate'>) =>
  defineConsumer(delegatedTemplateTopic, {
    name: KNOWN_TEMPLATES,
    project: ({ data }): KnownTemplate => ({
      id: data.id,
      publisherId: data.publisherId,
      availability: data.availability,
      logoSha256: data.onlineRevision?.content.logo?.sha256 ?? null,
    }),
    effects: ({ value }) => followTemplate(value),
  });
