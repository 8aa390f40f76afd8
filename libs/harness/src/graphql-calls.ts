import type { Viewer } from '@daikaifa/kernel';
import { IDENTITY_HEADER, signIdentity } from '@daikaifa/security';
import { testIdentitySecret } from '@daikaifa/testing';

export interface GraphqlFault {
  readonly code: string;
  readonly violations: readonly string[];
}

export interface GraphqlAnswer<T> {
  readonly data: T;
  /** Of the first error; undefined when there is none. */
  readonly fault: GraphqlFault | undefined;
}

interface RawAnswer<T> {
  readonly data: T;
  readonly errors?: ReadonlyArray<{
    readonly message: string;
    readonly extensions: { readonly code: string; readonly violations?: ReadonlyArray<{ readonly code: string }> };
  }>;
}

/** Calls the subgraph as the gateway does. */
export const graphqlOf =
  (app: { readonly url: string }) =>
  async <T>(viewer: Viewer, query: string, variables: object = {}): Promise<GraphqlAnswer<T>> => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: await signIdentity(viewer, testIdentitySecret) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as RawAnswer<T>;
    const error = errors?.[0];
    const fault = error && {
      code: error.extensions.code,
      violations: (error.extensions.violations ?? []).map(({ code }) => code),
    };
    return { data, fault };
  };

export type Graphql = ReturnType<typeof graphqlOf>;

/** @throws Error on any fault: for the steps that a test takes for granted */
export const must = async <T>(answer: Promise<GraphqlAnswer<T>>): Promise<T> => {
  const { data, fault } = await answer;
  if (fault !== undefined) {
    throw new Error(`${fault.code} ${fault.violations.join(' ')}`);
  }
  return data;
};
