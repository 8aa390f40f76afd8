import type { EventSender } from '@daikaifa/contracts';
import type { Logger } from '@daikaifa/observability';
import type { AnyConsumer } from './consumer-definition';
import { deadLetterOf, toMessage, type DeadLetter, type ReceivedRecord } from './dead-letters';
import type { FaultPredicate } from './dependency-fault';
import { EventFault, handleRecord, type Outcome } from './event-handling';
import { eventsTotal } from './metrics';
import type { ProjectionStore } from './projection-store';

/** Something we depend on is away: nothing was decided about the record, it has to be tried again. */
export class DependencyFault extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'DependencyFault';
  }
}

export interface RecordRunner {
  /**
   * Deals with a record for one consumer; what the consumer can never deal with goes to the dead letters.
   * @throws DependencyFault when the record has to be tried again
   */
  deal(consumer: AnyConsumer, record: ReceivedRecord, earlier?: DeadLetter): Promise<Outcome | 'dead-lettered'>;
  /** Puts back a dead letter that no consumer of this group takes any more. */
  putBack(letter: DeadLetter): Promise<void>;
}

export const createRecordRunner = (options: {
  readonly group: string;
  readonly projections: ProjectionStore;
  readonly sender: EventSender;
  readonly logger: Logger;
  readonly isDependencyFault: FaultPredicate;
}): RecordRunner => {
  const { group, projections, sender, logger } = options;

  const bury = async (letter: DeadLetter, error: unknown): Promise<void> => {
    try {
      await sender.send([toMessage(group, letter)]);
    } catch (sendError) {
      throw new DependencyFault(sendError);
    }
    logger.error(
      {
        'kafka.topic': letter.record.topic,
        'kafka.partition': letter.record.partition,
        'kafka.offset': letter.record.offset,
        'consumer.name': letter.consumer,
        'deadLetter.reason': letter.reason,
        'deadLetter.attempts': letter.attempts,
        err: error,
      },
      'an event became a dead letter',
    );
  };

  const decide = async (
    consumer: AnyConsumer,
    record: ReceivedRecord,
    earlier?: DeadLetter,
  ): Promise<Outcome | 'dead-lettered'> => {
    try {
      return await handleRecord(consumer, projections, record.value === null ? null : record.value.toString('utf8'));
    } catch (error) {
      if (!(error instanceof EventFault) && options.isDependencyFault(error)) {
        throw new DependencyFault(error);
      }
      const letter = deadLetterOf({
        record,
        consumer: consumer.name,
        error,
        now: new Date(),
        ...(earlier === undefined ? {} : { earlier }),
      });
      await bury(letter, error);
      return 'dead-lettered';
    }
  };

  return {
    deal: async (consumer, record, earlier) => {
      const outcome = await decide(consumer, record, earlier);
      eventsTotal.add(1, { group, consumer: consumer.name, outcome });
      return outcome;
    },
    putBack: async (earlier) => {
      const error = new EventFault('NO_CONSUMER', `the group has no consumer named ${earlier.consumer}`);
      const { record, consumer } = earlier;
      await bury(deadLetterOf({ record, consumer, error, now: new Date(), earlier }), error);
    },
  };
};
