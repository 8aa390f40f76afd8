import {
  err,
  inputRejection,
  ok,
  text,
  type Decision,
  type Fact,
  type Rejection,
  type Result,
  type Violation,
} from '@daikaifa/kernel';
import { secretViolations } from './secret-rules';
import type { SuiteCredentials, SuiteTicket, TicketState } from './suite-credentials';

const RECORDED: Fact = { type: 'suite.recorded' };
const TICKET_FRESH: Fact = { type: 'suite-ticket.fresh' };
const TICKET_STALE: Fact = { type: 'suite-ticket.stale' };

/** Two pushes were missed then, and one more fits before the ticket stops working. */
export const TICKET_ALARM_AFTER_MS = 20 * 60_000;

const SUITE_ID = /^dk[0-9a-zA-Z_-]{4,62}$/;

export interface RecordSuite {
  readonly suiteId: string;
  readonly suiteSecret: string;
  /** The generation that the caller has seen; null when it has seen none. */
  readonly expectedVersion: number | null;
}

const suiteIdViolations = (suiteId: string): readonly Violation[] =>
  SUITE_ID.test(suiteId)
    ? []
    : [
        {
          field: 'suiteId',
          code: 'SUITE_ID_FORMAT',
          severity: 'ERROR',
          text: text(
            '须以 dk 开头，其后为 4–62 位字母、数字、_ 或 -（代开发应用模版 ID）',
            'must be dk and 4 to 62 letters, digits, _ or - (the id of a delegated template)',
          ),
          given: suiteId.slice(0, 80),
        },
      ];

const versionViolations = (stored: SuiteCredentials | null, expectedVersion: number | null): readonly Violation[] =>
  stored === null || expectedVersion !== null
    ? []
    : [
        {
          field: 'expectedVersion',
          code: 'EXPECTED_VERSION_MISSING',
          severity: 'ERROR',
          text: text('凭证已录入过，须给出当前版本', 'the suite was recorded before: name the version that you have seen'),
        },
      ];

/** Everything that is wrong with the input at once; a version that is no longer the current one is CONFLICT. */
export const checkSuite = (stored: SuiteCredentials | null, command: RecordSuite): Result<RecordSuite, Rejection> => {
  const { suiteId, suiteSecret, expectedVersion } = command;
  const violations = [
    ...suiteIdViolations(suiteId),
    ...secretViolations('suiteSecret', suiteSecret),
    ...versionViolations(stored, expectedVersion),
  ];
  if (violations.length > 0) {
    return err(inputRejection(violations));
  }
  const currentVersion = stored?.generation ?? 0;
  return expectedVersion === null || expectedVersion === currentVersion
    ? ok(command)
    : err({
        code: 'CONFLICT',
        text: text('凭证已被他人修改，请刷新后重试', 'The suite was changed in the meantime; load it again and retry'),
        details: { expectedVersion, currentVersion },
      });
};

const NOTHING_RECORDED = { version: 0, generation: 0, ticket: null, ticketState: 'NONE' } as const;

/** A ticket belongs to its suite_id: with another one it is forgotten. */
export const recordSuite = (
  stored: SuiteCredentials | null,
  command: {
    readonly templateId: string;
    readonly publisherId: string;
    readonly suiteId: string;
    readonly sealedSecret: string;
    readonly recordedBy: string;
  },
  now: Date,
): Decision<SuiteCredentials> => {
  const { templateId, publisherId, suiteId, sealedSecret, recordedBy } = command;
  const before = stored ?? { ...NOTHING_RECORDED, createdAt: now };
  const ofSameSuite = stored?.suiteId === suiteId ? stored : NOTHING_RECORDED;
  return {
    next: {
      id: templateId,
      publisherId,
      version: before.version,
      createdAt: before.createdAt,
      updatedAt: now,
      generation: before.generation + 1,
      suiteId,
      sealedSecret,
      recordedAt: now,
      recordedBy,
      ticket: ofSameSuite.ticket,
      ticketState: ofSameSuite.ticketState,
      confirmedAt: null,
      lastError: null,
    },
    facts: [RECORDED],
  };
};

const isNewer = (ticket: SuiteTicket, stored: SuiteTicket): boolean => {
  const byIssue = ticket.issuedAt.getTime() - stored.issuedAt.getTime();
  return byIssue === 0 ? ticket.receivedAt > stored.receivedAt : byIssue > 0;
};

const stateAt = (ticket: SuiteTicket, now: Date): TicketState =>
  now.getTime() - ticket.receivedAt.getTime() < TICKET_ALARM_AFTER_MS ? 'FRESH' : 'STALE';

const factOf = (before: TicketState, after: TicketState): readonly Fact[] => {
  if (before === after) {
    return [];
  }
  return [after === 'FRESH' ? TICKET_FRESH : TICKET_STALE];
};

/** The newest by WeCom's TimeStamp, then by arrival, is kept. Null: an older one, or a repetition. */
export const takeTicket = (
  stored: SuiteCredentials,
  ticket: SuiteTicket,
  now: Date,
): Decision<SuiteCredentials> | null => {
  if (stored.ticket !== null && !isNewer(ticket, stored.ticket)) {
    return null;
  }
  const ticketState = stateAt(ticket, now);
  return { next: { ...stored, ticket, ticketState, updatedAt: now }, facts: factOf(stored.ticketState, ticketState) };
};

/** The watch: a ticket that has not been followed by another for too long. Null: nothing has changed. */
export const watchTicket = (stored: SuiteCredentials, now: Date): Decision<SuiteCredentials> | null =>
  stored.ticket === null || stored.ticketState !== 'FRESH' || stateAt(stored.ticket, now) === 'FRESH'
    ? null
    : { next: { ...stored, ticketState: 'STALE', updatedAt: now }, facts: [TICKET_STALE] };
