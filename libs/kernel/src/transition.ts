/**
 * A state machine as a data table: state → action → next state. What is absent is refused.
 * Written `as const satisfies TransitionTable<State, Action>`.
 */
export type TransitionTable<State extends string, Action extends string> = {
  readonly [S in State]: { readonly [A in Action]?: State };
};

/** The next state, or undefined where the table has no such step. */
export const transition = <State extends string, Action extends string>(
  table: TransitionTable<State, Action>,
  state: State,
  action: Action,
): State | undefined => table[state][action];

export const assertNever = (value: never): never => {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
};
