import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** A value that must never be printed. Every way to turn it into text gives `[redacted]`. */
export interface Secret {
  reveal(): string;
}

export const secret = (value: string): Secret =>
  Object.freeze({
    reveal: () => value,
    toString: () => REDACTED,
    toJSON: () => REDACTED,
    [inspect.custom]: () => REDACTED,
  });
