import { createLatestStates } from '@daikaifa/mongo';
import type { Connection } from 'mongoose';
import type { EndpointSignals, TemplateSources } from '../application/ports';
import type { EndpointSignal, TemplateSource } from '../domain/sources';

/** Templates as the template service last published them, by id. */
export const createTemplateSourceRepository = (connection: Connection): TemplateSources => {
  const states = createLatestStates<Pick<TemplateSource, 'online'>>(connection, 'template_sources');
  return {
    record: ({ templateId, publisherId, online }, sequence) =>
      states.record({ id: templateId, publisherId, sequence, value: { online } }),
    byId: async (scope, templateId) => {
      const [found] = await states.find(scope, { _id: templateId }, 1);
      return found === undefined ? null : { templateId, publisherId: found.publisherId, online: found.value.online };
    },
  };
};

/** Callback endpoints by the template or app that they belong to. */
export const createEndpointSignalRepository = (connection: Connection): EndpointSignals => {
  const states = createLatestStates<EndpointSignal>(connection, 'endpoint_signals');
  return {
    record: ({ id, publisherId }, sequence, value) => states.record({ id, publisherId, sequence, value }),
    bySubjects: async (scope, subjectIds) => {
      const found = await states.find(scope, { _id: { $in: [...subjectIds] } }, subjectIds.length);
      return new Map(found.map(({ id, value }) => [id, value]));
    },
  };
};
