import type { Resolvers } from '../schema.generated';
import { CorpApp } from './corp-app';
import { DelegatedTemplate } from './delegated-template';
import { Mutation } from './mutation';
import { Publisher } from './publisher';
import { Query } from './query';
import { ReviewItem, ReviewSnapshot } from './review-item';
import { ReviewTicket } from './review-ticket';

export const resolvers: Resolvers = {
  Query,
  Mutation,
  CorpApp,
  DelegatedTemplate,
  Publisher,
  ReviewItem,
  ReviewSnapshot,
  ReviewTicket,
};
