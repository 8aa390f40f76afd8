import { AppError, err, notFound, text, type Viewer, type Violation } from '@daikaifa/kernel';
import { contentWarnings } from '../domain/content';
import { allows, currentRevisionOf, type CorpApp } from '../domain/corp-app';
import {
  contentToCopy,
  copyIntoCorpApp,
  editCorpApp as decideEdit,
  markCorpAppStep as decideMark,
  rollBackCorpApp as decideRollBack,
  startCorpApp as decideStart,
  withdrawCorpApp as decideWithdraw,
} from '../domain/develop.decide';
import { acknowledgeDrift as decideAcknowledge } from '../domain/observe.decide';
import type { PersonStep } from '../domain/checklist';
import { ADMINS, changeCorpApp, CORP_APP, EDITORS, type CorpAppChange } from './change-corp-app';
import { toContent, type CorpAppInput } from './corp-app-content';
import type { Dependencies } from './ports';

/** As stored, and what was let through all the same. */
export interface Saved {
  readonly corpApp: CorpApp;
  readonly warnings: readonly Violation[];
}

export const saved = (corpApp: CorpApp, { rules }: Pick<Dependencies, 'rules'>): Saved => {
  const content = currentRevisionOf(corpApp)?.content;
  return { corpApp, warnings: content === undefined ? [] : contentWarnings(content, rules) };
};

const templateUnknown = (templateId: string): AppError =>
  new AppError('UNAVAILABLE', text('模版信息尚未到达，请稍后重试', 'The template is not known here yet; try again later'), {
    details: { templateId },
  });

/** 开始代开发应用: the first draft, pre-filled from what is online of the template. */
export const startCorpApp =
  (deps: Pick<Dependencies, 'corpApps' | 'templates' | 'images' | 'rules' | 'clock' | 'newId'>) =>
  async (viewer: Viewer, change: CorpAppChange): Promise<Saved> => {
    const started = await changeCorpApp(deps, { viewer, roles: EDITORS, change }, async (app, scope) => {
      const source = await deps.templates.byId(scope, app.templateId);
      if (source === null) {
        throw templateUnknown(app.templateId);
      }
      const { online } = source;
      if (allows(app, 'start') && online !== null && online.logo !== null) {
        await deps.images.adopt(app.publisherId, online.logo.sha256);
      }
      return decideStart(app, { revisionId: deps.newId(), online }, deps.clock.now());
    });
    return saved(started, deps);
  };

/** Opens or continues the working revision. */
export const editCorpApp =
  (deps: Pick<Dependencies, 'corpApps' | 'images' | 'rules' | 'clock' | 'newId'>) =>
  async (viewer: Viewer, change: CorpAppChange & { readonly content: CorpAppInput }): Promise<Saved> => {
    const edited = await changeCorpApp(deps, { viewer, roles: EDITORS, change }, async (app) => {
      const content = await toContent(deps, app.publisherId, change.content);
      return decideEdit(app, { revisionId: deps.newId(), content }, deps.rules, deps.clock.now());
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

/** A draft with the configuration of another corp's app of the same template, also of one that was cancelled. */
export const copyCorpAppConfiguration =
  (deps: Pick<Dependencies, 'corpApps' | 'rules' | 'clock' | 'newId'>) =>
  async (
    viewer: Viewer,
    change: CorpAppChange & { readonly fromCorpAppId: string; readonly fromRevisionId?: string },
  ): Promise<Saved> => {
    const copied = await changeCorpApp(deps, { viewer, roles: EDITORS, change }, async (app, scope) => {
      const source = await deps.corpApps.byId(scope, change.fromCorpAppId);
      if (source === null || source.publisherId !== app.publisherId) {
        throw notFound(CORP_APP, change.fromCorpAppId);
      }
      const content = contentToCopy(source, change.fromRevisionId);
      return content.ok
        ? copyIntoCorpApp(
            app,
            { revisionId: deps.newId(), content: content.value, fromTemplateId: source.templateId },
            deps.clock.now(),
          )
        : err(content.error);
    });
    return saved(copied, deps);
  };

/** Takes the working revision back from review. */
export const withdrawCorpApp =
  (deps: Pick<Dependencies, 'corpApps' | 'rules' | 'clock'>) =>
  async (viewer: Viewer, change: CorpAppChange): Promise<Saved> =>
    saved(
      await changeCorpApp(deps, { viewer, roles: EDITORS, change }, (app) => decideWithdraw(app, deps.clock.now())),
      deps,
    );

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
