import { platformScope, text } from '@daikaifa/kernel';
import { TICKET_ALARM_AFTER_MS, watchTicket } from '../domain/suite-credentials.decide';
import type { Dependencies } from './ports';

const BATCH = 200;

/** @returns how many tickets were found stale */
export const watchSuiteTickets =
  ({ suites, alarms, clock }: Pick<Dependencies, 'suites' | 'alarms' | 'clock'>) =>
  async (): Promise<number> => {
    const scope = platformScope('watch the suite tickets');
    const receivedBefore = new Date(clock.now().getTime() - TICKET_ALARM_AFTER_MS + 1);
    const ids = await suites.findStale(scope, receivedBefore, BATCH);
    let found = 0;
    for (const id of ids) {
      let isFound = false;
      const saved = await suites.update(scope, id, (stored) => {
        const decision = watchTicket(stored, clock.now());
        isFound = decision !== null;
        return decision;
      });
      if (isFound && saved !== null) {
        found += 1;
        alarms.raise({
          name: 'suite-ticket.stale',
          text: text(
            '超过 20 分钟未收到 suite_ticket，请检查指令回调 URL',
            'no suite_ticket for 20 minutes: check the callback URL of the template',
          ),
          fields: { 'template.id': saved.id, 'publisher.id': saved.publisherId, 'suite.id': saved.suiteId },
        });
      }
    }
    return found;
  };
