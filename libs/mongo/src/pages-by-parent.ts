import type { Page, PageRequest } from '@daikaifa/kernel';
import { orUnavailable } from './mongo-fault';
import { beyond, pageSize, sortOf, toPage, type ListOrder, type PageSort } from './page-cursor';

/**
 * Parents of one query. MongoDB merges the index ranges of so many in the order of the page and stops at the limit;
 * of more than 200 ranges it would read everything, and a cursor or a choice of states multiplies them.
 */
const PARENTS_TOGETHER = 100;

/** How often the children of several parents are read together, each time without the parents that have the most. */
const ROUNDS = 3;

/** Pages together are seldom full of the same: some more children cost less than one more query. */
const PAGES_PER_PARENT = 2;

/** Parents whose children are read one by one go side by side, and leave connections of the pool to others. */
const AT_ONCE = 4;

/** The batch size for a read of at most `limit` documents: more than that, or the cursor stays open for another call. */
export const inOneBatch = (limit: number): number => limit + 1;

/**
 * The filter for all of these conditions. Flat unless two are about the same field: a simple server finds the index of a
 * field only there, and any reads the shorter text.
 */
export const allOf = (conditions: readonly object[]): object => {
  const fields = conditions.flatMap((condition) => Object.keys(condition));
  return new Set(fields).size === fields.length ? Object.assign({}, ...conditions) : { $and: [...conditions] };
};

interface Children<D> {
  readonly parentIds: readonly string[];
  /** Per parent: one more than a page has shows whether there is a next one. */
  readonly take: number;
  find(parent: string | { readonly $in: readonly string[] }, limit: number): Promise<readonly D[]>;
  parentsOf(document: D): readonly string[];
}

/**
 * The children of all are read together, no further than twice what all pages hold. Where the many children of some
 * parents took the place of others', those others are read again without them, and in the end one by one.
 */
const childrenOfSome = async <D>(query: Children<D>): Promise<ReadonlyMap<string, readonly D[]>> => {
  const { parentIds, take } = query;
  const found = new Map<string, readonly D[]>();

  /** @returns whose children may not all have been read */
  const readTogether = async (ids: readonly string[]): Promise<readonly string[]> => {
    const limit = ids.length * take * PAGES_PER_PARENT;
    const documents = await query.find({ $in: ids }, limit);
    const children = new Map<string, D[]>(ids.map((id) => [id, []]));
    for (const document of documents) {
      for (const id of query.parentsOf(document)) {
        children.get(id)?.push(document);
      }
    }
    for (const [id, all] of children) {
      found.set(id, all.slice(0, take));
    }
    return documents.length < limit ? [] : ids.filter((id) => found.get(id)!.length < take);
  };

  let left = parentIds;
  for (let round = 0; round < ROUNDS && left.length > 1; round += 1) {
    left = await readTogether(left);
  }
  for (let start = 0; start < left.length; start += AT_ONCE) {
    await Promise.all(
      left.slice(start, start + AT_ONCE).map(async (id) => {
        found.set(id, await query.find(id, take));
      }),
    );
  }
  return found;
};

const childrenByParent = async <D>(query: Children<D>): Promise<ReadonlyMap<string, readonly D[]>> => {
  const ids = [...new Set(query.parentIds)];
  const found: (readonly [string, readonly D[]])[] = [];
  for (let start = 0; start < ids.length; start += PARENTS_TOGETHER) {
    found.push(...(await childrenOfSome({ ...query, parentIds: ids.slice(start, start + PARENTS_TOGETHER) })));
  }
  return new Map(found);
};

/**
 * One page per parent. What is read is bounded by what can be shown, not by what is stored, and it is one query for each
 * hundred parents as long as there are not more children than that.
 * @returns every parent asked for; `after` applies to each. Where the field is a list, a child is on the page of each
 * parent in it
 * @throws AppError BAD_USER_INPUT on a foreign cursor, UNAVAILABLE
 */
export const pagesByParent = <D extends { readonly _id: string }, A>(query: {
  readonly parentField: string;
  readonly parentIds: readonly string[];
  /** When a child was made; default `createdAt`. */
  readonly timeField?: string;
  readonly order?: ListOrder;
  readonly request: PageRequest;
  /** All conditions hold. From an index that begins with the parent and goes on with `sort`; see `inOneBatch`. */
  find(conditions: readonly object[], sort: PageSort, limit: number): Promise<readonly D[]>;
  toDomain(document: D): A;
}): Promise<ReadonlyMap<string, Page<A>>> =>
  orUnavailable(async () => {
    const { parentField, parentIds, timeField = 'createdAt', order = 'newest', request, toDomain } = query;
    const size = pageSize(request.first);
    const after = beyond(request.after, order, timeField);
    const found = await childrenByParent<D>({
      parentIds,
      take: size + 1,
      find: (parent, limit) => query.find([{ [parentField]: parent }, ...after], sortOf(order, timeField), limit),
      parentsOf: (document) => {
        const parent = (document as Readonly<Record<string, unknown>>)[parentField];
        return Array.isArray(parent) ? (parent as string[]) : [String(parent)];
      },
    });
    return new Map([...found].map(([id, documents]) => [id, toPage(documents, size, toDomain, timeField)]));
  });
