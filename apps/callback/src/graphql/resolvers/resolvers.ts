import type { Resolvers } from '../schema.generated';
import { CallbackEndpoint, EndpointHealth, Receipt, Refusal } from './callback-endpoint';
import { CorpApp } from './corp-app';
import { DelegatedTemplate } from './delegated-template';
import { Mutation } from './mutation';
import { Query } from './query';

export const resolvers: Resolvers = {
  Query,
  Mutation,
  DelegatedTemplate,
  CorpApp,
  CallbackEndpoint,
  EndpointHealth,
  Receipt,
  Refusal,
};
