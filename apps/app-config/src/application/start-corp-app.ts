import { AppError, text, type Viewer } from '@daikaifa/kernel';
import { allows } from '../domain/corp-app';
import { startCorpApp as decide } from '../domain/develop.decide';
import { changeCorpApp, EDITORS, type CorpAppChange } from './change-corp-app';
import type { Dependencies } from './ports';
import { saved, type Saved } from './saved';

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
      return decide(app, { revisionId: deps.newId(), online }, deps.clock.now());
    });
    return saved(started, deps);
  };
