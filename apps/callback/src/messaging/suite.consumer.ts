import { suiteTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';

/** The suite id of a template is the receiveid of its events; what was parked for it goes on. */
export const suiteConsumer = ({ followSuite }: Pick<UseCases, 'followSuite'>) =>
  defineConsumer(suiteTopic, {
    name: 'suite',
    project: ({ data }) => ({ suiteId: data.suiteId }),
    effects: ({ tenant, aggregateId: templateId, value: { suiteId } }) =>
      followSuite({ publisherId: tenant, templateId, suiteId }),
  });
