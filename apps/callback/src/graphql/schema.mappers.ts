import type { Endpoint } from '../domain/endpoint';
import type { Delivery, DeliveryState } from '../domain/delivery';
import type { Destination } from '../domain/destination';
import type { Health } from '../domain/health';
import type { Receipt } from '../domain/receipt';
import type { Refusal } from '../domain/refusal';

/** What the resolvers of a GraphQL type get: the domain's own objects. */
export type CallbackEndpointMapper = Endpoint;
export type EndpointHealthMapper = Health;
export type RefusalMapper = Refusal;
export type ReceiptMapper = Receipt;

export type DestinationMapper = Destination;
export type DeliveryMapper = Delivery;
export type DeliveryCountsMapper = Readonly<Record<DeliveryState, number>>;

/** The publisher itself belongs to another subgraph, as the corp's app does. */
export interface PublisherMapper {
  readonly id: string;
}
export interface CorpAppMapper {
  readonly id: string;
}

/** The template itself belongs to another subgraph. */
export interface DelegatedTemplateMapper {
  readonly id: string;
}

/** The app itself too. */
export interface CorpAppMapper {
  readonly id: string;
}
