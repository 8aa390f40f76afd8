import { err, type Viewer } from '@daikaifa/kernel';
import { proofRequestOf, recordOwnershipFile as decideFile, recordProof } from '../domain/trusted-domain.decide';
import { changeCorpApp, EDITORS, type CorpAppChange } from './change-corp-app';
import type { Dependencies } from './ports';
import { saved, type Saved } from './saved';

/** The file that WeCom's console handed out for the trusted domain. */
export const recordOwnershipFile =
  (deps: Pick<Dependencies, 'corpApps' | 'rules' | 'clock'>) =>
  async (
    viewer: Viewer,
    change: CorpAppChange & { readonly fileName: string; readonly content: string },
  ): Promise<Saved> => {
    const recorded = await changeCorpApp(deps, { viewer, roles: EDITORS, change }, (app) => {
      const { fileName, content } = change;
      return decideFile(app, { fileName, content, recordedBy: viewer.subject }, deps.clock.now());
    });
    return saved(recorded, deps);
  };

/** Looks whether the file lies in the web root. The answer is stored only for the version that was asked about. */
export const proveTrustedDomain =
  (deps: Pick<Dependencies, 'corpApps' | 'rules' | 'ownershipFiles' | 'clock'>) =>
  async (viewer: Viewer, change: CorpAppChange): Promise<Saved> => {
    const proved = await changeCorpApp(deps, { viewer, roles: EDITORS, change }, async (app) => {
      const request = proofRequestOf(app);
      if (!request.ok) {
        return err(request.error);
      }
      const { domain, file } = request.value;
      const fetched = await deps.ownershipFiles.fetch(domain, file.fileName);
      return recordProof(app, request.value, fetched, deps.clock.now());
    });
    return saved(proved, deps);
  };
