export { CHARACTER_CLASSES, charactersOutside, countGraphemes, wordsWithin, type CharacterClass } from './characters';
export {
  byPerson,
  bySignal,
  markStep,
  readChecklist,
  type ChecklistMark,
  type ChecklistStep,
  type Confirmation,
  type StepDefinition,
} from './checklist';
export { CATEGORIES, INDUSTRIES, type CatalogueEntry } from './catalogues';
export {
  checkFields,
  checkLogoPixels,
  errorsOf,
  notChecked,
  type CheckMode,
  type FieldCheck,
  type FieldCondition,
  type FieldRule,
  type Image,
  type ImageLimits,
  type RuleSet,
} from './rule-set';
export { extendRules, parseRulesExtension, parseRulesFile, type RulesExtension } from './rules-extension';
export { LOGO_LIMITS } from './app-basics-rules';
export { CORP_APP_RULES, MAX_IP_WHITELIST_ENTRIES, MENU_LIMITS } from './corp-app-rules';
export { DELEGATED_TEMPLATE_RULES } from './delegated-template-rules';
export { FORMATS, type Format } from './formats';
export { checkIpWhitelist } from './ip-addresses';
export {
  nextRevisionStatus,
  REVIEW_PATHS,
  REVISION_ACTIONS,
  REVISION_TABLE,
  WORKING_STATUSES,
  WORKING_STATUS_TEXTS,
  type ReviewState,
  type RevisionAction,
  type WorkingStatus,
} from './revision-table';
export {
  diffContents,
  editRevision,
  findRevision,
  firstDraft,
  followReview,
  historyOf,
  MAX_PAST_REVISIONS,
  rollBackRevision,
  submissionOf,
  submitRevision,
  withdrawRevision,
  type FieldDifference,
  type LaunchedRevision,
  type ReviewFailure,
  type ReviewOutcome,
  type ReviewReason,
  type Revision,
  type Revisions,
  type Submission,
  type WorkingRevision,
} from './revisions';
