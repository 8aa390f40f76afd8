import { createClient, OperationRefused, type Client, type GraphqlError, type Operation } from '@daikaifa/client';

/** The three public doors: GraphQL at the gateway, the pages' API of the sandbox, and plain HTTP. */
export interface GraphqlDoor extends Client {
  /** For what must be refused: the errors. */
  refusal<Answer, Variables>(operation: Operation<Answer, Variables>, variables: Variables): Promise<readonly GraphqlError[]>;
  refusal(document: string, variables?: object): Promise<readonly GraphqlError[]>;
}

export const createGraphqlDoor = (gatewayUrl: string, token: string): GraphqlDoor => {
  const client = createClient({ url: gatewayUrl, token });
  return {
    ...client,
    refusal: async (operation: string | Operation<unknown, unknown>, variables: object = {}) => {
      try {
        await client.ask(operation as string, variables);
      } catch (error) {
        if (error instanceof OperationRefused) {
          return error.errors;
        }
        throw error;
      }
      throw new Error('this should have been refused, but it was accepted');
    },
  };
};

/** What a query found; what was made a step ago must be there. */
export const found = <T>(value: T | null | undefined, what: string): T => {
  if (value === null || value === undefined) {
    throw new Error(`${what} is not there`);
  }
  return value;
};

export interface SandboxDoor {
  call<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T>;
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
