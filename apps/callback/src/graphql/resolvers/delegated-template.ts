import { endpointIdOf } from '../../domain/endpoint';
import type { DelegatedTemplateResolvers } from '../schema.generated';

export const DelegatedTemplate: DelegatedTemplateResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  callbackEndpoint: ({ id }, _args, { endpoints }) => endpoints.load(endpointIdOf(id)),
};
