import type { MutationResolvers } from '../schema.generated';

type Given<T> = { readonly [Key in keyof T]?: NonNullable<T[Key]> };

/** Input without what is absent or null: for fields that cannot be emptied. */
const given = <T extends object>(input: T): Given<T> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined)) as Given<T>;

export const Mutation: MutationResolvers = {
  issueEndpointKeys: (_parent, { input }, { viewer, useCases }) => useCases.issueEndpointKeys(viewer, input),
  importEndpointKeys: (_parent, { input }, { viewer, useCases }) => useCases.importEndpointKeys(viewer, input),
  probeEndpoint: async (_parent, { input }, { viewer, useCases }) => ({
    endpoint: await useCases.probeEndpoint(viewer, input),
  }),

  createDestination: (_parent, { input }, { viewer, useCases }) => {
    const { publisherId, idempotencyKey, name, url, eventTypes, templateIds, corpIds, ...limits } = input;
    const filter = { templateIds: templateIds ?? [], corpIds: corpIds ?? [] };
    const content = { publisherId, idempotencyKey, name, url, eventTypes, filter };
    return useCases.createDestination(viewer, { ...content, ...given(limits) });
  },
  editDestination: async (_parent, { input }, { viewer, useCases }) => {
    const { destinationId, expectedVersion, templateIds, corpIds, ...changes } = input;
    const filter = given({ templateIds, corpIds });
    const command = { destinationId, expectedVersion, changes: { ...given(changes), filter } };
    return { destination: await useCases.editDestination(viewer, command) };
  },
  verifyDestination: (_parent, { input }, { viewer, useCases }) => useCases.verifyDestination(viewer, input),
  enableDestination: async (_parent, { input }, { viewer, useCases }) => ({
    destination: await useCases.enableDestination(viewer, input),
  }),
  disableDestination: async (_parent, { input }, { viewer, useCases }) => ({
    destination: await useCases.disableDestination(viewer, input),
  }),
  deleteDestination: async (_parent, { input }, { viewer, useCases }) => ({
    destination: await useCases.deleteDestination(viewer, input),
  }),
  rotateDestinationSecret: (_parent, { input }, { viewer, useCases }) => useCases.rotateDestinationSecret(viewer, input),
  retryDelivery: async (_parent, { input }, { viewer, useCases }) => ({
    delivery: await useCases.retryDelivery(viewer, input),
  }),
  retryDeliveries: (_parent, { input }, { viewer, useCases }) =>
    useCases.retryDeliveries(viewer, { ...input, states: input.states ?? ['DEAD'], eventTypes: input.eventTypes ?? [] }),
};
