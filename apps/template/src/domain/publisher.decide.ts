import { err, inputRejection, ok, text, type Rejection, type Result, type Violation } from '@daikaifa/kernel';
import { checkIpWhitelist, countGraphemes, errorsOf } from '@daikaifa/rules';
import type {
  ChangeServiceProvider,
  Publisher,
  PublisherFact,
  RegisterServiceProvider,
  ReviewSettings,
  TestCorp,
} from './publisher';

const MAX_NAME_LENGTH = 60;
const MAX_TEST_CORPS = 30;
const MAX_IPS = 200;
const MAX_DUE_HOURS = 720;
const MAX_DUE_WORKING_DAYS = 30;
const DEFAULT_REVIEW: ReviewSettings = {
  verdictSource: 'PLATFORM',
  fourEyes: true,
  dueHours: 48,
  dueWorkingDays: null,
};

/** A provider's own id is plaintext; a test corp may be known by its encrypted one. */
const OWN_CORP_ID = /^(ww|wx)[0-9a-zA-Z]{4,62}$/;
const ANY_CORP_ID = /^[0-9A-Za-z_-]{6,64}$/;

export interface PublisherDecision {
  readonly next: Publisher;
  readonly facts: readonly PublisherFact[];
  /** Accepted all the same; shown to the person. */
  readonly warnings: readonly Violation[];
}

/** One violation, or none where the rule holds. */
const unless = (holds: boolean, broken: Omit<Violation, 'severity'>): Violation[] =>
  holds ? [] : [{ ...broken, severity: 'ERROR', ...(broken.given && { given: broken.given.slice(0, 64) }) }];

const checkName = (field: string, name: string): Violation[] => {
  const length = countGraphemes(name);
  return unless(length >= 1 && length <= MAX_NAME_LENGTH, {
    field,
    code: 'NAME_LENGTH',
    text: text('名称须为 1–60 个字', 'The name must have 1 to 60 characters'),
    limit: '1–60',
    given: name,
  });
};

const checkTestCorps = (corps: readonly TestCorp[]): Violation[] => [
  ...unless(corps.length <= MAX_TEST_CORPS, {
    field: 'testCorps',
    code: 'TEST_CORPS_TOO_MANY',
    text: text('测试企业最多 30 个', 'At most 30 test corps'),
    limit: '30',
    given: String(corps.length),
  }),
  ...corps.flatMap(({ corpId, name }, index) => [
    ...unless(ANY_CORP_ID.test(corpId), {
      field: `testCorps.${index}.corpId`,
      code: 'CORP_ID_FORMAT',
      text: text('corpid 格式不正确', 'Not a corp id'),
      given: corpId,
    }),
    ...unless(corps.findIndex((other) => other.corpId === corpId) === index, {
      field: `testCorps.${index}.corpId`,
      code: 'CORP_REPEATED',
      text: text('测试企业重复', 'This corp is listed twice'),
      given: corpId,
    }),
    ...checkName(`testCorps.${index}.name`, name),
  ]),
];

const checkReview = ({ dueHours, dueWorkingDays: days }: ReviewSettings): Violation[] => [
  ...unless(dueHours >= 1 && dueHours <= MAX_DUE_HOURS, {
    field: 'review.dueHours',
    code: 'DUE_HOURS',
    text: text('审核时限须为 1–720 小时', 'A review is due in 1 to 720 hours'),
    limit: '1–720',
    given: String(dueHours),
  }),
  ...unless(days === null || (days >= 1 && days <= MAX_DUE_WORKING_DAYS), {
    field: 'review.dueWorkingDays',
    code: 'DUE_WORKING_DAYS',
    text: text('审核时限须为 1–30 个工作日', 'A review is due in 1 to 30 working days'),
    limit: '1–30',
    given: String(days),
  }),
];

const checkPublisher = ({ corpId, name, ipWhitelist, testCorps, review }: Publisher): Violation[] => [
  ...unless(OWN_CORP_ID.test(corpId), {
    field: 'corpId',
    code: 'CORP_ID_FORMAT',
    text: text('须为服务商自己的明文 corpid', "Must be the provider's own plaintext corp id"),
    limit: 'ww…, wx…',
    given: corpId,
  }),
  ...checkName('name', name),
  ...unless(ipWhitelist.length <= MAX_IPS, {
    field: 'ipWhitelist',
    code: 'IP_TOO_MANY',
    text: text('IP 白名单最多 200 条', 'At most 200 IP entries'),
    limit: '200',
    given: String(ipWhitelist.length),
  }),
  ...checkIpWhitelist('ipWhitelist', ipWhitelist),
  ...checkTestCorps(testCorps),
  ...checkReview(review),
];

const decided = (next: Publisher, fact: PublisherFact): Result<PublisherDecision, Rejection> => {
  const violations = checkPublisher(next);
  return errorsOf(violations).length > 0
    ? err(inputRejection(violations))
    : ok({ next, facts: [fact], warnings: violations });
};

const trimmed = (corps: readonly TestCorp[]): readonly TestCorp[] =>
  corps.map(({ corpId, name }) => ({ corpId: corpId.trim(), name: name.trim() }));

export const registerServiceProvider = (
  command: RegisterServiceProvider,
  now: Date,
): Result<PublisherDecision, Rejection> =>
  decided(
    {
      id: command.id,
      publisherId: command.id,
      version: 0,
      createdAt: now,
      updatedAt: now,
      kind: 'SERVICE_PROVIDER',
      status: 'ACTIVE',
      name: command.name.trim(),
      corpId: command.corpId.trim(),
      ipWhitelist: command.ipWhitelist.map((entry) => entry.trim()),
      testCorps: trimmed(command.testCorps),
      review: { ...DEFAULT_REVIEW, ...command.review },
    },
    { type: 'template.publisher.registered' },
  );

export const changeServiceProvider = (
  publisher: Publisher,
  command: ChangeServiceProvider,
  now: Date,
): Result<PublisherDecision, Rejection> =>
  decided(
    {
      ...publisher,
      updatedAt: now,
      name: command.name?.trim() ?? publisher.name,
      ipWhitelist: command.ipWhitelist?.map((entry) => entry.trim()) ?? publisher.ipWhitelist,
      testCorps: command.testCorps === undefined ? publisher.testCorps : trimmed(command.testCorps),
      review: { ...publisher.review, ...command.review },
    },
    { type: 'template.publisher.changed' },
  );
