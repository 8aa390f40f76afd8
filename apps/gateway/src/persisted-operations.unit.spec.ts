import { createHash } from 'node:crypto';
import { persistedDocuments } from '@daikaifa/client';
import { readManifest, resolveOperation } from './persisted-operations';

const DOCUMENT = 'query Known { librarian }';
const ID = `sha256:${createHash('sha256').update(DOCUMENT).digest('hex')}`;
const operations = new Map([[ID, DOCUMENT]]);

const refusalOf = (body: unknown, mode: 'open' | 'allow-list'): unknown => {
  try {
    resolveOperation(body, { operations, mode });
  } catch (error) {
    return error;
  }
  return null;
};

describe('persisted operations', () => {
  it.each(['open', 'allow-list'] as const)('puts the document in the place of its id, mode %s', (mode) => {
    const variables = { a: 1 };
    const resolved = resolveOperation({ documentId: ID, variables }, { operations, mode });
    expect(resolved).toEqual({ query: DOCUMENT, variables });
  });

  it.each([
    ['an id that nobody registered', { documentId: 'sha256:0' }, 'BAD_USER_INPUT', 'UNKNOWN_DOCUMENT'],
    ['an id that is no text', { documentId: 7 }, 'BAD_USER_INPUT', 'UNKNOWN_DOCUMENT'],
    ['an id of a property that every object has', { documentId: 'constructor' }, 'BAD_USER_INPUT', 'UNKNOWN_DOCUMENT'],
    ['an id beside a document', { documentId: ID, query: DOCUMENT }, 'BAD_USER_INPUT', 'BOTH_GIVEN'],
  ])('refuses %s in both modes', (_name, body, code, reason) => {
    for (const mode of ['open', 'allow-list'] as const) {
      expect(refusalOf(body, mode)).toMatchObject({ code, details: { status: 400, reason } });
    }
  });

  it.each([
    ['a document of one’s own', { query: '{ librarian }' }],
    ['no document at all', { variables: {} }],
    ['a document that is no text', { query: 7 }],
  ])('refuses %s in allow-list mode only', (_name, body) => {
    expect(refusalOf(body, 'allow-list')).toMatchObject({ code: 'FORBIDDEN', details: { reason: 'NOT_ALLOWED' } });
    expect(resolveOperation(body, { operations, mode: 'open' })).toEqual(body);
  });

  it('takes a registered document in full', () => {
    const body = { query: DOCUMENT };
    expect(resolveOperation(body, { operations, mode: 'allow-list' })).toBe(body);
  });

  it('leaves what is no object to the server', () => {
    expect(resolveOperation([1], { operations, mode: 'allow-list' })).toEqual([1]);
    expect(resolveOperation(undefined, { operations, mode: 'allow-list' })).toBeUndefined();
  });
});

describe('a manifest', () => {
  it('of the typed client is a good one', () => {
    expect(Object.keys(readManifest('client', JSON.stringify(persistedDocuments))).length).toBeGreaterThan(10);
  });

  it('is refused with every fault named', () => {
    const broken = `sha256:${createHash('sha256').update('query {').digest('hex')}`;
    const read = () => readManifest('own.json', JSON.stringify({ 'sha256:1': DOCUMENT, [broken]: 'query {', [ID]: DOCUMENT }));
    expect(read).toThrow(/own\.json has faults: sha256:1: the id is not.*; sha256:[0-9a-f]{64}: Syntax Error/);
    expect(read).not.toThrow(ID);
    expect(() => readManifest('own.json', '[]')).toThrow('own.json is no manifest');
  });
});
