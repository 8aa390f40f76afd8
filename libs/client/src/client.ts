import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';

/** An operation of `src/operations`, with the types of its answer and its variables. */
export type Operation<Answer, Variables> = DocumentTypeDecoration<Answer, Variables> & {
  toString(): string;
  readonly __meta__?: { readonly hash?: string } | undefined;
};

export interface Text {
  readonly zh: string;
  readonly en: string;
}

/** One broken rule: the field, the rule and what was given. */
export interface Violation {
  readonly field: string;
  readonly code: string;
  readonly severity: string;
  readonly text: Text;
  readonly limit?: string;
  readonly given?: string;
}

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: {
    readonly code?: string;
    readonly text?: Text;
    readonly violations?: readonly Violation[];
    readonly details?: Readonly<Record<string, unknown>>;
    /** Quote it to the operator. */
    readonly correlationId?: string;
  };
}

/** The gateway or a service refused the operation. */
export class OperationRefused extends Error {
  readonly errors: readonly GraphqlError[];
  /** Of the first error. */
  readonly code: string;

  constructor(errors: readonly GraphqlError[]) {
    super(errors.map((error) => `${error.extensions?.code ?? 'ERROR'}: ${error.message}`).join('; '));
    this.name = 'OperationRefused';
    this.errors = errors;
    this.code = errors[0]?.extensions?.code ?? 'ERROR';
  }

  /** Of all errors. */
  get violations(): readonly Violation[] {
    return this.errors.flatMap((error) => error.extensions?.violations ?? []);
  }
}

export interface ClientOptions {
  /** Of the gateway, without a path. */
  readonly url: string;
  /** JWT of the caller; a function is asked before each operation, so that it can renew the token. */
  readonly token: string | (() => string | Promise<string>);
  readonly timeoutMs?: number;
}

type Given<Variables> = Record<string, never> extends Variables ? [variables?: Variables] : [variables: Variables];

export interface Client {
  /**
   * Sends the id of a persisted operation; its document never travels.
   * @throws OperationRefused on any error in the answer
   */
  ask<Answer, Variables>(operation: Operation<Answer, Variables>, ...given: Given<Variables>): Promise<Answer>;
  /** For documents of one's own; a gateway in allow-list mode refuses those that it does not know. */
  ask<Answer>(document: string, variables?: object): Promise<Answer>;
}

interface Answered {
  readonly data?: unknown;
  readonly errors?: readonly GraphqlError[];
}

const DEFAULT_TIMEOUT_MS = 20_000;

const requestOf = (operation: string | Operation<unknown, unknown>, variables: unknown): object => {
  const id = typeof operation === 'string' ? undefined : operation.__meta__?.hash;
  return { ...(id === undefined ? { query: operation.toString() } : { documentId: id }), variables };
};

export const createClient = ({ url, token, timeoutMs = DEFAULT_TIMEOUT_MS }: ClientOptions): Client => ({
  ask: async (operation: string | Operation<unknown, unknown>, variables: unknown = {}): Promise<never> => {
    const bearer = typeof token === 'string' ? token : await token();
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
      body: JSON.stringify(requestOf(operation, variables)),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { data, errors } = (await answer.json()) as Answered;
    if (errors !== undefined && errors.length > 0) {
      throw new OperationRefused(errors);
    }
    return data as never;
  },
});
