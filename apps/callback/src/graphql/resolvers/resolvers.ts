import type { Resolvers } from '../schema.generated';
import { CallbackEndpoint, EndpointHealth, Receipt, Refusal } from './callback-endpoint';
import { CorpApp } from './corp-app';
import { DelegatedTemplate } from './delegated-template';
import { Delivery, DeliveryCounts } from './delivery';
import { Destination } from './destination';
import { Mutation } from './mutation';
import { Publisher } from './publisher';
import { Query } from './query';

export const resolvers: Resolvers = {
  Query,
  Mutation,
  DelegatedTemplate,
  CallbackEndpoint,
  EndpointHealth,
  Receipt,
  Refusal,

  Publisher,
  CorpApp,
  Destination,
  Delivery,
  DeliveryCounts,
};
