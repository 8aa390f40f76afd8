import { pageRequest, toConnection } from '@daikaifa/graphql';
import { healthText } from '../../domain/health';
import { refusalText } from '../../domain/refusal';
import type { CallbackEndpointResolvers, EndpointHealthResolvers, ReceiptResolvers, RefusalResolvers } from '../schema.generated';

const NOTHING = { items: [], hasNextPage: false };

export const CallbackEndpoint: CallbackEndpointResolvers = {
  __resolveReference: ({ id }, { endpoints }) => endpoints.load(id),
  template: ({ templateId }) => ({ id: templateId }),
  corpApp: ({ subject }) => (subject.kind === 'CORP_APP' ? { id: subject.id } : null),
  keysIssued: ({ current }) => current !== null,
  rotating: ({ next }) => next !== null,
  refusals: async ({ id }, page, { refusalsOf }) =>
    toConnection((await refusalsOf(pageRequest(page)).load(id)) ?? NOTHING),
  receipts: async ({ id }, page, { receiptsOf }) =>
    toConnection((await receiptsOf(pageRequest(page)).load(id)) ?? NOTHING),
};

export const EndpointHealth: EndpointHealthResolvers = {
  text: ({ reason }) => reason && healthText(reason),
};

export const Refusal: RefusalResolvers = {
  text: ({ reason }) => refusalText(reason),
};

export const Receipt: ReceiptResolvers = {
  class: ({ corpKey }) => (corpKey === null ? 'SUITE' : 'APP'),
};
