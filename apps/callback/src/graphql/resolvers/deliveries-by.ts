import { pageRequest, toConnection, type PageArguments } from '@daikaifa/graphql';
import type { DeliveryState } from '../../domain/delivery';
import type { DeliveryQuery, GraphqlContext } from '../context';

export const NOTHING = { items: [], hasNextPage: false };

type DeliveryArguments = PageArguments & { readonly state?: readonly DeliveryState[] | null | undefined };

/** The field `deliveries` of any parent: all parents of the request are read together. */
export const deliveriesBy =
  (parent: DeliveryQuery['parent']) =>
  async ({ id }: { readonly id: string }, args: DeliveryArguments, { deliveriesOf }: GraphqlContext) => {
    const { state, ...page } = args;
    const query = { parent, states: state ?? [], request: pageRequest(page) };
    return toConnection((await deliveriesOf(query).load(id)) ?? NOTHING);
  };
