import { invalidState, text } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';
import { isCustomerAcquisition } from '../rules/permissions';
import { encryptedCorpId } from '../store/encrypted-ids';
import type { InfoType, Installation, Push } from '../store/types';
import { eventXml } from '../wire/xml';
import { find } from './find';
import { installationView } from './views';

export type InstallationView = ReturnType<typeof installationView>;

/** @throws AppError INVALID_STATE once the corp has cancelled */
export const requireInstalled = (sandbox: Sandbox, id: string): Installation => {
  const app = find.installation(sandbox, id);
  if (app.cancelledAt !== undefined) {
    throw invalidState(text('企业已取消授权', 'the corp has cancelled this authorization'));
  }
  return app;
};

interface About {
  readonly suiteId: string;
  readonly atSec: number;
  readonly authCorpId: string;
}

/** One event for the template's callback about an app. */
export interface AppNews {
  readonly infoType: InfoType;
  readonly xml: (about: About) => string;
}

export const changeAuth = (app: Installation): AppNews => ({
  infoType: 'change_auth',
  xml: (about) => eventXml.changeAuth({ ...about, state: app.state }),
});

/** 获客助手 confirmed a second time, or taken away. */
export const specialAuth = (before: readonly string[], after: readonly string[]): AppNews[] => {
  const approved = after.some(isCustomerAcquisition);
  return before.some(isCustomerAcquisition) === approved
    ? []
    : [
        {
          infoType: approved ? 'approve_special_auth' : 'cancel_special_auth',
          xml: (about) => eventXml.specialAuth({ ...about, approved }),
        },
      ];
};

/**
 * Saves the app and tells the template's callback about it, in one transaction.
 * @param alongside what else has to be written with it; what it has recorded to be pushed is sent too
 */
export const saveAndPush = (
  sandbox: Sandbox,
  app: Installation,
  news: readonly AppNews[],
  alongside: () => readonly Push[] = () => [],
): InstallationView => {
  const { suiteId, corpId, providerId } = app;
  const pushes = sandbox.store.transaction(() => {
    sandbox.store.installations.put(app);
    const atSec = Math.floor(sandbox.nowMs() / 1000);
    const about = { suiteId, atSec, authCorpId: encryptedCorpId(sandbox.store, providerId, corpId) };
    const told = news.map(({ infoType, xml }) =>
      sandbox.pusher.record({ suiteId, infoType, xml: xml(about), corpId }),
    );
    return [...told, ...alongside()];
  });
  pushes.forEach((push) => sandbox.pusher.start(push));
  return installationView(sandbox, app);
};
