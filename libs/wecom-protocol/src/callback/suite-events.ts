import { z } from 'zod';
import { LIMITS } from '../limits';

/** Unix seconds, written as text. */
const timestampSec = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number);
const authCode = z.string().min(1).max(LIMITS.authCodeMaxBytes);
const id = z.string().min(1);
/** Absent and empty mean the same: the authorization link had no state. */
const state = z
  .string()
  .optional()
  .transform((value) => (value === undefined || value === '' ? null : value));

/** WeCom's element names on the left, ours on the right. */
const renamed = {
  suite_ticket: z
    .object({ SuiteId: id, TimeStamp: timestampSec, SuiteTicket: z.string().min(1).max(LIMITS.suiteTicketMaxBytes) })
    .transform((event) => ({
      infoType: 'suite_ticket' as const,
      suiteId: event.SuiteId,
      timestampSec: event.TimeStamp,
      suiteTicket: event.SuiteTicket,
    })),
  create_auth: z
    .object({ SuiteId: id, TimeStamp: timestampSec, AuthCode: authCode, State: state })
    .transform((event) => ({
      infoType: 'create_auth' as const,
      suiteId: event.SuiteId,
      timestampSec: event.TimeStamp,
      authCode: event.AuthCode,
      state: event.State,
    })),
  change_auth: z
    .object({ SuiteId: id, TimeStamp: timestampSec, AuthCorpId: id, State: state })
    .transform((event) => ({
      infoType: 'change_auth' as const,
      suiteId: event.SuiteId,
      timestampSec: event.TimeStamp,
      authCorpId: event.AuthCorpId,
      state: event.State,
    })),
  cancel_auth: z.object({ SuiteId: id, TimeStamp: timestampSec, AuthCorpId: id }).transform((event) => ({
    infoType: 'cancel_auth' as const,
    suiteId: event.SuiteId,
    timestampSec: event.TimeStamp,
    authCorpId: event.AuthCorpId,
  })),
  reset_permanent_code: z
    .object({ SuiteId: id, TimeStamp: timestampSec, AuthCode: authCode })
    .transform((event) => ({
      infoType: 'reset_permanent_code' as const,
      suiteId: event.SuiteId,
      timestampSec: event.TimeStamp,
      authCode: event.AuthCode,
    })),
} as const;

/** A new ticket for get_suite_token; the newest one counts. */
export type SuiteTicketEvent = z.output<typeof renamed.suite_ticket>;
/** A corp has authorized. Which one is known only after the exchange of `authCode`. */
export type CreateAuthEvent = z.output<typeof renamed.create_auth>;
/** Something about an authorization changed. What, WeCom does not say: read it again. */
export type ChangeAuthEvent = z.output<typeof renamed.change_auth>;
export type CancelAuthEvent = z.output<typeof renamed.cancel_auth>;
/** Somebody pressed 重新获取 secret. No corp id either. */
export type ResetPermanentCodeEvent = z.output<typeof renamed.reset_permanent_code>;

export type SuiteEvent =
  | SuiteTicketEvent
  | CreateAuthEvent
  | ChangeAuthEvent
  | CancelAuthEvent
  | ResetPermanentCodeEvent;

export const SUITE_EVENT_NAMES = Object.keys(renamed) as ReadonlyArray<SuiteEvent['infoType']>;

export const isSuiteEventName = (name: string): name is SuiteEvent['infoType'] => Object.hasOwn(renamed, name);

/** `fault` names the broken fields, never their values: they may be codes and tickets. */
export const normaliseSuiteEvent = (
  infoType: SuiteEvent['infoType'],
  fields: unknown,
): { readonly event: SuiteEvent; readonly fault: null } | { readonly event: null; readonly fault: string } => {
  const parsed = renamed[infoType].safeParse(fields);
  return parsed.success
    ? { event: parsed.data, fault: null }
    : {
        event: null,
        fault: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`).join('; '),
      };
};
