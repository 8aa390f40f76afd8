import { isAppError } from '@daikaifa/kernel';
import { pageOfHistory, pageRequest, toConnection, type PageArguments } from './pages';

const refusal = (args: PageArguments) => {
  try {
    pageRequest(args, { max: 50 });
  } catch (error) {
    return isAppError(error)
      ? { code: error.code, violations: error.violations.map(({ field, code, limit }) => ({ field, code, limit })) }
      : error;
  }
  return 'accepted';
};

const pageSize = { field: 'first', code: 'PAGE_SIZE', limit: '1..50' };

describe('pageRequest', () => {
  it('takes the default page when nothing is given', () => {
    expect(pageRequest({})).toEqual({ first: 20 });
    expect(pageRequest({ first: null, after: null }, { default: 7 })).toEqual({ first: 7 });
  });

  it('keeps the default below a smaller maximum', () => {
    expect(pageRequest({}, { max: 5 })).toEqual({ first: 5 });
  });

  it('takes both ends of the range, and the cursor', () => {
    expect(pageRequest({ first: 1, after: 'c1' })).toEqual({ first: 1, after: 'c1' });
    expect(pageRequest({ first: 100 })).toEqual({ first: 100 });
  });

  it.each([0, -1, 51, 1.5])('refuses first: %s with its range', (first) => {
    expect(refusal({ first })).toEqual({ code: 'BAD_USER_INPUT', violations: [pageSize] });
  });

  it('reports every broken argument at once', () => {
    expect(refusal({ first: 0, after: '' })).toEqual({
      code: 'BAD_USER_INPUT',
      violations: [pageSize, { field: 'after', code: 'CURSOR', limit: undefined }],
    });
  });

  it('refuses a cursor longer than any that was given out', () => {
    expect(refusal({ after: 'x'.repeat(513) })).toMatchObject({ violations: [{ code: 'CURSOR' }] });
  });
});

describe('toConnection', () => {
  it('has edges, nodes and the cursor of the last edge', () => {
    const items = [
      { node: { id: 'a' }, cursor: 'ca' },
      { node: { id: 'b' }, cursor: 'cb' },
    ];

    expect(toConnection({ items, hasNextPage: true })).toEqual({
      edges: items,
      nodes: [{ id: 'a' }, { id: 'b' }],
      pageInfo: { hasNextPage: true, endCursor: 'cb' },
    });
  });

  it('has no end cursor when the page is empty', () => {
    expect(toConnection({ items: [], hasNextPage: false }).pageInfo).toEqual({ hasNextPage: false, endCursor: null });
  });
});

describe('pageOfHistory', () => {
  const history = [3, 4, 5, 6].map((number) => ({ number }));
  const numbersOf = (page: ReturnType<typeof pageOfHistory>): readonly number[] => page.items.map(({ node }) => node.number);

  it('walks from the newest to the oldest', () => {
    const first = pageOfHistory(history, { first: 3 });
    expect([numbersOf(first), first.hasNextPage]).toEqual([[6, 5, 4], true]);
    const second = pageOfHistory(history, { first: 3, after: first.items.at(-1)!.cursor });
    expect([numbersOf(second), second.hasNextPage]).toEqual([[3], false]);
  });

  it('goes on where it was when entries were added and dropped meanwhile', () => {
    const { cursor } = pageOfHistory(history, { first: 1 }).items[0]!;
    expect(numbersOf(pageOfHistory([{ number: 5 }, { number: 6 }, { number: 7 }], { first: 9, after: cursor }))).toEqual([5]);
  });

  it.each(['x', Buffer.from('#x').toString('base64url'), Buffer.from('[1,2]').toString('base64url')])(
    'refuses the foreign cursor %s',
    (after) => {
      expect(() => pageOfHistory(history, { first: 1, after })).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    },
  );
});
