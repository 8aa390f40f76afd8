import type { ReviewItem, ReviewSnapshot } from '../domain/review-item';
import type { ReviewTicket } from '../domain/review-ticket';

/** What the resolvers of a GraphQL type get: the domain's own objects. */
export type ReviewItemMapper = ReviewItem;
export type ReviewTicketMapper = ReviewTicket;
export type ReviewSnapshotMapper = ReviewSnapshot;

/** Owned by other services: here only the key is known. */
export interface DelegatedTemplateMapper {
  readonly id: string;
}
export type CorpAppMapper = DelegatedTemplateMapper;
export type PublisherMapper = DelegatedTemplateMapper;
