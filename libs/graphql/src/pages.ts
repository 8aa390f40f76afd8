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
