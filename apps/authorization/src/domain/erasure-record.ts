import type { Aggregate } from '@daikaifa/kernel';

/** What one service has removed of a corp. */
export interface ErasureAnswer {
  readonly service: string;
  readonly erasedAt: Date;
  /** Removed or emptied documents by kind. */
  readonly counts: Readonly<Record<string, number>>;
}

export type ErasureState = 'ERASING' | 'OVERDUE' | 'ERASED';

/** What became of the data of one corp after it had cancelled: one record per authorization and epoch. */
export interface ErasureRecord extends Aggregate {
  readonly templateId: string;
  readonly suiteId: string;
  readonly authorizationId: string;
  readonly epoch: number;
  readonly cancelledAt: Date;
  /** Who has to answer, this service among them. */
  readonly services: readonly string[];
  readonly answers: readonly ErasureAnswer[];
  readonly dueAt: Date;
  readonly overdueSince: Date | null;
  /** When the last of them had answered. */
  readonly completedAt: Date | null;
  /** When Kafka no longer holds anything of the corp that is kept for a time only: WeCom's events, dead letters. */
  readonly kafkaEmptyAt: Date;
  readonly nextAttemptAt: Date | null;
}

export const missingServices = ({ services, answers }: Pick<ErasureRecord, 'services' | 'answers'>): readonly string[] =>
  services.filter((service) => answers.every((answer) => answer.service !== service));

export const stateOf = ({ completedAt, overdueSince }: ErasureRecord): ErasureState => {
  if (completedAt !== null) {
    return 'ERASED';
  }
  return overdueSince === null ? 'ERASING' : 'OVERDUE';
};
