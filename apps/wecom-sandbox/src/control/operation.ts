import type { z } from 'zod';
import { badUserInput, text, type Violation } from '@daikaifa/kernel';
import type { Sandbox } from '../sandbox';

/** One thing that a person or a test can do. JSON calls and page forms run the same operation. */
export interface Operation<Input, Output> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /sandbox/api; `:name` parts, the query and the JSON body together are the input. */
  readonly path: string;
  readonly zh: string;
  readonly en: string;
  /** The body's fields, for the documentation. */
  readonly fields?: string;
  readonly input: z.ZodType<Input>;
  run(sandbox: Sandbox, input: Input): Output | Promise<Output>;
}

/** An operation whose types are of no interest: in tables. */
export interface AnyOperation extends Omit<Operation<unknown, unknown>, 'run' | 'input'> {
  call(sandbox: Sandbox, raw: unknown): Promise<unknown>;
}

const violationOf = (issue: z.core.$ZodIssue): Violation => ({
  field: issue.path.join('.'),
  code: issue.code.toUpperCase(),
  severity: 'ERROR',
  text: text(`填写有误：${issue.message}`, issue.message),
});

/** @throws AppError BAD_USER_INPUT with every fault of the input */
export const perform = async <Input, Output>(
  operation: Operation<Input, Output>,
  sandbox: Sandbox,
  raw: unknown,
): Promise<Output> => {
  const parsed = operation.input.safeParse(raw);
  if (!parsed.success) {
    throw badUserInput(parsed.error.issues.map(violationOf));
  }
  return operation.run(sandbox, parsed.data);
};

export const erase = <Input, Output>(operation: Operation<Input, Output>): AnyOperation => ({
  method: operation.method,
  path: operation.path,
  zh: operation.zh,
  en: operation.en,
  ...(operation.fields === undefined ? {} : { fields: operation.fields }),
  call: (sandbox, raw) => perform(operation, sandbox, raw),
});
