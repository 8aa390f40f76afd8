import { authorize, notFound, text, type Viewer } from '@daikaifa/kernel';
import { mayCall, type MayCall } from '../domain/may-call';
import type { Dependencies } from './ports';

const ASKERS = ['BACKEND'] as const;

export interface MayCallQuestion {
  readonly corpAppId: string;
  /** Path under /cgi-bin, or a permission code. */
  readonly name: string;
}

/**
 * "May this app call API X?", for the provider's own backend.
 * @throws AppError FORBIDDEN, NOT_FOUND (also for another tenant's app), UNAVAILABLE rather than an old answer
 */
export const askMayCall =
  ({ knownSets, clock }: Pick<Dependencies, 'knownSets' | 'clock'>) =>
  async (viewer: Viewer, { corpAppId, name }: MayCallQuestion): Promise<MayCall> => {
    const set = (await knownSets.find(authorize(viewer, ASKERS), [corpAppId])).get(corpAppId);
    if (set === undefined) {
      throw notFound(text('代开发应用', 'The corp app'), corpAppId);
    }
    return mayCall(set, name, clock.now());
  };

/** Many questions at once, answered in their order. Null: there is no such app, or it is another tenant's. */
export const askMayCallAll =
  ({ knownSets, clock }: Pick<Dependencies, 'knownSets' | 'clock'>) =>
  async (viewer: Viewer, questions: readonly MayCallQuestion[]): Promise<ReadonlyArray<MayCall | null>> => {
    const ids = [...new Set(questions.map(({ corpAppId }) => corpAppId))];
    const sets = await knownSets.find(authorize(viewer, ASKERS), ids);
    return questions.map(({ corpAppId, name }) => {
      const set = sets.get(corpAppId);
      return set === undefined ? null : mayCall(set, name, clock.now());
    });
  };
