import { suiteTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { SignalStore } from '../application/ports';

/** For the checklist: is the suite of the template recorded, does its ticket arrive? */
export const suiteConsumer = (signals: Pick<SignalStore, 'recordSuite'>) =>
  defineConsumer(suiteTopic, {
    name: 'suite',
    project: ({ data: { suiteId, ticket, ticketAt } }) => ({ suiteId, ticket, ticketAt }),
    effects: ({ tenant, aggregateId: templateId, value: { ticketAt, ...suite } }) =>
      signals.recordSuite(tenant, templateId, { ...suite, ticketAt: ticketAt === null ? null : new Date(ticketAt) }),
  });
