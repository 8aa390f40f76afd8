import { setTimeout as pause } from 'node:timers/promises';
import { encrypt, getSignature } from '@wecom/crypto';
import { newId } from '@daikaifa/kernel';
import type { Logger } from '@daikaifa/observability';
import type { Limits } from '../rules/limits';
import { generate } from '../store/generate';
import type { Store } from '../store/store';
import type { Fault, Push, PushAttempt, PushOutcome } from '../store/types';
import type { FaultBook } from './fault-book';
import { callWithin, withParameters } from './http-call';
import { addressOf } from './push-address';
import { envelopeXml } from './xml';

const SHOWN_ANSWER_LENGTH = 200;

type NewPush = Pick<Push, 'suiteId' | 'infoType' | 'xml' | 'corpId' | 'installationId' | 'act'>;

interface Sent extends PushAttempt {
  readonly fits: boolean;
  readonly stopped: boolean;
}

/** Sends to the callback URLs of templates and apps with WeCom's time limits and re-sends; logs every send. */
export interface Pusher {
  /** Writes the push down; belongs into the transaction that causes it. */
  record(push: NewPush): Push;
  /** Sends it in the background. */
  start(push: Push): void;
  /** One more send of an old push, encrypted anew. */
  resend(push: Push): void;
  /** Takes up what an earlier process left unsent. */
  resume(): void;
  idle(): Promise<void>;
}

interface PusherParts {
  readonly store: Store;
  readonly faults: FaultBook;
  readonly limits: () => Limits;
  readonly nowMs: () => number;
  readonly logger: Logger;
  readonly stop: AbortSignal;
}

interface HeldBack {
  readonly push: Push;
  readonly fault: Fault;
}

const pick = (faults: readonly Fault[], kind: Fault['kind']): Fault | undefined =>
  faults.find((fault) => fault.kind === kind);

export const createPusher = ({ store, faults, limits, nowMs, logger, stop }: PusherParts): Pusher => {
  const running = new Set<Promise<void>>();
  const heldBack = new Set<HeldBack>();

  const attempt = async (push: Push, copy: number): Promise<Sent> => {
    const address = addressOf(store, push, limits());
    const at = nowMs();
    const timestamp = String(Math.floor(at / 1000));
    const nonce = generate.nonce();
    const encrypted = encrypt(address.encodingAesKey, push.xml, address.receiveId);
    const signature = getSignature(address.token, timestamp, nonce, encrypted);
    const outcome = await callWithin(
      withParameters(address.callbackUrl, { msg_signature: signature, timestamp, nonce }),
      {
        method: 'POST',
        body: envelopeXml(address.receiveId, encrypted, address.agentId),
        limitMs: address.limitMs,
        stop,
      },
    );
    const ok = outcome.status === 200;
    const body = outcome.body.toString('utf8');
    const { fits, reply } = ok ? address.judge(body) : { fits: false };
    return {
      at,
      copy,
      ...(outcome.status === undefined ? {} : { status: outcome.status }),
      ms: outcome.ms,
      answer: outcome.problem === undefined ? body.slice(0, SHOWN_ANSWER_LENGTH) : outcome.reason,
      ok,
      ...(reply === undefined ? {} : { reply }),
      fits,
      stopped: outcome.problem === 'STOPPED',
    };
  };

  /** Adds to the stored push, which a send by hand may be writing to as well. */
  const note = (pushId: string, added: PushAttempt): Push => {
    const current = store.pushes.get(pushId)!;
    return store.pushes.put({ ...current, attempts: [...current.attempts, added] });
  };

  const settle = (pushId: string, outcome: PushOutcome): void => {
    const current = store.pushes.get(pushId)!;
    store.pushes.put({ ...current, outcome });
    logger.info({ 'push.id': pushId, 'push.infoType': current.infoType, 'push.outcome': outcome }, 'push settled');
  };

  /** Until HTTP 200 or until the sends are used up. Every send is encrypted with a new random part and nonce. */
  const sendUntilAccepted = async (push: Push, copy: number): Promise<PushOutcome> => {
    const alreadySent = push.attempts.filter((one) => one.copy === copy).length;
    for (let sends = alreadySent; sends < limits().sendsPerPush; sends += 1) {
      if (sends > 0) {
        await pause(limits().resendAfterMs, undefined, { signal: stop });
      }
      const { stopped, fits, ...result } = await attempt(push, copy);
      if (stopped) {
        return 'PENDING';
      }
      note(push.id, result);
      if (result.ok) {
        return fits ? 'DELIVERED' : 'REFUSED';
      }
    }
    return 'FAILED';
  };

  /** Lets those go that wait for a push like this one to overtake them. */
  const overtaken = (sent: Push): void => {
    for (const waiting of heldBack) {
      const { push, fault } = waiting;
      const isAwaited = fault.until === '*' ? sent.infoType !== 'suite_ticket' : fault.until === sent.infoType;
      if (push.id !== sent.id && push.suiteId === sent.suiteId && isAwaited) {
        faults.release(fault.id);
      }
    }
  };

  const waitFor = async (push: Push, struck: readonly Fault[]): Promise<void> => {
    const delay = pick(struck, 'delay');
    const hold = pick(struck, 'hold');
    const reorder = pick(struck, 'reorder');
    if (delay !== undefined) {
      await faults.delay(delay);
    }
    if (hold !== undefined) {
      await faults.hold(hold);
    }
    if (reorder !== undefined) {
      const waiting = { push, fault: reorder };
      heldBack.add(waiting);
      await faults.hold(reorder);
      heldBack.delete(waiting);
    }
  };

  const run = async (push: Push, struck: readonly Fault[]): Promise<void> => {
    if (pick(struck, 'drop') !== undefined) {
      settle(push.id, 'DROPPED');
      return;
    }
    await waitFor(push, struck);
    if (stop.aborted) {
      return;
    }
    const outcome = await sendUntilAccepted(push, 1);
    if (outcome === 'PENDING') {
      return;
    }
    settle(push.id, outcome);
    overtaken(push);
    const copies = pick(struck, 'duplicate')?.copies ?? 0;
    for (let copy = 2; copy < 2 + copies; copy += 1) {
      await sendUntilAccepted(push, copy);
    }
  };

  const inBackground = (push: Push, work: () => Promise<unknown>): void => {
    const task: Promise<void> = work()
      .catch((error: unknown) => {
        if (!stop.aborted) {
          logger.error({ err: error, 'push.id': push.id }, 'push broke off');
        }
      })
      .then(() => {
        running.delete(task);
      });
    running.add(task);
  };

  return {
    record: (push) => store.pushes.put({ id: newId(), ...push, attempts: [], outcome: 'PENDING', createdAt: nowMs() }),
    start: (push) => {
      const subjects = [push.suiteId, ...(push.corpId === undefined ? [] : [push.corpId])];
      const struck = faults.take('push', push.infoType, subjects);
      inBackground(push, () => run(push, struck));
    },
    resend: (push) => {
      const copy = Math.max(1, ...push.attempts.map((one) => one.copy)) + 1;
      inBackground(push, () => sendUntilAccepted(push, copy));
    },
    resume: () => {
      for (const push of store.pushes.find({ outcome: 'PENDING' })) {
        inBackground(push, () => run(push, []));
      }
    },
    idle: async () => {
      await Promise.all(running);
    },
  };
};
