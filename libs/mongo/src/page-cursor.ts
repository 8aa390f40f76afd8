import { badUserInput, text, type Page } from '@daikaifa/kernel';

/** Where a page ended: creation time, then id, because several documents may be made in one millisecond. */
interface Position {
  readonly at: Date;
  readonly id: string;
}

export type ListOrder = 'newest' | 'oldest';

/** No list is longer, whatever the caller asks for. */
const MAX_PAGE_SIZE = 500;

export const pageSize = (first: number): number => Math.max(0, Math.min(Math.trunc(first), MAX_PAGE_SIZE));

const encode = (position: Position): string =>
  Buffer.from(JSON.stringify([position.at.getTime(), position.id])).toString('base64url');

const decode = (cursor: string): Position | undefined => {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parsed) && parsed.length === 2) {
      const [millis, id] = parsed as [unknown, unknown];
      if (typeof millis === 'number' && typeof id === 'string' && !Number.isNaN(new Date(millis).getTime())) {
        return { at: new Date(millis), id };
      }
    }
  } catch {
    // Not JSON: the same answer as for any other foreign text.
  }
  return undefined;
};

/** @throws AppError BAD_USER_INPUT on `after` when the text is not a cursor of ours */
const positionOf = (after: string): Position => {
  const position = decode(after);
  if (position === undefined) {
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
  return position;
};

/** By time, then id. */
export type PageSort = Readonly<Record<string, 1 | -1>>;

export const sortOf = (order: ListOrder, timeField = 'createdAt'): PageSort =>
  order === 'newest' ? { [timeField]: -1, _id: -1 } : { [timeField]: 1, _id: 1 };

/** The conditions that hold for what comes after the cursor. */
export const beyond = (
  after: string | undefined,
  order: ListOrder,
  timeField = 'createdAt',
): readonly Record<string, unknown>[] => {
  if (after === undefined) {
    return [];
  }
  const { at, id } = positionOf(after);
  const side = order === 'newest' ? '$lt' : '$gt';
  return [{ $or: [{ [timeField]: { [side]: at } }, { [timeField]: at, _id: { [side]: id } }] }];
};

/** A page of documents of which one more than asked for was read. */
export const toPage = <D extends { readonly _id: string }, A>(
  documents: readonly D[],
  size: number,
  toDomain: (document: D) => A,
  timeField = 'createdAt',
): Page<A> => ({
  items: documents.slice(0, size).map((document) => ({
    node: toDomain(document),
    cursor: encode({ at: (document as Readonly<Record<string, unknown>>)[timeField] as Date, id: document._id }),
  })),
  hasNextPage: documents.length > size,
});
