import { delegatedTemplateTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { TemplateSources } from '../application/ports';

/** What an app is pre-filled from: only what is online, never what the publisher is working on. */
export const delegatedTemplateConsumer = (templates: Pick<TemplateSources, 'record'>) =>
  defineConsumer(delegatedTemplateTopic, {
    name: 'delegated-template',
    project: ({ data: { onlineRevision } }) => ({
      online: onlineRevision && {
        logo: onlineRevision.content.logo,
        name: onlineRevision.content.name,
        introduction: onlineRevision.content.introduction,
      },
    }),
    effects: ({ aggregateId: templateId, tenant: publisherId, sequence, value: { online } }) =>
      templates.record({ templateId, publisherId, online }, sequence),
  });
