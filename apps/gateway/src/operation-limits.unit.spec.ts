import { buildSchema, parse, validate, type OperationDefinitionNode } from 'graphql';
import { checkOperation, measureOperation, type Operation } from './operation-limits';

const schema = buildSchema(/* GraphQL */ `
  type Query {
    name: String
    shelf: Shelf
    shelves: [Shelf!]!
    tenTags: [String!]!
    search: Found
  }
  type Mutation {
    touch: Boolean
    open: Shelf
  }
  type Shelf {
    id: ID!
    parent: Shelf
    books(first: Int, after: String): BookConnection!
  }
  type BookEdge {
    node: Book!
  }
  type BookConnection {
    edges: [BookEdge!]!
    nodes: [Book!]!
  }
  type Book {
    id: ID!
    shelf: Shelf
  }
  union Found = Shelf | Book
`);

const operationOf = (source: string, variables: Record<string, unknown> = {}): Operation => {
  const document = parse(source);
  expect(validate(schema, document)).toEqual([]);
  return { schema, document, operation: document.definitions[0] as OperationDefinitionNode, variables };
};

const cost = (source: string, variables?: Record<string, unknown>) => measureOperation(operationOf(source, variables)).cost;
const depth = (source: string) => measureOperation(operationOf(source)).depth;

describe('the cost of an operation', () => {
  it.each([
    ['leaves', '{ name tenTags __typename }', 0],
    ['one object', '{ shelf { id } }', 1],
    ['an object in an object', '{ shelf { parent { id } } }', 2],
    ['a plain list, by an assumed length', '{ shelves { id } }', 5],
    // 1 shelf + 5 × (connection + node)
    ['a page, by first', '{ shelf { books(first: 5) { nodes { id } } } }', 11],
    ['edges and nodes of the same page', '{ shelf { books(first: 5) { edges { node { id } } nodes { id } } } }', 21],
    ['a page of the default size', '{ shelf { books { nodes { id } } } }', 41],
    // 1 + 5 × (1 + 1 + 1 + 4 × 2)
    ['pages in pages, multiplied', '{ shelf { books(first: 5) { nodes { shelf { books(first: 4) { nodes { id } } } } } } }', 56],
    ['a negative page as one', '{ shelf { books(first: -5) { nodes { id } } } }', 3],
    ['a branch of a union', '{ search { ... on Shelf { parent { id } } ... on Book { id } } }', 2],
    ['a mutation, more than a read', 'mutation { touch open { id } }', 21],
    ['what @skip hides', 'query($y: Boolean!) { shelf @skip(if: $y) { id } }', 1],
  ])('counts %s', (_what, source, expected) => {
    expect(cost(source)).toBe(expected);
  });

  it('takes the page size from the variable, its default, or the default page', () => {
    const source = 'query($n: Int = 3) { shelf { books(first: $n) { nodes { id } } } }';
    expect(cost(source, { n: 7 })).toBe(15);
    expect(cost(source)).toBe(7);
    expect(cost('query($n: Int) { shelf { books(first: $n) { nodes { id } } } }', { n: null })).toBe(41);
  });

  it('weighs fragments wherever they are spread, in linear time', () => {
    expect(cost('{ shelf { ...f parent { ...f } } } fragment f on Shelf { books(first: 5) { nodes { id } } }')).toBe(22);
    // Each fragment spreads the next one twice: 2^60 when written out.
    const levels = Array.from({ length: 60 }, (_, n) => `fragment f${n} on Shelf { a: parent { ...f${n + 1} } b: parent { ...f${n + 1} } }`);
    const source = `{ shelf { ...f0 } } ${levels.join('\n')} fragment f60 on Shelf { id }`;
    const document = parse(source);
    const operation = document.definitions[0] as OperationDefinitionNode;
    expect(measureOperation({ schema, document, operation, variables: {} }).cost).toBeGreaterThan(2 ** 60);
  });

  it('measures the operation that is asked for, not its neighbours', () => {
    const document = parse('query a { name } query b { shelves { id } }');
    const operation = document.definitions[0] as OperationDefinitionNode;
    expect(measureOperation({ schema, document, operation, variables: {} }).cost).toBe(0);
  });
});

describe('the depth of an operation', () => {
  it.each([
    ['{ name }', 1],
    ['{ shelf { id } }', 2],
    ['{ shelf { books { nodes { id } } } }', 4],
    ['{ shelf { ...f } } fragment f on Shelf { parent { ... on Shelf { id } } }', 3],
    ['{ __schema { types { fields { type { ofType { ofType { name } } } } } } }', 0],
  ])('%s', (source, expected) => {
    expect(depth(source)).toBe(expected);
  });
});

describe('checkOperation', () => {
  const limits = { depth: 2, cost: 5, aliases: 1 };

  it('accepts an operation at its limits', () => {
    expect(checkOperation(operationOf('{ a: shelves { id } }'), limits)).toEqual([]);
  });

  it('names every limit above which it is', () => {
    const violations = checkOperation(operationOf('{ a: shelves { b: parent { id } } }'), limits);

    expect(violations.map(({ code, given, limit }) => ({ code, given, limit }))).toEqual([
      { code: 'DEPTH_LIMIT', given: '3', limit: '2' },
      { code: 'COST_LIMIT', given: '10', limit: '5' },
      { code: 'ALIAS_LIMIT', given: '2', limit: '1' },
    ]);
  });
});
