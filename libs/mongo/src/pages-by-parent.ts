import type { Page, PageRequest } from '@daikaifa/kernel';
import { orUnavailable } from './mongo-fault';
import { beyond, pageSize, sortOf, toPage, type ListOrder, type PageSort } from './page-cursor';

/** Parents whose children are read one by one go side by side, and leave connections of the pool to others. */
const AT_ONCE = 4;

interface Children<D> {
  readonly parentIds: readonly string[];
  /** Per parent: one more than a page has shows whether there is a next one. */
  readonly take: number;
  find(parent: string | { readonly $in: readonly string[] }, limit: number): Promise<readonly D[]>;
  parentsOf(document: D): readonly string[];
}

/**
 * All are read together, no further than all pages reach; where one parent's many children took the place of another's,
 * that other one's are read by themselves.
 */
const childrenByParent = async <D>(query: Children<D>): Promise<ReadonlyMap<string, readonly D[]>> => {
  const { take } = query;
  const found = new Map<string, D[]>(query.parentIds.map((id) => [id, []]));
  const ids = [...found.keys()];
  const [only] = ids;
  if (only === undefined) {
    return found;
  }
  const limit = ids.length * take;
  const together = await query.find(ids.length === 1 ? only : { $in: ids }, limit);
  for (const document of together) {
    for (const id of query.parentsOf(document)) {
      const children = found.get(id);
      if (children !== undefined && children.length < take) {
        children.push(document);
      }
    }
  }
  const isCut = together.length === limit && ids.length > 1;
  const unfinished = isCut ? ids.filter((id) => found.get(id)!.length < take) : [];
  for (let start = 0; start < unfinished.length; start += AT_ONCE) {
    await Promise.all(
      unfinished.slice(start, start + AT_ONCE).map(async (id) => {
        found.set(id, [...(await query.find(id, take))]);
      }),
    );
  }
  return found;
};

/**
 * One page per parent. What is read is bounded by what can be shown, not by what is stored, and it is one query as long
 * as there are not more children than that.
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
  /** All conditions hold. From an index that begins with the parent and goes on with `sort`. */
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
