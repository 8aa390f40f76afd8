import { platformScope, text } from '@daikaifa/kernel';
import type { SuiteCredentials } from '../domain/suite-credentials';
import { TICKET_ALARM_AFTER_MS, watchTicket } from '../domain/suite-credentials.decide';
import { alarmed } from './alarmed';
import type { Alarm, Dependencies } from './ports';

const BATCH = 200;

const staleAlarm = ({ id, publisherId, suiteId }: SuiteCredentials): Alarm => ({
  name: 'suite-ticket.stale',
  text: text(
    '超过 20 分钟未收到 suite_ticket，请检查指令回调 URL',
    'no suite_ticket for 20 minutes: check the callback URL of the template',
  ),
  fields: { 'template.id': id, 'publisher.id': publisherId, 'suite.id': suiteId },
});

/** Tickets that are older than they should be are marked, each with an alarm. */
export const watchSuiteTickets =
  ({ suites, alarms, clock }: Pick<Dependencies, 'suites' | 'alarms' | 'clock'>) =>
  async (): Promise<void> => {
    const scope = platformScope('watch the suite tickets');
    const receivedBefore = new Date(clock.now().getTime() - TICKET_ALARM_AFTER_MS + 1);
    const ids = await suites.findStale(scope, receivedBefore, BATCH);
    const watch = (stored: SuiteCredentials) => watchTicket(stored, clock.now());
    for (const id of ids) {
      await suites.update(scope, id, alarmed(alarms, watch, staleAlarm));
    }
  };
