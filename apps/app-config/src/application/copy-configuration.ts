import { err, notFound, type Viewer } from '@daikaifa/kernel';
import { contentToCopy, copyIntoCorpApp } from '../domain/develop.decide';
import { changeCorpApp, CORP_APP, EDITORS, type CorpAppChange } from './change-corp-app';
import type { Dependencies } from './ports';
import { saved, type Saved } from './saved';

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
