import { platformScope, text, type Decision } from '@daikaifa/kernel';
import type { Authorization, Epoch } from '../domain/authorization';
import { cancelEpoch } from '../domain/authorization.decide';
import type { Cancellation } from '../domain/cancellation';
import { confirm, drop, keepWaiting, nextStep, notAsked, stillAccepted } from '../domain/cancellation.decide';
import { askAboutEpoch } from './ask-auth-info';
import { authorizationIdOf } from './content-id';
import type { Alarm, Dependencies } from './ports';

const SCOPE = platformScope('confirm a cancellation');

type Parts = Pick<
  Dependencies,
  'authorizations' | 'cancellations' | 'tokens' | 'wecom' | 'sealing' | 'wakeUps' | 'alarms' | 'clock'
>;

/** Secrets go before the record says so: a crash in between repeats both. */
const cancel = async (
  { authorizations, tokens, clock }: Parts,
  { causedAt }: Cancellation,
  { authorization: { id }, epoch }: { readonly authorization: Authorization; readonly epoch: Epoch },
): Promise<void> => {
  await tokens.forgetAppTokens(id, epoch);
  await authorizations.update(SCOPE, id, (stored) => cancelEpoch(stored, epoch, causedAt, clock.now()));
  // Again: one may have been fetched until the write.
  await tokens.forgetAppTokens(id, epoch);
};

const ask = async (
  parts: Parts,
  cancellation: Cancellation,
  target: { readonly authorization: Authorization; readonly epoch: Epoch },
): Promise<Decision<Cancellation>> => {
  const { clock } = parts;
  const answer = await askAboutEpoch(parts, target.authorization, target.epoch);
  switch (answer.kind) {
    case 'GONE':
      await cancel(parts, cancellation, target);
      return confirm(cancellation, clock.now());
    case 'ACCEPTED':
      return stillAccepted(cancellation, clock.now());
    case 'UNKNOWN':
      return notAsked(cancellation, clock.now());
  }
};

const decide = async (parts: Parts, cancellation: Cancellation): Promise<Decision<Cancellation>> => {
  const { authorizations, clock } = parts;
  const { suiteId, corpId } = cancellation;
  const authorization = await authorizations.byId(SCOPE, authorizationIdOf(suiteId, corpId));
  const step = nextStep(cancellation, authorization);
  switch (step.kind) {
    case 'WAIT':
      return keepWaiting(cancellation, clock.now());
    case 'DROP':
      return drop(cancellation, clock.now());
    case 'DONE':
      return confirm(cancellation, clock.now());
    case 'ASK':
      return ask(parts, cancellation, { authorization: authorization!, epoch: step.epoch });
  }
};

const unconfirmedAlarm = ({ id, suiteId, attempts }: Cancellation): Alarm => ({
  name: 'cancellation.unconfirmed',
  text: text(
    '收到 cancel_auth，但企业微信未确认取消，需要人工核实',
    'A cancel_auth came and WeCom does not confirm it: a person has to look',
  ),
  fields: { 'cancellation.id': id, 'suite.id': suiteId, 'cancellation.attempts': attempts },
});

/**
 * Brings a cancel_auth to its end: it destroys secrets only after WeCom has refused them too.
 * @throws AppError CONFLICT when a grant came meanwhile: the next run looks at it
 */
export const confirmCancellation =
  (parts: Parts) =>
  async (cancellationId: string): Promise<void> => {
    const { cancellations, wakeUps, alarms, clock } = parts;
    const cancellation = await cancellations.byId(SCOPE, cancellationId);
    if (cancellation === null || cancellation.nextAttemptAt === null || cancellation.nextAttemptAt > clock.now()) {
      return;
    }
    const { next } = await decide(parts, cancellation);
    if (next.alarm && !cancellation.alarm) {
      // Before its write, as every alarm: rather twice than never.
      alarms.raise(unconfirmedAlarm(next));
    }
    // Over the version that was decided on: a grant marks what waits for it, and must not be overlooked.
    const saved = await cancellations.save(next, cancellation.version, []);
    if (saved.nextAttemptAt !== null) {
      await wakeUps.cancellation({ id: saved.id, dueAt: saved.nextAttemptAt });
    }
  };
