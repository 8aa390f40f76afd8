import { badUserInput, text, type Page, type PageRequest, type Scope } from '@daikaifa/kernel';
import { orUnavailable } from '@daikaifa/mongo';
import type { mongo } from 'mongoose';

interface Position {
  readonly at: Date;
  readonly id: string;
}

export const encodePosition = ({ at, id }: Position): string =>
  Buffer.from(JSON.stringify([at.getTime(), id])).toString('base64url');

export const decodePosition = (cursor: string): Position => {
  try {
    const [millis, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as [unknown, unknown];
    if (typeof millis === 'number' && typeof id === 'string' && !Number.isNaN(new Date(millis).getTime())) {
      return { at: new Date(millis), id };
    }
  } catch {
    // Not of ours: answered below.
  }
  throw badUserInput([
    {
      field: 'after',
      code: 'CURSOR_INVALID',
      severity: 'ERROR',
      text: text('翻页游标无效，请使用上一页返回的游标', 'This is no cursor of an earlier page'),
      given: cursor.slice(0, 40),
    },
  ]);
};

export interface JournalDocument {
  readonly _id: string;
  readonly tenant: string | null;
  readonly endpointId: string | null;
  /** When it happened; pages go by it, newest first. */
  readonly at: Date;
}

/** One page per endpoint, newest first, all in one query. Every endpoint asked for is in the map. */
export const pagesByEndpoint = <D extends JournalDocument, T>(
  documents: mongo.Collection<D>,
  query: {
    readonly scope: Scope;
    readonly endpointIds: readonly string[];
    readonly request: PageRequest;
    readonly toDomain: (document: D) => T;
  },
): Promise<ReadonlyMap<string, Page<T>>> =>
  orUnavailable(async () => {
    const { scope, endpointIds, request, toDomain } = query;
    const position = request.after === undefined ? null : decodePosition(request.after);
    const groups = await documents
      .aggregate<{ _id: string; documents: D[] }>([
        {
          $match: {
            endpointId: { $in: [...endpointIds] },
            ...(scope.kind === 'platform' ? {} : { tenant: { $in: [...scope.publisherIds] } }),
            ...(position === null
              ? {}
              : { $or: [{ at: { $lt: position.at } }, { at: position.at, _id: { $lt: position.id } }] }),
          },
        },
        {
          // Keeps no more than a page per endpoint in memory.
          $group: {
            _id: '$endpointId',
            documents: { $topN: { n: request.first + 1, sortBy: { at: -1, _id: -1 }, output: '$$ROOT' } },
          },
        },
      ])
      .toArray();
    const found = new Map(groups.map((group) => [group._id, group.documents]));
    return new Map(
      endpointIds.map((id): [string, Page<T>] => {
        const all = found.get(id) ?? [];
        return [
          id,
          {
            items: all
              .slice(0, request.first)
              .map((document) => ({ node: toDomain(document), cursor: encodePosition({ at: document.at, id: document._id }) })),
            hasNextPage: all.length > request.first,
          },
        ];
      }),
    );
  });
