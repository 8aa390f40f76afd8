import { corpAppIdOf, err, ok, text, type Rejection } from '@daikaifa/kernel';
import { editRevision, findRevision, firstDraft, markStep, rollBackRevision, withdrawRevision, type RuleSet } from '@daikaifa/rules';
import { refuseContent, tidied, type ContentChange } from './content';
import { currentRevisionOf, EMPTY_CONTENT, stageOf, type CorpApp, type CorpAppContent } from './corp-app';
import { revisionOfStep, type PersonStep } from './checklist';
import { changed, refuseStage, unchanged, withRevisions, type CorpAppDecision, type Decided } from './decision';
import { NO_RANGE_STEPS, NOT_OBSERVED } from './observation';
import type { TemplateSource } from './sources';
import { NO_DOMAIN_RECORD } from './trusted-domain';

export const createCorpApp = (
  granted: Pick<
    CorpApp,
    'publisherId' | 'templateId' | 'authorizationId' | 'suiteId' | 'corpId' | 'epoch' | 'environment' | 'enabled'
  >,
  now: Date,
): CorpAppDecision => ({
  next: {
    ...granted,
    id: corpAppIdOf(granted.authorizationId, granted.epoch),
    version: 0,
    createdAt: now,
    updatedAt: now,
    onlineRevision: null,
    workingRevision: null,
    pastRevisions: [],
    lastNumber: 0,
    observed: NOT_OBSERVED,
    sourceSequence: 0,
    drift: [],
    rangeSteps: NO_RANGE_STEPS,
    reservation: null,
    ownershipFile: null,
    domainProof: null,
    domainRecord: NO_DOMAIN_RECORD,
    marks: [],
    cancelledAt: null,
    erasure: null,
  },
  facts: [{ type: 'corp-app.created' }],
});

interface Draft {
  readonly revisionId: string;
  readonly content: CorpAppContent;
}

const withFirstDraft = (app: CorpApp, { revisionId, content }: Draft, now: Date): Decided =>
  ok(changed(app, firstDraft({ id: revisionId, content: tidied(content), now }), now, 'corp-app.started'));

/** 开始代开发应用: logo, name, introduction and callback stand there already, and all can be changed. */
export const startCorpApp = (
  app: CorpApp,
  command: { readonly revisionId: string; readonly online: TemplateSource['online'] },
  now: Date,
): Decided => {
  const refused = refuseStage(app, 'start');
  const content = { ...EMPTY_CONTENT, ...command.online };
  return refused === null ? withFirstDraft(app, { revisionId: command.revisionId, content }, now) : err(refused);
};

export const editCorpApp = (
  app: CorpApp,
  command: { readonly revisionId: string; readonly content: ContentChange },
  rules: RuleSet,
  now: Date,
): Decided => {
  const refused = refuseStage(app, 'edit');
  if (refused !== null) {
    return err(refused);
  }
  const content = tidied({ ...(currentRevisionOf(app)?.content ?? EMPTY_CONTENT), ...command.content });
  const edited = editRevision(app, { id: command.revisionId, content, now });
  if (!edited.ok) {
    return err(edited.error);
  }
  const broken = refuseContent(content, command.content, rules);
  return broken === null ? withRevisions(app, edited, now, 'corp-app.edited') : err(broken);
};

export const rollBackCorpApp = (
  app: CorpApp,
  command: { readonly toRevisionId: string; readonly newRevisionId: string },
  now: Date,
): Decided => {
  const refused = refuseStage(app, 'rollBack');
  return refused === null
    ? withRevisions(app, rollBackRevision(app, { ...command, now }), now, 'corp-app.edited')
    : err(refused);
};

const notFoundRevision = (revisionId: string): Rejection => ({
  code: 'NOT_FOUND',
  text: text('找不到该版本', 'This revision does not exist'),
  details: { revisionId },
});

/** The content that is copied: of the named revision, else of the current one. */
export const contentToCopy = (source: CorpApp, revisionId: string | undefined) => {
  const revision = revisionId === undefined ? currentRevisionOf(source) : findRevision(source, revisionId);
  if (revision !== null) {
    return ok(revision.content);
  }
  return err(
    revisionId === undefined
      ? {
          code: 'INVALID_STATE' as const,
          text: text('来源应用尚无配置', 'The app to copy from has no configuration yet'),
          details: { corpAppId: source.id },
        }
      : notFoundRevision(revisionId),
  );
};

/** A draft with the configuration of another corp's app; starts the development where it was not started. */
export const copyIntoCorpApp = (
  app: CorpApp,
  command: Draft & { readonly fromTemplateId: string },
  now: Date,
): Decided => {
  const refused = refuseStage(app, 'copyInto');
  if (refused !== null) {
    return err(refused);
  }
  if (command.fromTemplateId !== app.templateId) {
    return err({
      code: 'INVALID_STATE',
      text: text('只能在同一模版的应用之间复制配置', 'Configuration is copied between apps of the same template only'),
      details: { templateId: app.templateId, fromTemplateId: command.fromTemplateId },
    });
  }
  const { revisionId, content } = command;
  return stageOf(app) === 'NOT_STARTED'
    ? withFirstDraft(app, command, now)
    : withRevisions(app, editRevision(app, { id: revisionId, content, now }), now, 'corp-app.edited');
};

export const withdrawCorpApp = (app: CorpApp, now: Date): Decided => {
  const refused = refuseStage(app, 'withdraw');
  return refused === null ? withRevisions(app, withdrawRevision(app), now, 'corp-app.withdrawn') : err(refused);
};

/** A step is marked or unmarked; marking twice keeps the first mark. */
export const markCorpAppStep = (
  app: CorpApp,
  command: { readonly step: PersonStep; readonly done: boolean; readonly markedBy: string },
  now: Date,
): Decided => {
  const refused = refuseStage(app, 'annotate');
  if (refused !== null) {
    return err(refused);
  }
  const { step, done, markedBy } = command;
  const marks = markStep(app.marks, { step, revisionId: revisionOfStep(step, app), markedBy, markedAt: now }, done);
  return ok(marks === app.marks ? unchanged(app) : changed(app, { marks }, now));
};
