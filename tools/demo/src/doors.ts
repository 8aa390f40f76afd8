/** The three public doors: GraphQL at the gateway, the pages' API of the sandbox, and plain HTTP. */
export interface GraphqlError {
  readonly message: string;
  readonly extensions?: {
    readonly code?: string;
    readonly violations?: ReadonlyArray<{ readonly field: string; readonly code: string; readonly text: { readonly zh: string; readonly en: string } }>;
  };
}

export class RefusedByGraphql extends Error {
  readonly errors: readonly GraphqlError[];

  constructor(errors: readonly GraphqlError[]) {
    super(errors.map((error) => `${error.extensions?.code ?? 'ERROR'}: ${error.message}`).join('; '));
    this.name = 'RefusedByGraphql';
    this.errors = errors;
  }
}

export type Variables = Readonly<Record<string, unknown>>;

export interface GraphqlDoor {
  /** @throws RefusedByGraphql when the answer has errors */
  ask<T>(operation: string, variables?: Variables): Promise<T>;
  /** For what must be refused: the errors. */
  refusal(operation: string, variables?: Variables): Promise<readonly GraphqlError[]>;
}

interface GraphqlAnswer<T> {
  readonly data?: T | null;
  readonly errors?: readonly GraphqlError[];
}

export const createGraphqlDoor = (gatewayUrl: string, token: string): GraphqlDoor => {
  const post = async <T>(query: string, variables: Variables = {}): Promise<GraphqlAnswer<T>> => {
    const answer = await fetch(`${gatewayUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(20_000),
    });
    return (await answer.json()) as GraphqlAnswer<T>;
  };
  return {
    ask: async <T>(operation: string, variables?: Variables) => {
      const { data, errors } = await post<T>(operation, variables);
      if (errors !== undefined && errors.length > 0) {
        throw new RefusedByGraphql(errors);
      }
      return data as T;
    },
    refusal: async (operation, variables) => {
      const { errors } = await post<unknown>(operation, variables);
      if (errors === undefined || errors.length === 0) {
        throw new Error('this should have been refused, but it was accepted');
      }
      return errors;
    },
  };
};

export interface SandboxDoor {
  call<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T>;
}

export const createSandboxDoor = (sandboxUrl: string): SandboxDoor => ({
  call: async <T>(method: string, path: string, body?: object) => {
    const answer = await fetch(`${sandboxUrl}/sandbox/api${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`sandbox refused ${method} ${path}: ${answer.status} ${text}`);
    }
    return (text === '' ? undefined : JSON.parse(text)) as T;
  },
});
