import type { Viewer } from '@daikaifa/kernel';
import {
  editCorpApp as decide,
  rollBackCorpApp as decideRollBack,
  withdrawCorpApp as decideWithdraw,
} from '../domain/develop.decide';
import { changeCorpApp, EDITORS, type CorpAppChange } from './change-corp-app';
import { toContent, type CorpAppInput } from './corp-app-content';
import type { Dependencies } from './ports';
import { saved, type Saved } from './saved';

/** Opens or continues the working revision. */
export const editCorpApp =
  (deps: Pick<Dependencies, 'corpApps' | 'images' | 'rules' | 'clock' | 'newId'>) =>
  async (viewer: Viewer, change: CorpAppChange & { readonly content: CorpAppInput }): Promise<Saved> => {
    const edited = await changeCorpApp(deps, { viewer, roles: EDITORS, change }, async (app) => {
      const content = await toContent(deps, app.publisherId, change.content);
      return decide(app, { revisionId: deps.newId(), content }, deps.rules, deps.clock.now());
    });
    return saved(edited, deps);
  };

/** A new draft with the content of an old revision. */
export const rollBackCorpApp =
  (deps: Pick<Dependencies, 'corpApps' | 'rules' | 'clock' | 'newId'>) =>
  async (viewer: Viewer, change: CorpAppChange & { readonly toRevisionId: string }): Promise<Saved> => {
    const rolledBack = await changeCorpApp(deps, { viewer, roles: EDITORS, change }, (app) =>
      decideRollBack(app, { toRevisionId: change.toRevisionId, newRevisionId: deps.newId() }, deps.clock.now()),
    );
    return saved(rolledBack, deps);
  };

/** Takes the working revision back from review. */
export const withdrawCorpApp =
  (deps: Pick<Dependencies, 'corpApps' | 'rules' | 'clock'>) =>
  async (viewer: Viewer, change: CorpAppChange): Promise<Saved> =>
    saved(
      await changeCorpApp(deps, { viewer, roles: EDITORS, change }, (app) => decideWithdraw(app, deps.clock.now())),
      deps,
    );
