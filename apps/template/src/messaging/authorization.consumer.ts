import { authorizationTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { SignalStore } from '../application/ports';

/** A template that some corp ever authorized is never deleted; the authorization may be long gone by then. */
export const authorizationConsumer = (signals: Pick<SignalStore, 'recordAuthorized'>) =>
  defineConsumer(authorizationTopic, {
    name: 'authorization',
    project: ({ data }) => ({ templateId: data.templateId }),
    effects: ({ tenant, value }) => signals.recordAuthorized(tenant, value.templateId),
  });
