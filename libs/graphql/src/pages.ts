import { badUserInput, text, type Page, type PageRequest, type Violation } from '@daikaifa/kernel';

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

export interface PageLimits {
  /** Most items of one page. */
  readonly max?: number;
  /** Items of a page when `first` is absent. */
  readonly default?: number;
}

const DEFAULT_MAX = 100;
const DEFAULT_FIRST = 20;
const MAX_CURSOR_LENGTH = 512;

const firstViolation = (first: number, max: number): Violation | undefined =>
  Number.isInteger(first) && first >= 1 && first <= max
    ? undefined
    : {
        field: 'first',
        code: 'PAGE_SIZE',
        severity: 'ERROR',
        text: text(`first 须为 1 至 ${max} 的整数`, `first must be a whole number from 1 to ${max}`),
        limit: `1..${max}`,
        given: String(first),
      };

const afterViolation = (after: string | null | undefined): Violation | undefined =>
  after === null || after === undefined || (after.length > 0 && after.length <= MAX_CURSOR_LENGTH)
    ? undefined
    : {
        field: 'after',
        code: 'CURSOR',
        severity: 'ERROR',
        text: text('after 须为先前返回的游标', 'after must be a cursor of an earlier page'),
        given: after.slice(0, 40),
      };

/**
 * The arguments of a connection field as the repositories want them.
 * @throws AppError BAD_USER_INPUT with every broken argument
 */
export const pageRequest = (args: PageArguments, limits: PageLimits = {}): PageRequest => {
  const max = limits.max ?? DEFAULT_MAX;
  const first = args.first ?? Math.min(limits.default ?? DEFAULT_FIRST, max);
  const violations = [firstViolation(first, max), afterViolation(args.after)].filter((found) => found !== undefined);
  if (violations.length > 0) {
    throw badUserInput(violations);
  }
  return { first, ...(typeof args.after === 'string' ? { after: args.after } : {}) };
};

export interface Connection<T> {
  readonly edges: ReadonlyArray<{ readonly node: T; readonly cursor: string }>;
  readonly nodes: readonly T[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** A page in the shape of a Relay connection, with `nodes` beside `edges`. */
export const toConnection = <T>(page: Page<T>): Connection<T> => ({
  edges: page.items,
  nodes: page.items.map((item) => item.node),
  pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.items.at(-1)?.cursor ?? null },
});

const cursorOf = (number: number): string => Buffer.from(`#${number}`).toString('base64url');

const numberOfCursor = (after: string): number => {
  const number = /^#(\d{1,15})$/.exec(Buffer.from(after, 'base64url').toString('utf8'))?.[1];
  if (number === undefined) {
    throw badUserInput([
      {
        field: 'after',
        code: 'CURSOR_INVALID',
        severity: 'ERROR',
        text: text('翻页游标无效，请使用上一页返回的游标', 'This is no cursor of an earlier page'),
        given: after.slice(0, 40),
      },
    ]);
  }
  return Number(number);
};

/**
 * One page of a bounded history that an aggregate carries with it, newest first. The numbers rise by age, so that a
 * cursor holds when entries are added, and when the oldest are dropped.
 * @param items oldest first
 * @throws AppError BAD_USER_INPUT on a foreign cursor
 */
export const pageOfHistory = <T extends { readonly number: number }>(
  items: readonly T[],
  { first, after }: PageRequest,
): Page<T> => {
  const before = after === undefined ? Number.POSITIVE_INFINITY : numberOfCursor(after);
  const rest = items.filter(({ number }) => number < before).toReversed();
  return {
    items: rest.slice(0, first).map((node) => ({ node, cursor: cursorOf(node.number) })),
    hasNextPage: rest.length > first,
  };
};
