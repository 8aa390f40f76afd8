import { err, inputRejection, ok, text, transition, type Decision, type Rejection, type Result } from '@daikaifa/kernel';
import {
  DESTINATION_ACTIVATED,
  DESTINATION_CREATED,
  DESTINATION_DELETED,
  DESTINATION_DISABLED,
  DESTINATION_EDITED,
  DESTINATION_TABLE,
  type Destination,
  type DestinationAction,
  type DestinationFact,
  type DestinationState,
  type DisabledReason,
  type EventFilter,
  type SealedSecret,
  type Verification,
} from './destination';
import { checkDestination, type DestinationRules } from './destination.rules';

export interface DestinationDecision extends Decision<Destination> {
  readonly facts: readonly DestinationFact[];
}

/** How many idempotency keys of rotations are remembered. */
const ROTATIONS_KEPT = 20;

/** What a publisher writes. */
export interface DestinationContent {
  readonly name: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly filter: EventFilter;
  readonly concurrency: number;
  readonly perSecond: number;
}

/** What is absent stays as it is, inside the filter too. */
export type DestinationChanges = Partial<Omit<DestinationContent, 'filter'>> & { readonly filter?: Partial<EventFilter> };

const unique = (values: readonly string[]): readonly string[] => [...new Set(values.map((value) => value.trim()))];

const tidy = (content: DestinationContent): DestinationContent => ({
  name: content.name.trim(),
  url: content.url.trim(),
  eventTypes: unique(content.eventTypes),
  filter: { templateIds: unique(content.filter.templateIds), corpIds: unique(content.filter.corpIds) },
  concurrency: content.concurrency,
  perSecond: content.perSecond,
});

const checked = (
  next: Destination,
  type: DestinationFact['type'],
  rules: DestinationRules,
): Result<DestinationDecision, Rejection> => {
  const violations = checkDestination(next, rules);
  return violations.length > 0 ? err(inputRejection(violations)) : ok({ next, facts: [{ type }] });
};

const STATE_TEXTS: Readonly<Record<DestinationState, string>> = {
  PENDING_VERIFICATION: '待验证',
  ACTIVE: '启用',
  DISABLED: '停用',
  DELETED: '已删除',
};

/** Another address is an edit; a ping and a new secret change nothing that others see. */
const FACT_OF = {
  PENDING_VERIFICATION: DESTINATION_EDITED,
  ACTIVE: DESTINATION_ACTIVATED,
  DISABLED: DESTINATION_DISABLED,
  DELETED: DESTINATION_DELETED,
} as const satisfies Record<DestinationState, DestinationFact['type']>;

const decided = (before: Destination, next: Destination): DestinationDecision => ({
  next,
  facts: next.state === before.state ? [] : [{ type: FACT_OF[next.state] }],
});

const refused = (state: DestinationState, action: DestinationAction): Rejection => ({
  code: 'INVALID_STATE',
  text: text(`投递目标当前为“${STATE_TEXTS[state]}”，不能执行此操作`, `The destination is ${state}, which does not allow this`),
  details: { state, action },
});

/** The change of state, with what goes with it: null where the table has no such step. */
const step = (destination: Destination, action: DestinationAction, now: Date): Destination | null => {
  const state = transition<DestinationState, DestinationAction>(DESTINATION_TABLE, destination.state, action);
  if (state === undefined) {
    return null;
  }
  const isActive = state === 'ACTIVE';
  const activatedAt = isActive ? (destination.activatedAt ?? now) : destination.activatedAt;
  return {
    ...destination,
    state,
    updatedAt: now,
    activatedAt,
    stoppedAt: isActive || activatedAt === null ? null : (destination.stoppedAt ?? now),
    disabledReason: state === 'DISABLED' ? destination.disabledReason : null,
  };
};

const stepped = (
  destination: Destination,
  action: DestinationAction,
  now: Date,
  changes: Partial<Destination> = {},
): Result<DestinationDecision, Rejection> => {
  const next = step(destination, action, now);
  return next === null ? err(refused(destination.state, action)) : ok(decided(destination, { ...next, ...changes }));
};

export const createDestination = (
  command: DestinationContent & { readonly id: string; readonly publisherId: string; readonly secret: SealedSecret },
  rules: DestinationRules,
  now: Date,
): Result<DestinationDecision, Rejection> => {
  const { id, publisherId, secret, ...content } = command;
  const next: Destination = {
    ...tidy(content),
    id,
    publisherId,
    version: 0,
    createdAt: now,
    updatedAt: now,
    state: 'PENDING_VERIFICATION',
    disabledReason: null,
    secret,
    previousSecret: null,
    rotations: [],
    activatedAt: null,
    stoppedAt: null,
    verification: null,
  };
  return checked(next, DESTINATION_CREATED, rules);
};

/** Another address has to be verified before anything goes there. */
export const editDestination = (
  destination: Destination,
  changes: DestinationChanges,
  rules: DestinationRules,
  now: Date,
): Result<DestinationDecision, Rejection> => {
  const content = tidy({ ...destination, ...changes, filter: { ...destination.filter, ...changes.filter } });
  const moved = content.url !== destination.url;
  const base = moved ? step(destination, 'MOVE', now) : { ...destination, updatedAt: now };
  return base === null
    ? err(refused(destination.state, 'MOVE'))
    : checked({ ...base, ...content, verification: moved ? null : destination.verification }, DESTINATION_EDITED, rules);
};

/** What the ping met. One that was sent to an address of before says nothing about this one. */
export const recordVerification = (
  destination: Destination,
  ping: Verification & { readonly url: string },
  now: Date,
): DestinationDecision | null => {
  const { url, ...verification } = ping;
  if (url !== destination.url || destination.state === 'DELETED') {
    return null;
  }
  const isGood = verification.error === null;
  const base = isGood ? step(destination, 'VERIFY', now) : destination;
  return base && decided(destination, { ...base, verification, updatedAt: now });
};

export const enableDestination = (destination: Destination, now: Date): Result<DestinationDecision, Rejection> =>
  stepped(destination, 'ENABLE', now);

export const disableDestination = (destination: Destination, now: Date): Result<DestinationDecision, Rejection> =>
  stepped(destination, 'DISABLE', now, { disabledReason: 'BY_PERSON' });

export const deleteDestination = (destination: Destination, now: Date): Result<DestinationDecision, Rejection> =>
  stepped(destination, 'DELETE', now);

const ACTION_OF = { GONE_410: 'GONE', FAILING: 'FAIL' } as const;

/** By what the deliveries met; null: it is not active any more, so a person was faster. */
export const stopDestination = (
  destination: Destination,
  reason: Exclude<DisabledReason, 'BY_PERSON'>,
  now: Date,
): DestinationDecision | null => {
  const next = step(destination, ACTION_OF[reason], now);
  return next && decided(destination, { ...next, disabledReason: reason });
};

/** Null: the idempotency key was used before; its secret is gone. */
export const rotateSecret = (
  destination: Destination,
  command: { readonly secret: SealedSecret; readonly idempotencyKey: string; readonly overlapMs: number },
  now: Date,
): Result<DestinationDecision | null, Rejection> => {
  if (destination.rotations.includes(command.idempotencyKey)) {
    return ok(null);
  }
  const next: Destination = {
    ...destination,
    updatedAt: now,
    secret: command.secret,
    previousSecret: { ...destination.secret, signsUntil: new Date(now.getTime() + command.overlapMs) },
    rotations: [...destination.rotations, command.idempotencyKey].slice(-ROTATIONS_KEPT),
  };
  return ok({ next, facts: [] });
};
