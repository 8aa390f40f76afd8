import type { Resolvers } from '../schema.generated';
import { Authorization } from './authorization';
import { CorpApp, CorpAppLogo, CorpAppRevision, Drift } from './corp-app';
import { DelegatedTemplate } from './delegated-template';
import { Mutation } from './mutation';
import { Query } from './query';
import { CorpAppRuleSet } from './rule-set';

export const resolvers: Resolvers = {
  Query,
  Mutation,
  CorpApp,
  CorpAppRevision,
  CorpAppLogo,
  CorpAppRuleSet,
  Drift,
  DelegatedTemplate,
  Authorization,
};
