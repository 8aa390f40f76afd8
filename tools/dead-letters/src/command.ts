import { isAppError, type Violation } from '@daikaifa/kernel';
import type { DeadLetterDesk } from '@daikaifa/messaging';
import { errorLine, linesOf, usage, violationLines } from './print';
import { parseRequest } from './request';
import { runRequest, type Answer } from './run';

/** 3 tells a script that not everything is dealt with yet, or not well. */
export const EXIT = { done: 0, failed: 1, badInput: 2, unfinished: 3 } as const;

export interface Terminal {
  /** Answers. */
  readonly out: (line: string) => void;
  /** Faults and progress. */
  readonly err: (line: string) => void;
}

const isUnfinished = (answer: Answer): boolean => answer.kind === 'redrive' && answer.failedAgain + answer.waiting > 0;

const sayViolations = ({ err }: Terminal, violations: readonly Violation[], json: boolean): number => {
  const lines = json ? [JSON.stringify({ violations })] : violationLines(violations);
  lines.forEach(err);
  return EXIT.badInput;
};

/**
 * The whole command: reads the arguments, does it, prints.
 * @param open opens the desk; not called for arguments that are faulty
 * @returns the exit code
 */
export const runCommand = async (
  args: readonly string[],
  terminal: Terminal,
  open: <T>(work: (desk: DeadLetterDesk) => Promise<T>) => Promise<T>,
): Promise<number> => {
  const { out, err } = terminal;
  if (args.length === 0 || args.includes('--help')) {
    usage().forEach(out);
    return args.length === 0 ? EXIT.badInput : EXIT.done;
  }
  const { request, violations, json } = parseRequest(args);
  if (request === undefined) {
    return sayViolations(terminal, violations, json);
  }
  let shown = -1;
  const onProgress = (done: number, asked: number): void => {
    if (done !== shown) {
      shown = done;
      err(`… ${done}/${asked}`);
    }
  };
  try {
    const answer = await open((desk) => runRequest({ desk, onProgress }, request));
    const lines = json ? [JSON.stringify(answer)] : linesOf(answer);
    lines.forEach(out);
    return isUnfinished(answer) ? EXIT.unfinished : EXIT.done;
  } catch (error) {
    if (isAppError(error) && error.code === 'BAD_USER_INPUT') {
      return sayViolations(terminal, error.violations, json);
    }
    err(errorLine(error));
    return EXIT.failed;
  }
};
