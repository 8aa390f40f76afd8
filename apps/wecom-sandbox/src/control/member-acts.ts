import type { Sandbox } from '../sandbox';
import { encryptedCorpId, openUserId } from '../store/encrypted-ids';
import { generate } from '../store/generate';
import type { AppPushName, Installation, Push } from '../store/types';
import { appXml } from '../wire/app-xml';

/** What a member did, for the app's callback; `said` is for people, `what` the content or event key. */
export interface Act {
  readonly userId: string;
  readonly infoType: AppPushName;
  readonly said: string;
  readonly what: string;
}

/** Writes the push down; belongs into the transaction that causes it. */
export const recordAct = (sandbox: Sandbox, app: Installation, { userId, infoType, said, what }: Act): Push => {
  const from = {
    corpId: encryptedCorpId(sandbox.store, app.providerId, app.corpId),
    userId: openUserId(sandbox.store, app.providerId, app.corpId, userId),
    atSec: Math.floor(sandbox.nowMs() / 1000),
    agentId: app.agentId,
  };
  const xml =
    infoType === 'text'
      ? appXml.text({ ...from, content: what, msgId: generate.msgId() })
      : appXml.event({ ...from, event: infoType, eventKey: what });
  return sandbox.pusher.record({
    ...{ suiteId: app.suiteId, corpId: app.corpId, installationId: app.id },
    ...{ infoType, xml, act: { userId, text: said } },
  });
};
