import { isAppError, type Violation } from '@daikaifa/kernel';
import type { BookedEntry, BookedLetter } from '@daikaifa/messaging';
import { COMMANDS, type Status } from './request';
import type { Answer, ServiceCount } from './run';

const STATUS_ZH: Readonly<Record<Status, string>> = {
  OPEN: '待处理',
  WAITING: '等待重新处理',
  REDRIVEN: '已处理',
  DISCARDED: '已丢弃',
};

/** Dates as ISO, without the fraction that nobody reads. */
const at = (date: Date | string): string => new Date(date).toISOString().replace(/\.\d+Z$/, 'Z');

/** What came from outside may hold line breaks and control characters: a terminal must not obey them. */
const plain = (value: string): string => value.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '·');

const errorOf = ({ error, appError }: BookedLetter): string =>
  appError === null ? plain(error) : plain(`${appError.code} ${appError.text.zh} / ${appError.text.en}`);

const ofCount = ({ service, ran, ...count }: ServiceCount): readonly string[] => [
  ran
    ? `${service.padEnd(14)} open 待处理 ${count.open}, waiting 等待 ${count.waiting}, redriven 已处理 ${count.redriven}, discarded 已丢弃 ${count.discarded}` +
      (count.oldestOpenAt === null ? '' : `; oldest open since 最早 ${at(count.oldestOpenAt)}`)
    : `${service.padEnd(14)} has no topics here: never ran, or another KAFKA_TOPIC_PREFIX · 此处没有该服务的主题`,
  ...count.topics.map(({ topic, open, waiting }) => `  ${plain(topic)}  open ${open}, waiting ${waiting}`),
];

const ofLetter = (letter: BookedLetter): readonly string[] => [
  `${letter.id}  ${letter.status}  ${letter.reason}  ${plain(letter.topic)}  ${plain(letter.event?.type ?? '–')}  failed ${letter.attempts}×, first ${at(letter.firstFailedAt)}`,
  `  ${errorOf(letter)}`,
];

const ofDetails = (letter: BookedLetter): readonly string[] => {
  const { event } = letter;
  const lines: ReadonlyArray<readonly [string, string]> = [
    ['status 状态', `${letter.status} ${STATUS_ZH[letter.status]}`],
    ['record 记录', `${letter.topic}, partition ${letter.partition}, offset ${letter.offset}`],
    ['key 键', letter.key],
    ['consumer 消费者', letter.consumer],
    ['event 事件', event === null ? 'no JSON object · 不是 JSON 对象' : `${event.type ?? '–'}, ${event.id ?? '–'}, ${event.time ?? '–'}`],
    ['tenant 主体', event?.tenant ?? '–'],
    ['correlation 关联', event?.correlationId ?? '–'],
    ['content 内容', `${letter.sizeBytes} bytes, masked 不显示`],
    ['fault 原因', letter.reason],
    ['error 错误', errorOf(letter)],
    ['failed 失败', `${letter.attempts}×, first ${at(letter.firstFailedAt)}, last ${at(letter.failedAt)}`],
    ['kept until 保留至', at(letter.keptUntil)],
  ];
  return [letter.id, ...lines.map(([name, value]) => `  ${name}: ${plain(value)}`)];
};

const ofEntry = (entry: BookedEntry): readonly string[] => [
  `${at(entry.at)}  ${entry.action}  ${entry.letterId}  by ${plain(entry.by)}  ${plain(entry.topic)}  ${plain(entry.eventType ?? '–')}` +
    (entry.reason === null ? '' : `  ${plain(entry.reason)}`),
];

const ofPage = (total: number, next: string | null, items: readonly string[]): readonly string[] => [
  ...items,
  `${total} in all · 共 ${total} 条${next === null ? '' : `; next page 下一页: --after ${next}`}`,
];

/** For people. */
export const linesOf = (answer: Answer): readonly string[] => {
  switch (answer.kind) {
    case 'count':
      return answer.services.flatMap(ofCount);
    case 'list':
      return ofPage(answer.total, answer.next, answer.items.flatMap(ofLetter));
    case 'show':
      return answer.items.flatMap(ofDetails);
    case 'journal':
      return ofPage(answer.total, answer.next, answer.items.flatMap(ofEntry));
    case 'redrive':
      return [
        `${answer.service}: asked 已请求 ${answer.asked}, redriven 已处理 ${answer.redriven}, failed again 再次失败 ${answer.failedAgain}, ` +
          `still waiting 仍在等待 ${answer.waiting}; waiting or done before 之前已请求或已处理 ${answer.already}`,
      ];
    case 'discard':
      return [`${answer.service}: discarded 已丢弃 ${answer.discarded}, before 之前已丢弃 ${answer.already}`];
  }
};

export const usage = (): readonly string[] => [
  'npm run dead-letters -- <command> [--service <name>] [options] [--json]',
  ...Object.entries(COMMANDS).map(([name, { options, ids, about }]) => {
    const letters = { none: '', some: ' <id …>', choice: ' <id …>|--all|--topic' }[ids];
    const others = options.filter((option) => option !== 'service' && (ids !== 'choice' || (option !== 'all' && option !== 'topic')));
    return `  ${`${name}${letters}`.padEnd(32)} ${about.zh} · ${about.en}${others.map((option) => `  --${option}`).join('')}`;
  }),
];

const ofViolation = ({ field, given, text }: Violation): string =>
  `  ${plain(field)}${given === undefined || given === field ? '' : ` (${plain(given)})`}: ${text.zh} / ${text.en}`;

export const violationLines = (violations: readonly Violation[]): readonly string[] => [
  `输入有 ${violations.length} 处错误 / The input has ${violations.length} fault(s):`,
  ...violations.map(ofViolation),
];

/** Of an error that is no fault of the input: most often Kafka is away. */
export const errorLine = (error: unknown): string =>
  isAppError(error) ? `${error.text.zh} / ${error.text.en}` : plain(error instanceof Error ? error.message : String(error));
