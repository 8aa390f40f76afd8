import { text, type LocalizedText, type Violation } from '@daikaifa/kernel';
import { checkFields, type Image, type RuleSet } from '@daikaifa/rules';
import { CORP_APP_CHECKS, type CorpAppFacts } from './corp-app-prechecks';
import { LIMITS } from './limits';
import { ofViolations, without, type Finding } from './precheck-finding';
import type { CommonPrecheckCode, Precheck, PrecheckCode, PrecheckOutcome, ReviewItem, ReviewSnapshot } from './review-item';

/** Why the callback service's probe of the endpoint failed, in words. */
export const HEALTH_REASON_TEXTS = {
  NO_KEYS: text('尚未生成 Token 与 EncodingAESKey', 'Token and EncodingAESKey were not issued'),
  WRONG_KEY: text('应答无法用当前密钥验证，密钥不一致', 'The answer does not fit the current keys: a wrong key is in use'),
  NAME_NOT_RESOLVED: text('回调域名无法解析', 'The host name of the callback URL does not resolve'),
  UNREACHABLE: text('回调地址无法连接', 'The callback URL cannot be reached'),
  TLS: text('回调地址的 TLS 证书无效', 'The TLS certificate of the callback URL is not valid'),
  TOO_SLOW: text('回调地址应答超时，企业微信要求 1 秒内应答', 'The callback answers too slowly; WeCom wants it within a second'),
  WRONG_STATUS: text('回调地址返回了错误的 HTTP 状态码', 'The callback answers with a wrong HTTP status'),
  WRONG_ANSWER: text('回调地址的应答内容不正确', 'The callback answers with wrong content'),
  ADDRESS_REFUSED: text('回调域名解析到不允许访问的地址', 'The callback URL leads to an address that is not allowed'),
} as const satisfies Readonly<Record<string, LocalizedText>>;
export type HealthReason = keyof typeof HEALTH_REASON_TEXTS;

/** What the callback service last said about the endpoint of a template or an app. */
export interface EndpointSignal {
  readonly subjectId: string;
  readonly publisherId: string;
  readonly sequence: number;
  readonly url: string;
  readonly verifiedAt: Date | null;
  readonly closed: boolean;
  readonly health: {
    readonly status: 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY';
    readonly reason: HealthReason | null;
    readonly checkedAt: Date | null;
  };
}

/** The logo read again from its owner, by content. */
export type LogoInspection =
  | { readonly kind: 'REFUSED'; readonly violations: readonly Violation[] }
  | {
      readonly kind: 'INSPECTED';
      readonly image: Image;
      /** `checked` is false when the operator supplied nothing to compare with. */
      readonly likeness: {
        readonly checked: boolean;
        readonly matches: ReadonlyArray<{ readonly name: string; readonly distance: number }>;
      };
    };

export interface PrecheckFacts {
  readonly snapshot: ReviewSnapshot;
  /** Of this kind of subject. */
  readonly rules: RuleSet;
  readonly endpoint: EndpointSignal | null;
  /** Null when the snapshot has no logo. */
  readonly logo: LogoInspection | null;
  /** Null for a template. */
  readonly corpApp: Omit<CorpAppFacts, 'snapshot' | 'rules'> | null;
  readonly now: Date;
}

const checkFieldRules = ({ snapshot, rules }: PrecheckFacts): readonly Finding[] =>
  ofViolations(
    checkFields(without(rules, 'MENU'), snapshot, { mode: 'submit' }),
    text('各字段符合规则', 'Every field follows the rules'),
  );

const callback = (outcome: PrecheckOutcome, reason: string, why: LocalizedText): readonly Finding[] => [
  { outcome, reason, field: 'callbackUrl', text: why },
];

const checkVerified = ({ endpoint, snapshot }: PrecheckFacts): readonly Finding[] => {
  if (endpoint === null) {
    return callback('FAILED', 'CALLBACK_MISSING', text('回调地址不存在', 'The callback endpoint does not exist'));
  }
  if (endpoint.closed) {
    return callback('FAILED', 'CALLBACK_CLOSED', text('回调地址已关闭', 'The callback endpoint is closed'));
  }
  if (endpoint.url !== snapshot.callbackUrl) {
    const why = text('提交后回调 URL 已变更', 'The callback URL has changed since the submission');
    return callback('FAILED', 'CALLBACK_URL_CHANGED', why);
  }
  return endpoint.verifiedAt === null
    ? callback('FAILED', 'CALLBACK_NOT_VERIFIED', text('回调 URL 未通过企业微信验证', 'WeCom has not verified the callback URL'))
    : [{ outcome: 'PASSED', field: 'callbackUrl', text: text('回调 URL 已通过验证', 'WeCom has verified the callback URL') }];
};

const checkHealthy = ({ endpoint, now }: PrecheckFacts): readonly Finding[] => {
  if (endpoint === null || endpoint.closed) {
    const why = text('未检查：没有可用的回调地址', 'Not checked: there is no callback endpoint in use');
    return callback('NOT_CHECKED', 'NO_ENDPOINT', why);
  }
  const { status, reason, checkedAt } = endpoint.health;
  if (status === 'UNKNOWN' || checkedAt === null) {
    return callback('NOT_CHECKED', 'NEVER_PROBED', text('未检查：回调地址尚未探测过', 'Not checked: the callback was never probed'));
  }
  if (now.getTime() - checkedAt.getTime() > LIMITS.healthFreshMs) {
    const at = checkedAt.toISOString();
    const why = text(`未检查：上次探测于 ${at}，已过时`, `Not checked: the last probe was at ${at}, too long ago`);
    return callback('NOT_CHECKED', 'PROBE_TOO_OLD', why);
  }
  if (status === 'HEALTHY') {
    return [{ outcome: 'PASSED', field: 'callbackUrl', text: text('回调地址探测正常', 'The callback answers as it should') }];
  }
  const unnamed = text('回调地址探测异常', 'The probe of the callback failed');
  return callback('FAILED', reason ?? 'UNHEALTHY', reason === null ? unnamed : HEALTH_REASON_TEXTS[reason]);
};

const NO_LOGO: Finding = {
  outcome: 'NOT_CHECKED',
  reason: 'NO_LOGO',
  field: 'logo',
  text: text('未检查：没有 logo', 'Not checked: there is no logo'),
};

const checkImages = ({ logo, rules }: PrecheckFacts): readonly Finding[] => {
  if (logo === null) {
    return [NO_LOGO];
  }
  const ofPictures = { ...rules, rules: rules.rules.filter(({ check }) => check.kind === 'image') };
  const violations =
    logo.kind === 'REFUSED'
      ? logo.violations.map((one) => ({ ...one, field: 'logo' }))
      : checkFields(ofPictures, { logo: logo.image }, { mode: 'save' });
  return ofViolations(violations, text('图片重新读取无误', 'The picture was read again and is as it should be'));
};

const checkLikeness = ({ logo }: PrecheckFacts): readonly Finding[] => {
  if (logo === null || logo.kind === 'REFUSED') {
    const why = text('未检查：logo 无法读取', 'Not checked: the logo cannot be read');
    return logo === null ? [NO_LOGO] : [{ outcome: 'NOT_CHECKED', reason: 'NO_PICTURE', field: 'logo', text: why }];
  }
  const { checked, matches } = logo.likeness;
  if (!checked) {
    const why = text('未检查：未配置 logo 指纹，请审核员目测', 'Not checked: no fingerprints are configured; the reviewer judges');
    return [{ outcome: 'NOT_CHECKED', reason: 'NO_FINGERPRINTS', field: 'logo', text: why }];
  }
  const names = matches.map(({ name }) => name).join(', ');
  const alike = text(`logo 与「${names}」相似`, `The logo resembles ${names}`);
  return matches.length > 0
    ? [{ outcome: 'WARNING', reason: 'LOGO_LIKENESS', field: 'logo', text: alike }]
    : [{ outcome: 'PASSED', field: 'logo', text: text('未发现相似 logo', 'The logo resembles none of the known ones') }];
};

const COMMON_CHECKS: Readonly<Record<CommonPrecheckCode, (facts: PrecheckFacts) => readonly Finding[]>> = {
  FIELD_RULES: checkFieldRules,
  CALLBACK_VERIFIED: checkVerified,
  CALLBACK_HEALTHY: checkHealthy,
  IMAGES: checkImages,
  LOGO_LIKENESS: checkLikeness,
};

const findingsOf = <Facts>(
  checks: Readonly<Partial<Record<PrecheckCode, (facts: Facts) => readonly Finding[]>>>,
  facts: Facts,
  checkedAt: Date,
): readonly Precheck[] =>
  Object.entries(checks).flatMap(([code, check]) =>
    check(facts).map(({ field = null, reason = null, ...finding }) => ({
      code: code as PrecheckCode,
      ...finding,
      field,
      reason,
      checkedAt,
    })),
  );

/** All checks that this kind of subject has, each with at least one finding. */
export const precheck = (facts: PrecheckFacts): readonly Precheck[] => {
  const { snapshot, rules, corpApp, now } = facts;
  const common = findingsOf(COMMON_CHECKS, facts, now);
  return snapshot.kind === 'CORP_APP' && corpApp !== null
    ? [...common, ...findingsOf(CORP_APP_CHECKS, { snapshot, rules, ...corpApp }, now)]
    : common;
};

/** Whose callback endpoint receives the events: an app has its own, or shares that of its template. */
export const endpointSubjectOf = ({ subject, snapshot }: Pick<ReviewItem, 'subject' | 'snapshot'>): string =>
  snapshot.kind === 'CORP_APP' && snapshot.callback === 'OWN' ? subject.id : subject.templateId;

/** Whether the event that says "verified" may still be on its way, see `LIMITS.endpointGraceMs`. */
export const maySoonBeVerified = (endpoint: EndpointSignal | null, openedAt: Date, now: Date): boolean =>
  (endpoint === null || endpoint.verifiedAt === null) && now.getTime() - openedAt.getTime() < LIMITS.endpointGraceMs;
