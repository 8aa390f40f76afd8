import type { Resolvers } from '../schema.generated';
import { CallbackEndpoint, EndpointHealth, Refusal } from './callback-endpoint';
import { DelegatedTemplate } from './delegated-template';
import { Mutation } from './mutation';
import { Query } from './query';

export const resolvers: Resolvers = { Query, Mutation, DelegatedTemplate, CallbackEndpoint, EndpointHealth, Refusal };
