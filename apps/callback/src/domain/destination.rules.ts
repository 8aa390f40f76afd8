import { text, type Violation } from '@daikaifa/kernel';
import { isKnownPattern, isPattern } from './event-pattern';
import type { Destination } from './destination';

const MAX_NAME_LENGTH = 60;
const MAX_URL_LENGTH = 2_048;
const MAX_PATTERNS = 50;
const MAX_FILTER_IDS = 200;
const MAX_ID_LENGTH = 128;
const MAX_CONCURRENCY = 64;
const MAX_PER_SECOND = 1_000;

/** What the rules depend on besides the destination itself. */
export interface DestinationRules {
  readonly requireHttps: boolean;
  /** Every event type of the platform. */
  readonly types: readonly string[];
}

/** One violation, or none where the rule holds. */
const unless = (holds: boolean, broken: Omit<Violation, 'severity'>): Violation[] =>
  holds ? [] : [{ ...broken, severity: 'ERROR', ...(broken.given && { given: broken.given.slice(0, 64) }) }];

const checkName = (name: string): Violation[] =>
  unless(name.length >= 1 && [...name].length <= MAX_NAME_LENGTH, {
    field: 'name',
    code: 'NAME_LENGTH',
    text: text(`名称须为 1–${MAX_NAME_LENGTH} 个字`, `The name must have 1 to ${MAX_NAME_LENGTH} characters`),
    limit: `1–${MAX_NAME_LENGTH}`,
    given: name,
  });

const checkUrl = (given: string, requireHttps: boolean): Violation[] => {
  const url = given.length <= MAX_URL_LENGTH && URL.canParse(given) ? new URL(given) : null;
  // Credentials in an address would stand in every list; a fragment is never sent.
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || url.hash !== '') {
    return unless(false, {
      field: 'url',
      code: 'URL_FORMAT',
      text: text(
        '须为不含账号与 # 片段的 http(s) 地址',
        'Must be an http(s) address without credentials and without a fragment',
      ),
      limit: `${MAX_URL_LENGTH}`,
    });
  }
  return unless(!requireHttps || url.protocol === 'https:', {
    field: 'url',
    code: 'URL_NOT_HTTPS',
    text: text('投递地址必须使用 https', 'The address must be https'),
    limit: 'https',
    given,
  });
};

const checkPattern = (pattern: string, field: string, types: readonly string[]): Violation[] =>
  isPattern(pattern)
    ? unless(isKnownPattern(pattern, types), {
        field,
        code: 'EVENT_TYPE_UNKNOWN',
        text: text('没有这种事件类型', 'There is no such event type'),
        given: pattern,
      })
    : unless(false, {
        field,
        code: 'EVENT_TYPE_FORMAT',
        text: text('须为事件类型，或以 .* 结尾的前缀', 'Must be an event type, or a beginning that ends in .*'),
        given: pattern,
      });

const checkEventTypes = (patterns: readonly string[], types: readonly string[]): Violation[] => [
  ...unless(patterns.length >= 1 && patterns.length <= MAX_PATTERNS, {
    field: 'eventTypes',
    code: 'EVENT_TYPES_COUNT',
    text: text(`须订阅 1–${MAX_PATTERNS} 种事件`, `Subscribe to 1 to ${MAX_PATTERNS} event types`),
    limit: `1–${MAX_PATTERNS}`,
    given: String(patterns.length),
  }),
  ...patterns.flatMap((pattern, index) => checkPattern(pattern, `eventTypes.${index}`, types)),
];

const checkIds = (field: string, ids: readonly string[]): Violation[] =>
  unless(ids.length <= MAX_FILTER_IDS && ids.every((id) => id !== '' && id.length <= MAX_ID_LENGTH), {
    field,
    code: 'FILTER_IDS',
    text: text(`最多 ${MAX_FILTER_IDS} 个编号，且不能为空`, `At most ${MAX_FILTER_IDS} ids, none of them empty`),
    limit: `${MAX_FILTER_IDS}`,
    given: String(ids.length),
  });

const checkRange = (field: string, given: number, max: number): Violation[] =>
  unless(Number.isInteger(given) && given >= 1 && given <= max, {
    field,
    code: 'OUT_OF_RANGE',
    text: text(`须为 1–${max} 的整数`, `Must be a whole number from 1 to ${max}`),
    limit: `1–${max}`,
    given: String(given),
  });

/** Every broken rule of the whole. */
export const checkDestination = (destination: Destination, { requireHttps, types }: DestinationRules): Violation[] => [
  ...checkName(destination.name),
  ...checkUrl(destination.url, requireHttps),
  ...checkEventTypes(destination.eventTypes, types),
  ...checkIds('templateIds', destination.filter.templateIds),
  ...checkIds('corpIds', destination.filter.corpIds),
  ...checkRange('concurrency', destination.concurrency, MAX_CONCURRENCY),
  ...checkRange('perSecond', destination.perSecond, MAX_PER_SECOND),
];
