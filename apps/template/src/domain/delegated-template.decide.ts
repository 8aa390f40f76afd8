import {
  assertNever,
  err,
  inputRejection,
  ok,
  text,
  type Decision,
  type LocalizedText,
  type Rejection,
  type Result,
  type Violation,
} from '@daikaifa/kernel';
import {
  checkFields,
  editRevision,
  errorsOf,
  firstDraft,
  followReview,
  markStep,
  rollBackRevision,
  submitRevision,
  withdrawRevision,
  type ReviewOutcome,
  type RevisionAction,
  type Revisions,
  type RuleSet,
} from '@daikaifa/rules';
import { revisionOfStep, type PersonStep } from './checklist';
import {
  EMPTY_CONTENT,
  type DelegatedTemplate,
  type TemplateAvailability,
  type TemplateContent,
  type TemplateFact,
} from './delegated-template';
import type { EndpointSignal, TemplateSignals } from './template-signals';

export type TemplateDecision = Decision<DelegatedTemplate> & { readonly facts: readonly TemplateFact[] };
type Decided = Result<TemplateDecision, Rejection>;

/** What is left out stays; null empties the field. */
export type ContentChange = Partial<TemplateContent> & {
  /** SHA-256 of a logo that is asked for but was never uploaded. */
  readonly unknownLogo?: string;
};

const changed = (
  template: DelegatedTemplate,
  changes: Partial<DelegatedTemplate>,
  now: Date,
  ...types: readonly TemplateFact['type'][]
): TemplateDecision => ({ next: { ...template, ...changes, updatedAt: now }, facts: types.map((type) => ({ type })) });

/** Outer spaces go, empty becomes absent, composed form: what is compared, counted and shown is one and the same. */
const tidied = (content: TemplateContent): TemplateContent => {
  const tidy = (value: string | null): string | null => value?.trim().normalize('NFC') || null;
  return {
    logo: content.logo,
    name: tidy(content.name),
    introduction: tidy(content.introduction),
    category: tidy(content.category),
    targetIndustry: tidy(content.targetIndustry),
  };
};

/** Everything that is wrong with what is given, or null. */
const refuseContent = (content: TemplateContent, change: ContentChange, rules: RuleSet): Rejection | null => {
  const missing: Violation[] =
    change.unknownLogo === undefined
      ? []
      : [
          {
            field: 'logo',
            code: 'LOGO_NOT_UPLOADED',
            severity: 'ERROR',
            text: text('请先上传该 logo', 'This logo was not uploaded'),
            given: change.unknownLogo.slice(0, 64),
          },
        ];
  const violations = [...missing, ...checkFields(rules, content, { mode: 'save' })];
  return errorsOf(violations).length > 0 ? inputRejection(violations) : null;
};

const GONE: Partial<Record<TemplateAvailability, LocalizedText>> = {
  RETIRED: text('模版已下架，不能再修改', 'The template is retired and cannot be changed'),
  DELETED: text('模版已删除', 'The template is deleted'),
};

const refuseGone = ({ availability }: DelegatedTemplate): Rejection | null => {
  const reason = GONE[availability];
  return reason === undefined ? null : { code: 'INVALID_STATE', text: reason, details: { availability } };
};

const invalid = (zh: string, en: string, details: Readonly<Record<string, unknown>>): { ok: false; error: Rejection } =>
  err({ code: 'INVALID_STATE', text: text(zh, en), details });

/** Takes over the outcome of the shared revision machine; a step that changed nothing announces nothing. */
const withRevisions = (
  template: DelegatedTemplate,
  result: Result<Revisions<TemplateContent>, Rejection>,
  now: Date,
  type: TemplateFact['type'],
): Decided => {
  if (!result.ok) {
    return result;
  }
  const isSame = result.value.workingRevision === template.workingRevision;
  return ok(isSame ? { next: template, facts: [] } : changed(template, result.value, now, type));
};

export const createTemplate = (
  command: {
    readonly id: string;
    readonly publisherId: string;
    readonly revisionId: string;
    readonly content: ContentChange;
  },
  rules: RuleSet,
  now: Date,
): Decided => {
  const content = tidied({ ...EMPTY_CONTENT, ...command.content });
  const refused = refuseContent(content, command.content, rules);
  if (refused !== null) {
    return err(refused);
  }
  const next: DelegatedTemplate = {
    id: command.id,
    publisherId: command.publisherId,
    version: 0,
    createdAt: now,
    updatedAt: now,
    availability: 'NEVER_LAUNCHED',
    marks: [],
    ...firstDraft({ id: command.revisionId, content, now }),
  };
  return ok({ next, facts: [{ type: 'template.created' }] });
};

export const editTemplate = (
  template: DelegatedTemplate,
  command: { readonly revisionId: string; readonly content: ContentChange },
  rules: RuleSet,
  now: Date,
): Decided => {
  const gone = refuseGone(template);
  if (gone !== null) {
    return err(gone);
  }
  const current = (template.workingRevision ?? template.onlineRevision)?.content ?? EMPTY_CONTENT;
  const content = tidied({ ...current, ...command.content });
  const edited = editRevision(template, { id: command.revisionId, content, now });
  if (!edited.ok) {
    return edited;
  }
  const refused = refuseContent(content, command.content, rules);
  return refused === null ? withRevisions(template, edited, now, 'template.edited') : err(refused);
};

const checkEndpoint = (endpoint: EndpointSignal | null): Violation[] => {
  const broken = (code: string, zh: string, en: string): Violation[] => [
    { field: 'callbackUrl', code, severity: 'ERROR', text: text(zh, en), ...(endpoint && { given: endpoint.url }) },
  ];
  if (endpoint === null || endpoint.closed) {
    return broken('CALLBACK_MISSING', '回调地址尚未生成', 'The callback endpoint does not exist yet');
  }
  if (!endpoint.keysIssued) {
    return broken('CALLBACK_KEYS_MISSING', '请先生成 Token 与 EncodingAESKey', 'Issue Token and EncodingAESKey first');
  }
  return endpoint.verifiedAt === null
    ? broken('CALLBACK_NOT_VERIFIED', '回调 URL 尚未通过企业微信验证', 'WeCom has not verified the callback URL yet')
    : [];
};

/** Everything is checked, content and callback, and every fault is in the rejection. */
export const submitTemplate = (
  template: DelegatedTemplate,
  command: { readonly submissionId: string; readonly submittedBy: string },
  context: { readonly rules: RuleSet; readonly signals: TemplateSignals },
  now: Date,
): Decided => {
  const gone = refuseGone(template);
  if (gone !== null) {
    return err(gone);
  }
  const { endpoint } = context.signals;
  const submitted = submitRevision(template, {
    id: command.submissionId,
    submittedBy: command.submittedBy,
    submittedAt: now,
    callbackUrl: endpoint?.url ?? '',
  });
  if (!submitted.ok) {
    return submitted;
  }
  const content = template.workingRevision?.content ?? EMPTY_CONTENT;
  const violations = [...checkFields(context.rules, content, { mode: 'submit' }), ...checkEndpoint(endpoint)];
  return errorsOf(violations).length > 0
    ? err(inputRejection(violations))
    : withRevisions(template, submitted, now, 'template.submitted');
};

export const withdrawTemplate = (template: DelegatedTemplate, now: Date): Decided => {
  const gone = refuseGone(template);
  return gone === null
    ? withRevisions(template, withdrawRevision(template), now, 'template.withdrawn')
    : err(gone);
};

export const rollBackTemplate = (
  template: DelegatedTemplate,
  command: { readonly toRevisionId: string; readonly newRevisionId: string },
  now: Date,
): Decided => {
  const gone = refuseGone(template);
  return gone === null
    ? withRevisions(template, rollBackRevision(template, { ...command, now }), now, 'template.edited')
    : err(gone);
};

/** Final. What is in review is withdrawn; existing corp apps live on. */
export const retireTemplate = (template: DelegatedTemplate, now: Date): Decided => {
  if (template.availability !== 'ONLINE') {
    return invalid('只有已上线的模版可以下架', 'Only a template that is online can be retired', {
      availability: template.availability,
    });
  }
  if (template.workingRevision?.status === 'LAUNCHING') {
    return invalid('新版本上线中，请先确认或退回', 'A launch is being confirmed: confirm it or take it back first', {
      status: 'LAUNCHING',
    });
  }
  const availability = 'RETIRED';
  const withdrawn = withdrawRevision(template);
  return ok(
    withdrawn.ok
      ? changed(template, { ...withdrawn.value, availability }, now, 'template.withdrawn', 'template.retired')
      : changed(template, { availability }, now, 'template.retired'),
  );
};

export const deleteTemplate = (template: DelegatedTemplate, signals: TemplateSignals, now: Date): Decided => {
  const status = template.workingRevision?.status;
  if (template.availability !== 'NEVER_LAUNCHED' || signals.everAuthorized) {
    return invalid(
      '曾经上线或被企业授权的模版不能删除',
      'A template that was ever launched or authorized cannot be deleted',
      { availability: template.availability, everAuthorized: signals.everAuthorized },
    );
  }
  if (status !== 'DRAFT' && status !== 'REJECTED') {
    return invalid('只有草稿可以删除，请先撤回', 'Only a draft can be deleted; withdraw it first', { status });
  }
  return ok(changed(template, { availability: 'DELETED' }, now, 'template.deleted'));
};

/** A step is marked or unmarked; marking twice keeps the first mark. */
export const markChecklistStep = (
  template: DelegatedTemplate,
  command: { readonly step: PersonStep; readonly done: boolean; readonly markedBy: string },
  now: Date,
): Decided => {
  const gone = refuseGone(template);
  if (gone !== null) {
    return err(gone);
  }
  const { step, done, markedBy } = command;
  const marks = markStep(template.marks, { step, revisionId: revisionOfStep(step, template), markedBy, markedAt: now }, done);
  return ok(marks === template.marks ? { next: template, facts: [] } : changed(template, { marks }, now));
};

const factOf = (step: RevisionAction): TemplateFact['type'] => {
  switch (step) {
    case 'edit':
      return 'template.edited';
    case 'submit':
      return 'template.submitted';
    case 'withdraw':
    case 'voided':
      return 'template.withdrawn';
    case 'precheckFailed':
    case 'reject':
      return 'template.review-failed';
    case 'approve':
      return 'template.approved';
    case 'launch':
      return 'template.launching';
    case 'launchReturned':
      return 'template.launch-returned';
    case 'launched':
      return 'template.launched';
    default:
      return assertNever(step);
  }
};

/** Where the review item stands decides where the revision stands. Null: nothing to do. */
export const applyReviewItem = (
  template: DelegatedTemplate,
  outcome: ReviewOutcome,
  now: Date,
): TemplateDecision | null => {
  const followed = refuseGone(template) === null ? followReview(template, outcome) : null;
  if (followed === null) {
    return null;
  }
  const isLaunched = followed.next.workingRevision === null;
  const availability = isLaunched ? 'ONLINE' : template.availability;
  return changed(template, { ...followed.next, availability }, now, ...followed.steps.map(factOf));
};
