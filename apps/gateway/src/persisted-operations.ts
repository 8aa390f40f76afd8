import { createHash } from 'node:crypto';
import { AppError, text } from '@daikaifa/kernel';
import { parse } from 'graphql';

/** Persisted operations: id → document. The id is `sha256:` and the hash of the document, lowercase hexadecimal. */
export type OperationManifest = Readonly<Record<string, string>>;

const idOf = (document: string): string => `sha256:${createHash('sha256').update(document).digest('hex')}`;

const faultOf = (id: string, document: unknown): string | undefined => {
  if (typeof document !== 'string' || idOf(document) !== id) {
    return `${id}: the id is not sha256: and the hash of its document`;
  }
  try {
    parse(document);
    return undefined;
  } catch (error) {
    return `${id}: ${error instanceof Error ? error.message : String(error)}`;
  }
};

/**
 * Reads a manifest that a frontend's build wrote.
 * @throws Error naming every entry that is wrong
 */
export const readManifest = (source: string, content: string): OperationManifest => {
  const manifest: unknown = JSON.parse(content);
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) {
    throw new Error(`${source} is no manifest of operations: a JSON object of id → document is needed`);
  }
  const faults = Object.entries(manifest).flatMap(([id, document]) => faultOf(id, document) ?? []);
  if (faults.length > 0) {
    throw new Error(`${source} has faults: ${faults.join('; ')}`);
  }
  return manifest as OperationManifest;
};

const refuse = (status: number, reason: string, zh: string, en: string): AppError =>
  new AppError(status === 403 ? 'FORBIDDEN' : 'BAD_USER_INPUT', text(zh, en), { details: { status, reason } });

const asRecord = (body: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : undefined;

/**
 * Puts the document in the place of its id (`documentId` of the request, as GraphQL over HTTP names it). In allow-list
 * mode a document that is no persisted operation is refused; one that is may also come in full.
 * @returns the body that is executed
 * @throws AppError BAD_USER_INPUT `UNKNOWN_DOCUMENT`, `BOTH_GIVEN`; FORBIDDEN `NOT_ALLOWED`
 */
export const resolveOperation = (
  body: unknown,
  { operations, mode }: { readonly operations: ReadonlyMap<string, string>; readonly mode: 'open' | 'allow-list' },
): unknown => {
  const request = asRecord(body);
  if (request === undefined) {
    return body;
  }
  const { documentId, ...rest } = request;
  if (documentId !== undefined && rest['query'] !== undefined) {
    throw refuse(400, 'BOTH_GIVEN', 'documentId 与 query 只能二选一', 'Send documentId or query, not both');
  }
  if (documentId !== undefined) {
    const query = typeof documentId === 'string' ? operations.get(documentId) : undefined;
    if (query === undefined) {
      throw refuse(400, 'UNKNOWN_DOCUMENT', '未登记的持久化操作', 'This persisted operation is not known here');
    }
    return { ...rest, query };
  }
  const { query } = rest;
  if (mode === 'allow-list' && !(typeof query === 'string' && operations.has(idOf(query)))) {
    throw refuse(403, 'NOT_ALLOWED', '网关只接受已登记的操作', 'This gateway answers persisted operations only');
  }
  return body;
};
