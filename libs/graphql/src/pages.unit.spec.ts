import { isAppError } from '@daikaifa/kernel';
import { pageRequest, toConnection, type PageArguments } from './pages';

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
