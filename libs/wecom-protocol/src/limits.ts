const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

interface Limit {
  readonly value: number;
  /** Document number at developer.work.weixin.qq.com, or why it is ours. */
  readonly source: string;
}

/** Every limit and clock of WeCom's protocol that the product knows, with its source. Durations are in milliseconds. */
export const LIMIT_TABLE = {
  suiteTicketPushEveryMs: { value: 10 * MINUTE_MS, source: 'doc 97173' },
  suiteTicketValidMs: { value: 30 * MINUTE_MS, source: 'doc 97173' },
  suiteTicketAlarmAfterMs: { value: 20 * MINUTE_MS, source: 'ours: two pushes missed, one left' },
  suiteTicketMaxBytes: { value: 512, source: 'doc 97173' },
  authCodeValidMs: { value: 10 * MINUTE_MS, source: 'doc 97163, 100965' },
  authCodeMaxBytes: { value: 512, source: 'doc 97163' },
  permanentCodeMaxBytes: { value: 512, source: 'doc 97163' },
  preAuthCodeValidMs: { value: 20 * MINUTE_MS, source: 'doc 90601' },
  accessTokenValidMs: { value: 7_200 * SECOND_MS, source: 'doc 96237, 97162, 97164' },
  accessTokenMaxBytes: { value: 512, source: 'doc 96237, 97162, 97164' },
  customizedAuthUrlValidMs: { value: 864_000 * SECOND_MS, source: 'doc 98744' },
  customizedAuthStateMaxBytes: { value: 32, source: 'doc 98744' },
  customizedAuthTemplatesMin: { value: 1, source: 'doc 98744' },
  customizedAuthTemplatesMax: { value: 9, source: 'doc 98744' },
  batchQrTemplatesMin: { value: 2, source: 'doc 97201' },
  batchQrTemplatesMax: { value: 9, source: 'doc 97201' },
  installStateMaxBytes: { value: 128, source: 'doc 90597' },
  urlVerificationAnswerMs: { value: 1 * SECOND_MS, source: 'doc 96238 §3.1' },
  authorizationEventAnswerMs: { value: 1 * SECOND_MS, source: 'doc 100965, 97175' },
  eventAnswerMs: { value: 5 * SECOND_MS, source: 'doc 96238, 96466' },
  eventSends: { value: 3, source: 'doc 96238, 96466' },
  callbackTokenMaxLength: { value: 32, source: 'doc 96238 §2' },
  encodingAesKeyLength: { value: 43, source: 'doc 96211' },
  callbackBodyMaxBytes: { value: 1_048_576, source: 'ours: the largest documented event has a few kilobytes' },
  apiAnswerMaxBytes: { value: 4_194_304, source: 'ours' },
  testCorpsPerProvider: { value: 30, source: 'doc 97176' },
  testAccountsPerPersonalApp: { value: 10, source: 'doc 95672' },
  corpsPerPersonalApp: { value: 10, source: 'doc 95672' },
  usersPerPersonalApp: { value: 100, source: 'doc 95672' },
  trustedDomainChangesPerMonth: { value: 20, source: 'doc 96212, 96213 (85004)' },
  personalReviewMinWorkingDays: { value: 1, source: 'doc 95672' },
  personalReviewMaxWorkingDays: { value: 2, source: 'doc 95672' },
  jsapiTicketsPerHourPerCorp: { value: 400, source: 'doc 96212' },
  jsapiTicketsPerHourPerApp: { value: 100, source: 'doc 96212' },
  wrongSecretBanMs: { value: 1 * HOUR_MS, source: 'doc 96213 (45009)' },
  callbackIpPullEveryMs: { value: 1 * DAY_MS, source: 'doc 98988' },
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitName = keyof typeof LIMIT_TABLE;

/** The values of `LIMIT_TABLE` alone: `LIMITS.authCodeValidMs`. */
export const LIMITS = Object.freeze(
  Object.fromEntries(Object.entries(LIMIT_TABLE).map(([name, { value }]) => [name, value])),
) as { readonly [Name in LimitName]: number };

/** What WeCom accepts as the `state` of get_customized_auth_url (doc 98744). */
export const CUSTOMIZED_AUTH_STATE = /^[a-zA-Z0-9]{1,32}$/;
