import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { text, type LocalizedText, type Violation } from '@daikaifa/kernel';
import { SERVICES } from '@daikaifa/stack';

export type Service = (typeof SERVICES)[number];

export const STATUSES = ['OPEN', 'WAITING', 'REDRIVEN', 'DISCARDED'] as const;
export type Status = (typeof STATUSES)[number];

interface CommandDefinition {
  readonly options: readonly OptionName[];
  /** Letters named one by one: not at all, at least one, or one of several ways to choose them. */
  readonly ids: 'none' | 'some' | 'choice';
  readonly about: LocalizedText;
}

const OPTIONS = {
  service: { type: 'string' },
  topic: { type: 'string' },
  status: { type: 'string' },
  first: { type: 'string' },
  after: { type: 'string' },
  all: { type: 'boolean' },
  by: { type: 'string' },
  reason: { type: 'string' },
  wait: { type: 'string' },
  json: { type: 'boolean' },
} as const;
type OptionName = keyof typeof OPTIONS;

export const COMMANDS = {
  count: { options: ['service'], ids: 'none', about: text('各服务的死信数量', 'how many dead letters each service has') },
  list: {
    options: ['service', 'topic', 'status', 'first', 'after'],
    ids: 'none',
    about: text('列出一个服务的死信', 'the dead letters of a service'),
  },
  show: { options: ['service'], ids: 'some', about: text('查看死信详情（不含内容）', 'all about some, without their content') },
  redrive: {
    options: ['service', 'topic', 'all', 'by', 'wait'],
    ids: 'choice',
    about: text('请服务重新处理', 'asks the service to deal with them again'),
  },
  discard: {
    options: ['service', 'topic', 'all', 'by', 'reason'],
    ids: 'choice',
    about: text('标记为无需处理，并记录原因', 'says that they need nothing, and why'),
  },
  journal: {
    options: ['service', 'first', 'after'],
    ids: 'none',
    about: text('处理记录，最新的在前', 'what became of them, newest first'),
  },
} as const satisfies Readonly<Record<string, CommandDefinition>>;
export type CommandName = keyof typeof COMMANDS;

/** What somebody typed, checked. */
export interface Request {
  readonly command: CommandName;
  /** All of them where the command is for all; else one. */
  readonly services: readonly Service[];
  readonly ids: readonly string[];
  readonly topic: string | null;
  readonly status: Status | null;
  readonly first: number;
  readonly after: string | null;
  readonly by: string;
  readonly reason: string;
  readonly waitSec: number;
}

export type Parsed =
  | { readonly request: Request; readonly violations?: undefined; readonly json: boolean }
  | { readonly request?: undefined; readonly violations: readonly Violation[]; readonly json: boolean };

const LIMITS = { first: [1, 200], wait: [0, 3_600], by: [2, 80], reason: [5, 500] } as const;
const DEFAULT_FIRST = 50;
const DEFAULT_WAIT_SEC = 30;
const LETTER_ID = /^[0-9a-f]{8}-[0-9a-f]{4}$/;
const POSITION = /^\d{1,15}$/;
const MAX_GIVEN_LENGTH = 80;

type Values = Readonly<Record<string, string | boolean | undefined>>;

const createFaults = () => {
  const violations: Violation[] = [];
  return {
    violations,
    add: (field: string, code: string, words: LocalizedText, given?: string): void => {
      const shown = given === undefined ? {} : { given: given.slice(0, MAX_GIVEN_LENGTH) };
      violations.push({ field, code, severity: 'ERROR', text: words, ...shown });
    },
  };
};
type Faults = ReturnType<typeof createFaults>;

const isOneOf = <T extends string>(all: readonly T[], value: string): value is T => (all as readonly string[]).includes(value);

const readText = (values: Values, name: OptionName, faults: Faults): string | null => {
  const value = values[name];
  if (value === undefined || typeof value === 'string') {
    return value ?? null;
  }
  faults.add(`--${name}`, 'VALUE_MISSING', text('缺少值', 'needs a value'));
  return null;
};

const readNumber = (values: Values, name: 'first' | 'wait', fallback: number, faults: Faults): number => {
  const given = readText(values, name, faults);
  if (given === null) {
    return fallback;
  }
  const [least, most] = LIMITS[name];
  const number = /^\d{1,6}$/.test(given) ? Number(given) : Number.NaN;
  if (!(number >= least && number <= most)) {
    const words = text(`应为 ${least}–${most} 的整数`, `has to be a whole number from ${least} to ${most}`);
    faults.add(`--${name}`, 'NUMBER_RANGE', words, given);
  }
  return number;
};

const readWords = (values: Values, name: 'by' | 'reason', fallback: string, faults: Faults): string => {
  const given = (readText(values, name, faults) ?? fallback).trim();
  const [least, most] = LIMITS[name];
  if (given.length < least || given.length > most) {
    const words = text(`应为 ${least}–${most} 个字符`, `has to have ${least} to ${most} characters`);
    faults.add(`--${name}`, 'LENGTH', words, given);
  }
  return given;
};

const readChoice = <T extends string>(values: Values, name: OptionName, all: readonly T[], faults: Faults): T | null => {
  const given = readText(values, name, faults);
  if (given === null || isOneOf(all, given)) {
    return given;
  }
  faults.add(`--${name}`, 'CHOICE', text(`应为其中之一：${all.join('、')}`, `has to be one of ${all.join(', ')}`), given);
  return null;
};

const readServices = (values: Values, isForAll: boolean, faults: Faults): readonly Service[] => {
  const one = readChoice(values, 'service', SERVICES, faults);
  if (one === null && values['service'] === undefined && !isForAll) {
    faults.add('--service', 'REQUIRED', text(`必填：${SERVICES.join('、')}`, `is required: ${SERVICES.join(', ')}`));
  }
  return one === null ? SERVICES : [one];
};

const checkOptions = (command: CommandName, values: Values, faults: Faults): void => {
  const known: readonly string[] = [...COMMANDS[command].options, 'json'];
  for (const name of Object.keys(values).filter((each) => !known.includes(each))) {
    faults.add(`--${name}`, 'OPTION_UNKNOWN', text(`${command} 没有这个选项`, `is no option of ${command}`));
  }
};

const checkIds = (command: CommandName, ids: readonly string[], values: Values, faults: Faults): void => {
  const { ids: kind } = COMMANDS[command];
  for (const id of ids) {
    if (kind === 'none') {
      faults.add(id, 'ARGUMENT_UNKNOWN', text(`${command} 不接受编号`, `${command} takes no letters`), id);
    } else if (!LETTER_ID.test(id)) {
      faults.add(id, 'LETTER_ID', text('不是死信编号', 'is not the id of a dead letter'), id);
    }
  }
  const ways = [ids.length > 0, values['all'] === true, values['topic'] !== undefined].filter(Boolean).length;
  if (kind === 'some' && ids.length === 0) {
    faults.add('letters', 'REQUIRED', text('请给出死信编号', 'name at least one letter'));
  }
  if (kind === 'choice' && ways !== 1) {
    const words = text('请选择一种方式：编号、--all 或 --topic', 'choose one way: ids, --all, or --topic');
    faults.add('letters', 'CHOICE', words);
  }
};

const readAfter = (command: CommandName, values: Values, faults: Faults): string | null => {
  const after = readText(values, 'after', faults);
  const form = command === 'journal' ? POSITION : LETTER_ID;
  if (after !== null && !form.test(after)) {
    faults.add('--after', 'CURSOR', text('不是上一页给出的位置', 'is no place that a page has given'), after);
  }
  return after;
};

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
};

/** Reads the arguments of the command; every fault of them at once. */
export const parseRequest = (args: readonly string[]): Parsed => {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, strict: false, allowPositionals: true });
  const [command, ...ids] = positionals;
  const json = values.json === true;
  const faults = createFaults();
  if (command === undefined || !isOneOf(Object.keys(COMMANDS) as CommandName[], command)) {
    const all = Object.keys(COMMANDS).join(', ');
    faults.add('command', 'CHOICE', text(`应为其中之一：${all}`, `has to be one of ${all}`), command ?? '');
    return { violations: faults.violations, json };
  }
  checkOptions(command, values, faults);
  checkIds(command, ids, values, faults);
  const writes = COMMANDS[command].ids === 'choice';
  const request: Request = {
    command,
    services: readServices(values, command === 'count', faults),
    ids: [...new Set(ids)],
    topic: readText(values, 'topic', faults),
    status: readChoice(values, 'status', STATUSES, faults),
    first: readNumber(values, 'first', DEFAULT_FIRST, faults),
    after: readAfter(command, values, faults),
    by: writes ? readWords(values, 'by', userName(), faults) : '',
    reason: command === 'discard' ? readWords(values, 'reason', '', faults) : '',
    waitSec: readNumber(values, 'wait', DEFAULT_WAIT_SEC, faults),
  };
  return faults.violations.length > 0 ? { violations: faults.violations, json } : { request, json };
};
