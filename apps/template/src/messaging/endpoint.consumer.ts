import { endpointTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { SignalStore } from '../application/ports';

/** For the submit rule and the checklist: is the callback URL there, with keys, verified by WeCom? */
export const endpointConsumer = (signals: Pick<SignalStore, 'recordEndpoint'>) =>
  defineConsumer(endpointTopic, {
    name: 'endpoint',
    project: ({ data }) => ({
      templateId: data.subject.kind === 'DELEGATED_TEMPLATE' ? data.subject.id : null,
      url: data.url,
      keysIssued: data.keysIssued,
      verifiedAt: data.verifiedAt,
      closed: data.closed,
    }),
    effects: async ({ tenant, value: { templateId, verifiedAt, ...endpoint } }) => {
      if (templateId !== null) {
        await signals.recordEndpoint(tenant, templateId, {
          ...endpoint,
          verifiedAt: verifiedAt === null ? null : new Date(verifiedAt),
        });
      }
    },
  });
