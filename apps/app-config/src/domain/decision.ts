import { err, ok, text, type Decision, type LocalizedText, type Rejection, type Result } from '@daikaifa/kernel';
import type { Revisions } from '@daikaifa/rules';
import { allows, stageOf, type CorpApp, type CorpAppContent, type CorpAppFact, type Stage, type StageAction } from './corp-app';

export type CorpAppDecision = Decision<CorpApp> & { readonly facts: readonly CorpAppFact[] };
export type Decided = Result<CorpAppDecision, Rejection>;

export const changed = (
  app: CorpApp,
  changes: Partial<CorpApp>,
  now: Date,
  ...types: readonly CorpAppFact['type'][]
): CorpAppDecision => ({ next: { ...app, ...changes, updatedAt: now }, facts: types.map((type) => ({ type })) });

export const unchanged = (app: CorpApp): CorpAppDecision => ({ next: app, facts: [] });

const STAGE_TEXTS: Readonly<Record<Stage, LocalizedText>> = {
  NOT_STARTED: text('请先“开始代开发应用”', 'The development of this app was not started yet'),
  STARTED: text('该应用已开始代开发', 'The development of this app was started already'),
  RESERVED: text('该应用正在批量提交中，请稍后再试', 'The app is being submitted in a batch; try again in a moment'),
  CANCELLED: text('企业已取消授权，应用不能再修改', 'The corp has cancelled its authorization; the app cannot be changed any more'),
};

/** Why the app takes no such action at all, or null. */
export const refuseStage = (app: CorpApp, action: StageAction): Rejection | null => {
  if (allows(app, action)) {
    return null;
  }
  const stage = stageOf(app);
  return { code: 'INVALID_STATE', text: STAGE_TEXTS[stage], details: { stage, action } };
};

/** Takes over the outcome of the shared revision machine; a step that changed nothing announces nothing. */
export const withRevisions = (
  app: CorpApp,
  result: Result<Revisions<CorpAppContent>, Rejection>,
  now: Date,
  type: CorpAppFact['type'],
): Decided => {
  if (!result.ok) {
    return err(result.error);
  }
  const isSame = result.value.workingRevision === app.workingRevision;
  return ok(isSame ? unchanged(app) : changed(app, result.value, now, type));
};
