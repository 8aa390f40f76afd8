import { text } from '@daikaifa/kernel';
import { checkFields, type RuleSet } from '@daikaifa/rules';
import { ofViolations, only, type Finding } from './precheck-finding';
import type { CorpAppPlace, CorpAppPrecheckCode, CorpAppSnapshot } from './review-item';

/** What the permission service last said about the custom permissions of an app. */
export interface PermissionSignal {
  readonly corpAppId: string;
  readonly publisherId: string;
  readonly sequence: number;
  /** The corp has not answered the newest request yet. */
  readonly isUnconfirmed: boolean;
}

export interface CorpAppFacts {
  readonly snapshot: CorpAppSnapshot;
  readonly rules: RuleSet;
  readonly environment: CorpAppPlace['environment'];
  /** Null: nothing was heard of its permissions yet. */
  readonly permissions: PermissionSignal | null;
}

const checkMenuWords = ({ snapshot, rules }: CorpAppFacts): readonly Finding[] =>
  snapshot.menu.length === 0
    ? [{ outcome: 'PASSED', field: 'menu', text: text('未配置菜单', 'There is no menu') }]
    : ofViolations(
        checkFields(only(rules, 'MENU'), snapshot, { mode: 'save' }),
        text('菜单名称未使用特殊词汇', 'No name of the menu has reserved words'),
      );

const PROOFS: Readonly<Record<CorpAppSnapshot['trustedDomainProof'], Finding>> = {
  PROVED: { outcome: 'PASSED', text: text('可信域名的归属文件校验通过', 'The ownership file of the trusted domain is there') },
  FILE_MISSING: {
    outcome: 'WARNING',
    reason: 'FILE_MISSING',
    text: text(
      '未在可信域名下取得归属文件：仅支持 OAuth2，JS-SDK 受限',
      'The ownership file was not found on the trusted domain: OAuth2 works, JS-SDK is limited',
    ),
  },
  NOT_CHECKED: {
    outcome: 'NOT_CHECKED',
    reason: 'PROOF_NOT_CHECKED',
    text: text('未检查：提交时未校验归属文件', 'Not checked: the ownership file was not looked for at the submission'),
  },
};

const checkTrustedDomain = ({ snapshot }: CorpAppFacts): readonly Finding[] => {
  const none = text('未检查：未填写可信域名', 'Not checked: there is no trusted domain');
  return snapshot.trustedDomain === null
    ? [{ outcome: 'NOT_CHECKED', reason: 'NO_TRUSTED_DOMAIN', field: 'trustedDomain', text: none }]
    : [{ ...PROOFS[snapshot.trustedDomainProof], field: 'trustedDomain' }];
};

const checkFiling = (): readonly Finding[] => [
  {
    outcome: 'NOT_CHECKED',
    reason: 'DECLARATION',
    field: 'trustedDomain',
    text: text(
      '未检查：可信域名的 ICP 备案以提交人的声明为准，由审核员核对',
      "Not checked: the ICP filing of the trusted domain is the submitter's declaration; the reviewer verifies it",
    ),
  },
];

const checkPermissions = ({ permissions }: CorpAppFacts): readonly Finding[] => {
  if (permissions === null) {
    const why = text('未检查：尚不知该应用的权限', 'Not checked: nothing is known of its permissions yet');
    return [{ outcome: 'NOT_CHECKED', reason: 'PERMISSIONS_UNKNOWN', text: why }];
  }
  const waiting = text(
    '有自定义权限待企业客户确认，上线后相关接口可能不可用',
    'Custom permissions wait for the corp to confirm them; what needs them may not work after the launch',
  );
  return permissions.isUnconfirmed
    ? [{ outcome: 'WARNING', reason: 'PERMISSIONS_UNCONFIRMED', text: waiting }]
    : [{ outcome: 'PASSED', text: text('没有待企业客户确认的权限', 'No permission waits for the corp') }];
};

const checkSelfTest = ({ snapshot, environment }: CorpAppFacts): readonly Finding[] => {
  if (environment === 'TEST') {
    return [{ outcome: 'PASSED', text: text('此应用用于自行测试', 'This app is the self test') }];
  }
  return snapshot.selfTested
    ? [{ outcome: 'PASSED', text: text('已在测试企业自行测试', 'It was tried in a test corp before') }]
    : [{ outcome: 'WARNING', reason: 'NOT_SELF_TESTED', text: text('未在测试企业自行测试', 'It was not tried in a test corp') }];
};

/** WeCom wants it since 2022 but has no interface that would tell: a line for people. */
const remindOfPricing = (): readonly Finding[] => [
  {
    outcome: 'NOT_CHECKED',
    reason: 'CONSOLE_ONLY',
    text: text(
      '未检查：提交上线前须在“服务商助手 › 应用开发 › 应用代开发 › 应用详情”中配置定价策略（需已开通商户号），' +
        '缺少有效的应用订单可能影响上线与更新，请人工核对',
      'Not checked: before the launch a pricing strategy must be set in 服务商助手 › 应用开发 › 应用代开发 › app detail ' +
        '(it needs a merchant number); without an effective order launch and updates may be refused; a person verifies it',
    ),
  },
];

/** What is looked at besides the checks that every subject has. */
export const CORP_APP_CHECKS: Readonly<Record<CorpAppPrecheckCode, (facts: CorpAppFacts) => readonly Finding[]>> = {
  MENU_WORDS: checkMenuWords,
  TRUSTED_DOMAIN: checkTrustedDomain,
  ICP_FILING: checkFiling,
  PERMISSIONS: checkPermissions,
  SELF_TEST: checkSelfTest,
  PRICING_STRATEGY: remindOfPricing,
};
