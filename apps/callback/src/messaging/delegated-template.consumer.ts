import { delegatedTemplateTopic, type DelegatedTemplateState } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

const WATCHED: ReadonlyArray<DelegatedTemplateState['status']> = ['IN_REVIEW', 'APPROVED', 'ONLINE'];

const isWatched = ({ status, workingRevision }: DelegatedTemplateState): boolean =>
  WATCHED.includes(status) || (status !== 'RETIRED' && workingRevision?.status === 'IN_REVIEW');

/** A template has an endpoint from its creation to its deletion; a retired one still receives. */
export const delegatedTemplateConsumer = ({ followTemplate }: Pick<UseCases, 'followTemplate'>) =>
  defineConsumer(delegatedTemplateTopic, {
    name: 'delegated-template',
    project: ({ data }) => ({ deleted: data.availability === 'DELETED', watched: isWatched(data) }),
    effects: ({ tenant, aggregateId: templateId, value }) =>
      followTemplate({ templateId, publisherId: tenant, ...value }),
  });
