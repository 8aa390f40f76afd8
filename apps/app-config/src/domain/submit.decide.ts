import { err, ok, text, type Rejection, type Result, type Violation } from '@daikaifa/kernel';
import { checkFields, errorsOf, submitRevision, type RuleSet } from '@daikaifa/rules';
import {
  allows,
  currentRevisionOf,
  EMPTY_CONTENT,
  type CorpApp,
  type CorpAppContent,
  type CorpAppSubmission,
} from './corp-app';
import { changed, refuseStage, type CorpAppDecision } from './decision';
import type { EndpointSignal } from './sources';
import { trustedDomainProofOf, withDomainChange } from './trusted-domain';

/** What has to be known beside the app itself. */
export interface SubmissionContext {
  readonly rules: RuleSet;
  /** Of the app or of its template, as its content says. */
  readonly endpoint: EndpointSignal | null;
  /** The same template is online in a test corp. */
  readonly selfTested: boolean;
  /** Trusted domains set this month in this corp, and how many WeCom allows. */
  readonly domainChanges: number;
  readonly domainChangeLimit: number;
}

export interface SubmitCommand {
  readonly submissionId: string;
  readonly batchId: string;
  readonly submittedBy: string;
}

/** What is let through, for the submitter and the reviewer to see. */
export interface Reservation {
  readonly decision: CorpAppDecision;
  readonly warnings: readonly Violation[];
}

const checkEndpoint = (endpoint: EndpointSignal | null): readonly Violation[] => {
  const broken = (code: string, zh: string, en: string): readonly Violation[] => [
    { field: 'callback', code, severity: 'ERROR', text: text(zh, en), ...(endpoint && { given: endpoint.url }) },
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

/** Whether the domain has to be entered in WeCom's console anew. */
const setsDomain = ({ domainRecord, observed }: CorpApp, { trustedDomain }: CorpAppContent): boolean =>
  trustedDomain !== null && trustedDomain !== (domainRecord.domain ?? observed.agent?.value.redirectDomain);

const checkDomainChanges = (
  app: CorpApp,
  content: CorpAppContent,
  { domainChanges, domainChangeLimit }: SubmissionContext,
): readonly Violation[] =>
  setsDomain(app, content) && domainChanges >= domainChangeLimit
    ? [
        {
          field: 'trustedDomain',
          code: 'TRUSTED_DOMAIN_CHANGES',
          severity: 'ERROR',
          text: text('该企业本月设置可信域名的次数已用完', 'This corp’s trusted domains were set too often this month'),
          limit: String(domainChangeLimit),
          given: String(domainChanges),
        },
      ]
    : [];

const warningsOf = (app: CorpApp, content: CorpAppContent, { selfTested }: SubmissionContext): readonly Violation[] => [
  ...(trustedDomainProofOf(app, content.trustedDomain) === 'PROVED'
    ? []
    : [
        {
          field: 'trustedDomain',
          code: 'TRUSTED_DOMAIN_UNPROVED',
          severity: 'WARNING' as const,
          text: text(
            '可信域名归属未验证：仅支持 OAuth2，JSSDK 受限',
            'The ownership of the trusted domain is not proved: OAuth2 only, JS-SDK is limited',
          ),
          ...(content.trustedDomain !== null && { given: content.trustedDomain }),
        },
      ]),
  ...(selfTested || app.environment === 'TEST'
    ? []
    : [
        {
          field: '',
          code: 'NOT_SELF_TESTED',
          severity: 'WARNING' as const,
          text: text('尚未在测试企业中自行测试该模版', 'The template was not tried in a test corp yet'),
        },
      ]),
];

/**
 * Checks everything, content and callback, and holds the app for its batch; every fault is in the rejection. What is
 * held cannot be edited, so that the last step of the batch cannot be refused any more.
 */
export const reserveForSubmission = (
  app: CorpApp,
  command: SubmitCommand,
  context: SubmissionContext,
  now: Date,
): Result<Reservation, Rejection> => {
  const reservation: CorpAppSubmission = {
    id: command.submissionId,
    batchId: command.batchId,
    submittedBy: command.submittedBy,
    submittedAt: now,
    callbackUrl: context.endpoint?.url ?? '',
    trustedDomainProof: trustedDomainProofOf(app, currentRevisionOf(app)?.content.trustedDomain ?? null),
    selfTested: context.selfTested,
  };
  const refused = refuseStage(app, 'reserve');
  const submitted = refused === null ? submitRevision(app, reservation) : err(refused);
  if (!submitted.ok) {
    return submitted;
  }
  const content = app.workingRevision?.content ?? EMPTY_CONTENT;
  const violations = [
    ...checkFields(context.rules, content, { mode: 'submit' }),
    ...checkEndpoint(context.endpoint),
    ...checkDomainChanges(app, content, context),
  ];
  const warnings = [...violations.filter(({ severity }) => severity === 'WARNING'), ...warningsOf(app, content, context)];
  if (errorsOf(violations).length > 0) {
    return err({
      code: 'BAD_USER_INPUT',
      text: text('应用信息不符合提交要求', 'The app does not fulfil what a submission asks for'),
      violations: [...errorsOf(violations), ...warnings],
    });
  }
  return ok({ decision: changed(app, { reservation }, now), warnings });
};

const isHeldBy = (app: CorpApp, batchId: string): app is CorpApp & { readonly reservation: CorpAppSubmission } =>
  app.reservation?.batchId === batchId;

/** The last step of a batch for one app. Null: it is not held by this batch (any more). */
export const submitReserved = (app: CorpApp, batchId: string, now: Date): CorpAppDecision | null => {
  if (!allows(app, 'submit') || !isHeldBy(app, batchId)) {
    return null;
  }
  const submitted = submitRevision(app, app.reservation);
  if (!submitted.ok) {
    return null;
  }
  const content = app.workingRevision?.content ?? EMPTY_CONTENT;
  const domainRecord = setsDomain(app, content)
    ? withDomainChange(app.domainRecord, content.trustedDomain ?? '', now)
    : app.domainRecord;
  return changed(app, { ...submitted.value, reservation: null, domainRecord }, now, 'corp-app.submitted');
};

/** The batch was refused. Null: it does not hold this app. */
export const releaseReservation = (app: CorpApp, batchId: string, now: Date): CorpAppDecision | null =>
  allows(app, 'release') && isHeldBy(app, batchId) ? changed(app, { reservation: null }, now) : null;

