import { endpointTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { EndpointSignals } from '../application/ports';

/** For the submit rule and the checklist: the template's endpoint where it is shared, else the app's own. */
export const endpointConsumer = (endpoints: Pick<EndpointSignals, 'record'>) =>
  defineConsumer(endpointTopic, {
    name: 'endpoint',
    project: ({ data }) => ({
      subjectId: data.subject.id,
      url: data.url,
      keysIssued: data.keysIssued,
      verifiedAt: data.verifiedAt,
      closed: data.closed,
    }),
    effects: ({ tenant: publisherId, sequence, value: { subjectId: id, verifiedAt, ...endpoint } }) =>
      endpoints.record({ id, publisherId }, sequence, {
        ...endpoint,
        verifiedAt: verifiedAt === null ? null : new Date(verifiedAt),
      }),
  });
