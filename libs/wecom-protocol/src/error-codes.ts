import { text, type LocalizedText } from '@daikaifa/kernel';

/** What the caller of WeCom's API does about a code. */
export const ERROR_CLASSES = {
  /** WeCom is busy; the same call may succeed later. */
  RETRY: { retryable: true },
  /** A frequency limit; wait longer. Never hammer: the ban grows. */
  RATE_LIMITED: { retryable: true },
  /** Fetch the token again and repeat the call once. */
  TOKEN_EXPIRED: { retryable: true },
  /** No newer suite_ticket than the stored one helps: wait for the next push. */
  TICKET_INVALID: { retryable: true },
  /** A wrong secret. Never repeat it: an hour's ban of the calling IP threatens. */
  SECRET_REFUSED: { retryable: false },
  /** A single-use code is unknown, used or expired. */
  CODE_INVALID: { retryable: false },
  /** The corp has cancelled, or never authorized. */
  AUTHORIZATION_GONE: { retryable: false },
  AUTHORIZATION_EXISTS: { retryable: false },
  TEMPLATE_NOT_ONLINE: { retryable: false },
  /** The app is disabled, off the shelf or its corp unavailable; a change_auth tells when it is back. */
  APP_UNAVAILABLE: { retryable: false },
  /** The calling IP is not on the list that applies. */
  IP_REFUSED: { retryable: false },
  /** The app lacks a permission. */
  FORBIDDEN: { retryable: false },
  /** An id, secret or setting that a person recorded is wrong. */
  CONFIGURATION: { retryable: false },
  /** The request itself is wrong; sending it again cannot help. */
  REQUEST: { retryable: false },
  /** Not in the table. */
  UNKNOWN: { retryable: false },
} as const;

export type ErrorClass = keyof typeof ERROR_CLASSES;

export interface WecomErrorCode {
  readonly code: number;
  /** Ours: WeCom's codes have no names. */
  readonly name: string;
  readonly classification: ErrorClass;
  readonly text: LocalizedText;
}

type Row = readonly [code: number, name: string, classification: ErrorClass, zh: string, en: string];

// doc 96213 (全局错误码): 4.1 credentials and authorization, 4.2 addresses, 4.4 throttling.
const ROWS: readonly Row[] = [
  [-1, 'SYSTEM_BUSY', 'RETRY', '系统繁忙', 'WeCom is busy'],
  [6000, 'DATA_VERSION_CONFLICT', 'RETRY', '数据版本冲突，请稍后重试', 'Concurrent writers; try later'],
  [
    40001,
    'INVALID_SECRET',
    'SECRET_REFUSED',
    'secret 无效、已重置，或应用已停用',
    'The secret is wrong or was reset, or the app is stopped',
  ],
  [
    40013,
    'INVALID_CORPID',
    'CONFIGURATION',
    'CorpID 无效',
    'The corp id is not valid here (encrypted or plain, exact case)',
  ],
  [
    40014,
    'INVALID_ACCESS_TOKEN',
    'TOKEN_EXPIRED',
    'access_token 无效、过期或类型不符',
    'The access token is invalid, expired or of the wrong type',
  ],
  [40029, 'INVALID_OAUTH_CODE', 'CODE_INVALID', 'oauth code 无效', 'The OAuth code is invalid, used or expired'],
  [40056, 'INVALID_AGENTID', 'CONFIGURATION', 'agentid 无效', 'The agent id is not valid'],
  [
    40057,
    'CALLBACK_URL_REFUSED',
    'CONFIGURATION',
    '回调 URL 不合法或验证失败',
    'The callback URL is illegal or failed its verification',
  ],
  [40077, 'INVALID_PRE_AUTH_CODE', 'CODE_INVALID', '预授权码无效', 'The pre-auth code is invalid'],
  [40078, 'INVALID_AUTH_CODE', 'CODE_INVALID', '临时授权码无效、已使用或已过期', 'The auth code is invalid, used or expired'],
  [40080, 'INVALID_SUITE_SECRET', 'SECRET_REFUSED', 'suite_secret 无效', 'The suite secret is wrong'],
  [
    40082,
    'INVALID_SUITE_ACCESS_TOKEN',
    'TOKEN_EXPIRED',
    'suite_access_token 无效或过期',
    'The suite token is invalid or expired',
  ],
  [40083, 'INVALID_SUITE_ID', 'CONFIGURATION', 'suite_id 不存在', 'There is no such suite id'],
  [
    40084,
    'INVALID_PERMANENT_CODE',
    'AUTHORIZATION_GONE',
    '永久授权码无效，或授权已取消',
    'The permanent code is invalid or the authorization was cancelled',
  ],
  [40085, 'INVALID_SUITE_TICKET', 'TICKET_INVALID', 'suite_ticket 缺失或已过期', 'The suite ticket is missing or expired'],
  [40086, 'INVALID_SUITE_APPID', 'CONFIGURATION', '第三方应用 appid 无效', 'The third-party app id is invalid'],
  [
    40091,
    'SECRET_OF_ANOTHER_CORP',
    'SECRET_REFUSED',
    'secret 无效，可能属于其他企业',
    'The secret is invalid, perhaps of another corp',
  ],
  [41001, 'ACCESS_TOKEN_MISSING', 'REQUEST', '缺少 access_token 参数', 'The access token is missing in the URL'],
  [41002, 'CORPID_MISSING', 'REQUEST', '缺少 corpid 参数', 'The corp id is missing'],
  [41004, 'SECRET_MISSING', 'REQUEST', '缺少 secret 参数', 'The secret is missing'],
  [41008, 'AUTH_CODE_MISSING', 'REQUEST', '缺少 auth code 参数', 'The auth code is missing'],
  [41011, 'AGENTID_MISSING', 'REQUEST', '缺少 agentid', 'The agent id is missing'],
  [41021, 'SUITE_ID_MISSING', 'REQUEST', '缺少 suite_id', 'The suite id is missing'],
  [41022, 'SUITE_ACCESS_TOKEN_MISSING', 'REQUEST', '缺少 suite_access_token', 'The suite token is missing'],
  [41023, 'SUITE_TICKET_MISSING', 'REQUEST', '缺少 suite_ticket', 'The suite ticket is missing'],
  [41024, 'SUITE_SECRET_MISSING', 'REQUEST', '缺少 secret', 'The secret is missing'],
  [41025, 'PERMANENT_CODE_MISSING', 'REQUEST', '缺少 permanent_code', 'The permanent code is missing'],
  [42001, 'ACCESS_TOKEN_EXPIRED', 'TOKEN_EXPIRED', 'access_token 已过期', 'The access token has expired'],
  [42003, 'OAUTH_CODE_EXPIRED', 'CODE_INVALID', 'code 已过期', 'The code has expired'],
  [42007, 'PRE_AUTH_CODE_EXPIRED', 'CODE_INVALID', '预授权码已过期', 'The pre-auth code has expired'],
  [42009, 'SUITE_ACCESS_TOKEN_EXPIRED', 'TOKEN_EXPIRED', 'suite_access_token 已过期', 'The suite token has expired'],
  [42022, 'CODE_USED', 'CODE_INVALID', 'code 已使用', 'The code was used before'],
  [43012, 'CALLBACK_URL_NEEDED', 'CONFIGURATION', '应用须先配置回调 URL', 'The app needs a callback URL first'],
  [45009, 'API_LIMIT_EXCEEDED', 'RATE_LIMITED', '接口调用超过限制', 'The limit of API calls is exceeded'],
  [45029, 'ANSWER_TOO_BIG', 'REQUEST', '回包过大', 'The answer would be too big'],
  [45033, 'CONCURRENCY_LIMIT', 'RATE_LIMITED', '接口并发调用超过限制', 'Too many concurrent calls'],
  [45035, 'CONCURRENT_CONFLICT', 'RETRY', '并发操作冲突', 'Concurrent operations are in conflict'],
  [45036, 'DATA_ACCESS_LIMIT', 'RATE_LIMITED', '数据访问受限（流量异常）', 'Data access is limited because of abnormal traffic'],
  [48001, 'API_UNAUTHORIZED', 'FORBIDDEN', 'API 未授权', 'The API is not authorized'],
  [
    48002,
    'API_FORBIDDEN',
    'FORBIDDEN',
    'API 禁止调用，权限或 token 类型不符',
    'The API is forbidden: permission or kind of token does not match',
  ],
  [
    48003,
    'SUITE_TOKEN_MISMATCH',
    'CONFIGURATION',
    'suite_id 与 suite_access_token 不匹配',
    'The suite id and the suite token do not match',
  ],
  [
    48004,
    'AUTHORIZATION_RELATION_INVALID',
    'AUTHORIZATION_GONE',
    '授权关系无效：未授权或已取消',
    'No authorization, or a cancelled one',
  ],
  [48005, 'API_DEPRECATED', 'REQUEST', 'API 已废弃', 'The API is deprecated'],
  [
    48006,
    'API_RIGHTS_WITHDRAWN',
    'APP_UNAVAILABLE',
    '企业长期未使用应用，接口权限已被收回',
    'API rights were withdrawn because the corp did not use the app',
  ],
  [48008, 'CONTACT_EDIT_RESTRICTED', 'FORBIDDEN', '通讯录编辑权限受限', 'Editing contacts is restricted'],
  [48009, 'CONTACT_SYNC_IP_RESTRICTED', 'IP_REFUSED', '通讯录同步的 IP 受限', 'The IP may not synchronise contacts'],
  [48011, 'LOW_ACTIVITY', 'FORBIDDEN', '成员活跃度不足，无法获取客户数据', 'Member activity is too low for customer data'],
  [
    50001,
    'REDIRECT_DOMAIN_UNTRUSTED',
    'CONFIGURATION',
    'redirect_url 域名不在可信域名内',
    'The redirect domain is not among the trusted domains',
  ],
  [50002, 'MEMBER_OUT_OF_RANGE', 'FORBIDDEN', '成员不在权限范围', 'The member is outside the permitted range'],
  [50003, 'APP_DISABLED', 'APP_UNAVAILABLE', '应用已禁用', 'The app is disabled'],
  [60020, 'IP_NOT_ALLOWED', 'IP_REFUSED', '不安全的访问 IP，不在白名单内', 'The calling IP is not on the whitelist'],
  [60028, 'HOME_URL_NOT_BY_API', 'FORBIDDEN', '第三方应用不能通过接口修改主页', 'The home page of such an app cannot be set by API'],
  [84054, 'AUTH_CORPID_MISSING', 'REQUEST', '缺少 auth_corpid', 'The corp id is missing'],
  [84075, 'AUTH_CODE_EXPIRED', 'CODE_INVALID', '授权码不合法或已过期', 'The auth code is illegal or expired'],
  [84076, 'AUTH_CODE_ABSENT', 'REQUEST', '缺少授权码', 'The auth code is missing'],
  [84085, 'APP_OFF_THE_SHELF', 'APP_UNAVAILABLE', '应用已下架', 'The app was taken off the shelf'],
  [
    85111,
    'DOMAIN_OF_A_PROVIDER',
    'CONFIGURATION',
    '可信域名属于第三方服务商，请使用代开发',
    'The domain belongs to a provider: use delegated development',
  ],
  [
    90308,
    'IP_AUTHENTICATION',
    'IP_REFUSED',
    '已开启 IP 鉴权，请求 IP 不合法',
    'IP authentication is on and the IP is not allowed',
  ],
  [90351, 'APP_STATE_ABNORMAL', 'APP_UNAVAILABLE', '应用状态异常', 'The state of the app is abnormal'],
  [
    301002,
    'AGENT_NOT_PERMITTED',
    'CONFIGURATION',
    '无权操作指定应用，token 属于其他 agentid',
    'The token belongs to another agent id',
  ],
  [301007, 'CORP_UNAVAILABLE', 'APP_UNAVAILABLE', '企业不可用（已解散或被封禁）', 'The corp is dissolved or banned'],
  [610019, 'NO_THIRD_PARTY_APP', 'FORBIDDEN', '企业未安装第三方应用', 'The corp has installed no third-party app'],
  [610020, 'NO_APP_OF_THE_PROVIDER', 'FORBIDDEN', '企业未安装同一服务商的应用', 'The corp has installed no app of this provider'],
  [610021, 'NO_CUSTOMER_PERMISSION', 'FORBIDDEN', '应用没有客户联系权限', 'The app lacks the customer permission'],
  [610022, 'CORP_IS_THE_PROVIDER', 'REQUEST', '企业与服务商为同一企业', 'Corp and provider are the same'],
  [710000, 'INVALID_OPEN_CORPID', 'REQUEST', 'open_corpid 不合法', 'The encrypted corp id is illegal'],
  [842002, 'TEMPLATE_NOT_ONLINE', 'TEMPLATE_NOT_ONLINE', '代开发应用模版未上线', 'The template is not online'],
  [842003, 'NOT_A_TEMPLATE', 'CONFIGURATION', '不是代开发应用模版', 'This is no delegated-development template'],
  [842004, 'TEMPLATE_COUNT_INVALID', 'REQUEST', '模版数量不合法', 'The number of templates is illegal'],
  [842005, 'APP_TYPE_UNSUPPORTED', 'REQUEST', '不支持的应用类型', 'The type of the app is not supported'],
  [842006, 'AUTHORIZATION_EXISTS', 'AUTHORIZATION_EXISTS', '代开发授权已存在', 'The corp has authorized already'],
  [
    846000,
    'NOT_A_PROVIDER_APP',
    'FORBIDDEN',
    '调用方不是代开发或第三方应用',
    'The caller is neither a delegated nor a third-party app',
  ],
  [2000002, 'CORPID_DOES_NOT_EXIST', 'CONFIGURATION', 'CorpId 参数无效或不存在', 'The corp id is invalid or does not exist'],
];

export const WECOM_ERROR_CODES: ReadonlyMap<number, WecomErrorCode> = new Map(
  ROWS.map(([code, name, classification, zh, en]) => [code, { code, name, classification, text: text(zh, en) }]),
);

/** A code outside the table is final: repeating a call that WeCom refused for an unknown reason helps nobody. */
export const classifyErrorCode = (code: number): WecomErrorCode =>
  WECOM_ERROR_CODES.get(code) ?? {
    code,
    name: 'UNKNOWN',
    classification: 'UNKNOWN',
    text: text(`企业微信返回错误码 ${code}`, `WeCom answered with the code ${code}`),
  };

export const isRetryable = (errorClass: ErrorClass): boolean => ERROR_CLASSES[errorClass].retryable;

/** WeCom's own page about a code. */
export const errorCodeHelpUrl = (code: number): string =>
  `https://open.work.weixin.qq.com/devtool/query?e=${encodeURIComponent(code)}`;
