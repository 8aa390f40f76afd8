import type { Resolvers } from '../schema.generated';
import { DelegatedTemplate, Image, TemplateRevision } from './delegated-template';
import { Mutation } from './mutation';
import { Publisher } from './publisher';
import { Query } from './query';
import { RuleSet } from './rule-set';

export const resolvers: Resolvers = {
  Query,
  Mutation,
  Publisher,
  DelegatedTemplate,
  TemplateRevision,
  Image,
  RuleSet,
};
