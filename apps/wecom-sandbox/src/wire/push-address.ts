import { encryptedCorpId, openUserId } from '../store/encrypted-ids';
import type { Limits } from '../rules/limits';
import type { PassiveReply } from '../store/app-types';
import type { Store } from '../store/store';
import type { Push } from '../store/types';
import { readPassiveReply } from './passive-reply';

export interface Judgement {
  /** Whether the answer is one that belongs there; if not, it is noted and not asked for again. */
  readonly fits: boolean;
  readonly reply?: PassiveReply;
}

/** Where a push goes, with whose keys, for how long it waits, and how the answer is read. */
export interface PushAddress {
  readonly callbackUrl: string;
  readonly token: string;
  readonly encodingAesKey: string;
  readonly receiveId: string;
  readonly agentId: string;
  readonly limitMs: number;
  judge(body: string): Judgement;
}

const templateAddress = (store: Store, push: Push, limits: Limits): PushAddress => {
  const { callbackUrl, token, encodingAesKey, id } = store.templates.get(push.suiteId)!;
  return {
    ...{ callbackUrl, token, encodingAesKey },
    receiveId: id,
    agentId: '',
    limitMs: push.infoType === 'suite_ticket' ? limits.answerMs : limits.urgentAnswerMs,
    judge: (body) => ({ fits: body === 'success' }),
  };
};

/** The corp's encrypted id is receiveid and addressee; the answer is empty or a passive reply to the member. */
const appAddress = (store: Store, installationId: string, push: Push, limits: Limits): PushAddress => {
  const app = store.installations.get(installationId)!;
  const { callbackUrl, token, encodingAesKey } = app.callback!;
  const corpId = encryptedCorpId(store, app.providerId, app.corpId);
  const userId = openUserId(store, app.providerId, app.corpId, push.act!.userId);
  return {
    ...{ callbackUrl, token, encodingAesKey },
    receiveId: corpId,
    agentId: String(app.agentId),
    limitMs: limits.answerMs,
    judge: (body) => {
      const reply = readPassiveReply(body, { token, encodingAesKey, corpId, userId });
      return reply === undefined ? { fits: true } : { fits: reply.accepted, reply };
    },
  };
};

export const addressOf = (store: Store, push: Push, limits: Limits): PushAddress =>
  push.installationId === undefined
    ? templateAddress(store, push, limits)
    : appAddress(store, push.installationId, push, limits);
