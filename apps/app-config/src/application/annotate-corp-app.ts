import type { Viewer } from '@daikaifa/kernel';
import type { PersonStep } from '../domain/checklist';
import { markCorpAppStep as decideMark } from '../domain/develop.decide';
import { acknowledgeDrift as decideAcknowledge } from '../domain/observe.decide';
import { ADMINS, changeCorpApp, EDITORS, type CorpAppChange } from './change-corp-app';
import type { Dependencies } from './ports';
import { saved, type Saved } from './saved';

/** A person's word that something was done, or not done after all, outside of the platform. */
export const markCorpAppStep =
  (deps: Pick<Dependencies, 'corpApps' | 'rules' | 'clock'>) =>
  async (
    viewer: Viewer,
    change: CorpAppChange & { readonly step: PersonStep; readonly done: boolean },
  ): Promise<Saved> =>
    saved(
      await changeCorpApp(deps, { viewer, roles: ADMINS, change }, (app) =>
        decideMark(app, { step: change.step, done: change.done, markedBy: viewer.subject }, deps.clock.now()),
      ),
      deps,
    );

/** Somebody has seen what was changed in WeCom's console. */
export const acknowledgeDrift =
  (deps: Pick<Dependencies, 'corpApps' | 'rules' | 'clock'>) =>
  async (viewer: Viewer, change: CorpAppChange & { readonly driftIds: readonly string[] }): Promise<Saved> =>
    saved(
      await changeCorpApp(deps, { viewer, roles: EDITORS, change }, (app) =>
        decideAcknowledge(app, { driftIds: change.driftIds, acknowledgedBy: viewer.subject }, deps.clock.now()),
      ),
      deps,
    );
