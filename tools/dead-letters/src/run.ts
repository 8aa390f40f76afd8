import { setTimeout as pause } from 'node:timers/promises';
import { badUserInput, text, type Violation } from '@daikaifa/kernel';
import type { BookedEntry, BookedLetter, DeadLetterBook, DeadLetterDesk, RedriveRequest } from '@daikaifa/messaging';
import type { Request, Service } from './request';
import { selectLetters, topicFaults, unknownLetter, type Selection } from './selection';

export interface TopicCount {
  readonly topic: string;
  readonly open: number;
  readonly waiting: number;
}

export interface ServiceCount {
  readonly service: Service;
  /** False where its topics are not there: it never ran here, or the prefix is another. */
  readonly ran: boolean;
  readonly open: number;
  readonly waiting: number;
  readonly redriven: number;
  readonly discarded: number;
  readonly oldestOpenAt: Date | null;
  /** Only those with something to do. */
  readonly topics: readonly TopicCount[];
}

export interface Page<T> {
  readonly service: Service;
  readonly items: readonly T[];
  readonly total: number;
  /** For `--after`; null on the last page. */
  readonly next: string | null;
}

/** What a command has done or found; one of these is printed. */
export type Answer =
  | { readonly kind: 'count'; readonly services: readonly ServiceCount[] }
  | ({ readonly kind: 'list' } & Page<BookedLetter>)
  | { readonly kind: 'show'; readonly service: Service; readonly items: readonly BookedLetter[] }
  | ({ readonly kind: 'journal' } & Page<BookedEntry>)
  | {
      readonly kind: 'redrive';
      readonly service: Service;
      readonly already: number;
      readonly asked: number;
      readonly redriven: number;
      readonly failedAgain: number;
      readonly waiting: number;
    }
  | { readonly kind: 'discard'; readonly service: Service; readonly already: number; readonly discarded: number };

export interface Running {
  readonly desk: DeadLetterDesk;
  /** How far the service is with what was asked. */
  readonly onProgress: (done: number, asked: number) => void;
}

const CHECK_EVERY_MS = 500;

const countOf = (letters: readonly BookedLetter[], status: BookedLetter['status']): number =>
  letters.filter((letter) => letter.status === status).length;

const countBook = (service: Service, book: DeadLetterBook | null): ServiceCount => {
  const letters = book?.letters ?? [];
  const topics = [...new Set(letters.map(({ topic }) => topic))].map((topic) => {
    const ofTopic = letters.filter((letter) => letter.topic === topic);
    return { topic, open: countOf(ofTopic, 'OPEN'), waiting: countOf(ofTopic, 'WAITING') };
  });
  return {
    service,
    ran: book !== null,
    open: countOf(letters, 'OPEN'),
    waiting: countOf(letters, 'WAITING'),
    redriven: countOf(letters, 'REDRIVEN'),
    discarded: countOf(letters, 'DISCARDED'),
    oldestOpenAt: letters.find(({ status }) => status === 'OPEN')?.firstFailedAt ?? null,
    topics: topics.filter(({ open, waiting }) => open + waiting > 0),
  };
};

const refuse = (violations: readonly Violation[]): void => {
  if (violations.length > 0) {
    throw badUserInput(violations);
  }
};

const bookOf = async (desk: DeadLetterDesk, service: Service): Promise<DeadLetterBook> => {
  const [book] = await desk.read([service]);
  if (book === null || book === undefined) {
    const words = text(
      '这里没有该服务的死信主题：服务从未在此运行，或 KAFKA_TOPIC_PREFIX 不同',
      'has no topics for dead letters here: it never ran, or KAFKA_TOPIC_PREFIX is another',
    );
    throw badUserInput([{ field: '--service', code: 'SERVICE_NOT_HERE', severity: 'ERROR', text: words, given: service }]);
  }
  return book;
};

/** The cursor names a place among all, also of what is not listed any more because it was dealt with since. */
const pageOf = <T>(options: {
  readonly service: Service;
  readonly all: readonly T[];
  readonly request: Request;
  readonly cursorOf: (item: T) => string;
  readonly isListed?: (item: T) => boolean;
}): Page<T> => {
  const { service, all, request, cursorOf, isListed = () => true } = options;
  const { first, after } = request;
  const begin = after === null ? 0 : all.findIndex((item) => cursorOf(item) === after) + 1;
  if (after !== null && begin === 0) {
    const words = text('已不存在，请从第一页开始', 'is gone; begin with the first page');
    refuse([{ field: '--after', code: 'CURSOR', severity: 'ERROR', text: words, given: after }]);
  }
  const rest = all.slice(begin).filter(isListed);
  const items = rest.slice(0, first);
  const last = items.at(-1);
  return {
    service,
    items,
    total: all.filter(isListed).length,
    next: last !== undefined && rest.length > first ? cursorOf(last) : null,
  };
};

const list = async (desk: DeadLetterDesk, service: Service, request: Request): Promise<Answer> => {
  const { status, topic } = request;
  const { letters } = await bookOf(desk, service);
  refuse(topicFaults(letters, topic));
  const isListed = (letter: BookedLetter): boolean =>
    (topic === null || letter.topic === topic) &&
    (status === null ? letter.status === 'OPEN' || letter.status === 'WAITING' : letter.status === status);
  return { kind: 'list', ...pageOf({ service, all: letters, request, cursorOf: ({ id }) => id, isListed }) };
};

const show = async (desk: DeadLetterDesk, service: Service, { ids }: Request): Promise<Answer> => {
  const { letters } = await bookOf(desk, service);
  refuse(ids.filter((id) => !letters.some((letter) => letter.id === id)).map(unknownLetter));
  return { kind: 'show', service, items: letters.filter(({ id }) => ids.includes(id)) };
};

const journal = async (desk: DeadLetterDesk, service: Service, request: Request): Promise<Answer> => {
  const book = await bookOf(desk, service);
  const all = [...book.journal].reverse();
  return { kind: 'journal', ...pageOf({ service, all, request, cursorOf: ({ position }) => String(position) }) };
};

const select = async (
  desk: DeadLetterDesk,
  service: Service,
  command: 'redrive' | 'discard',
  { ids, topic }: Request,
): Promise<Selection> => {
  const { letters } = await bookOf(desk, service);
  const { selection, violations } = selectLetters(letters, { command, ids, topic });
  refuse(violations);
  return selection;
};

const untilThrough = async ({ desk, onProgress }: Running, asked: RedriveRequest, waitSec: number): Promise<void> => {
  const deadline = Date.now() + waitSec * 1_000;
  for (;;) {
    const remaining = await desk.remaining(asked);
    onProgress(Math.max(0, asked.asked - remaining), asked.asked);
    if (remaining === 0 || Date.now() >= deadline) {
      return;
    }
    await pause(CHECK_EVERY_MS);
  }
};

const redrive = async (running: Running, service: Service, request: Request): Promise<Answer> => {
  const { letters, already } = await select(running.desk, service, 'redrive', request);
  const nothing = { kind: 'redrive', service, already, asked: 0, redriven: 0, failedAgain: 0, waiting: 0 } as const;
  if (letters.length === 0) {
    return nothing;
  }
  const asked = await running.desk.redrive(service, letters, request.by);
  await untilThrough(running, asked, request.waitSec);
  const { journal: entries } = await bookOf(running.desk, service);
  // A letter may be answered for twice, when the service ended between answer and offset.
  const answers = new Map(entries.filter(({ askId }) => askId === asked.id).map((entry) => [entry.letterId, entry.action]));
  const redriven = [...answers.values()].filter((action) => action === 'REDRIVEN').length;
  return {
    ...nothing,
    asked: asked.asked,
    redriven,
    failedAgain: answers.size - redriven,
    waiting: asked.asked - answers.size,
  };
};

const discard = async ({ desk }: Running, service: Service, request: Request): Promise<Answer> => {
  const { letters, already } = await select(desk, service, 'discard', request);
  await desk.discard(service, letters, { by: request.by, reason: request.reason });
  return { kind: 'discard', service, already, discarded: letters.length };
};

/** @throws AppError BAD_USER_INPUT with every fault, before anything is changed */
export const runRequest = async (running: Running, request: Request): Promise<Answer> => {
  const { desk } = running;
  const [service] = request.services as readonly [Service, ...Service[]];
  switch (request.command) {
    case 'count': {
      const books = await desk.read(request.services);
      return { kind: 'count', services: request.services.map((each, index) => countBook(each, books[index] ?? null)) };
    }
    case 'list':
      return list(desk, service, request);
    case 'show':
      return show(desk, service, request);
    case 'journal':
      return journal(desk, service, request);
    case 'redrive':
      return redrive(running, service, request);
    case 'discard':
      return discard(running, service, request);
  }
};
