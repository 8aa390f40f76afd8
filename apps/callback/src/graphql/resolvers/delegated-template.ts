import { endpointIdOf } from '../../domain/endpoint';
import type { DelegatedTemplateResolvers } from '../schema.generated';
import { deliveriesBy } from './deliveries-by';

export const DelegatedTemplate: DelegatedTemplateResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  callbackEndpoint: ({ id }, _args, { endpoints }) => endpoints.load(endpointIdOf(id)),
  deliveries: deliveriesBy('templateId'),
};
