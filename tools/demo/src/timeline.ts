/** Where something was done. Only public doors exist here. */
export type Door = 'GraphQL' | 'WeCom console' | 'WeCom admin' | 'WeCom push' | 'HTTP' | 'machine';

export interface StepReport {
  readonly section: string;
  readonly step: string;
  readonly door: Door;
  readonly observed: string;
  readonly durationMs: number;
}

export interface Timeline {
  section(title: string): void;
  /** Runs one step; what `work` returns is what was observed. A step that does not hold stops the demo. */
  step<T>(door: Door, what: string, work: () => Promise<{ observed: string; value: T }>): Promise<T>;
  note(line: string): void;
  done(line: string): void;
}

export class StepFailed extends Error {
  constructor(what: string, options: { cause: unknown }) {
    super(`step did not hold: ${what}`, options);
    this.name = 'StepFailed';
  }
}

const COLOURS = { dim: 2, green: 32, cyan: 36, bold: 1, red: 31, yellow: 33 } as const;

const DOOR_WIDTH = 14;
const STEP_WIDTH = 60;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`.padStart(8);

/** Wide (Chinese) characters take two columns on a terminal. */
const columnsOf = (line: string): number => [...line].reduce((sum, char) => sum + (/[\u2e80-\uffef]/u.test(char) ? 2 : 1), 0);

const padded = (line: string, width: number): string => line + ' '.repeat(Math.max(0, width - columnsOf(line)));

export const createTimeline = (options: { readonly json: boolean; readonly coloured: boolean }): Timeline => {
  const paint = (colour: keyof typeof COLOURS, line: string): string =>
    options.coloured ? `\u001b[${COLOURS[colour]}m${line}\u001b[0m` : line;
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const json = (value: object): void => print(JSON.stringify(value));
  let current = '';

  return {
    section: (title) => {
      current = title;
      if (!options.json) {
        print(`\n${paint('bold', title)}`);
      }
    },
    step: async (door, what, work) => {
      const beganAtMs = performance.now();
      try {
        const { observed, value } = await work();
        const durationMs = Math.round(performance.now() - beganAtMs);
        if (options.json) {
          json({ section: current, step: what, door, observed, durationMs } satisfies StepReport);
        } else {
          const left = `  ${paint('green', '✓')} ${paint('cyan', padded(door, DOOR_WIDTH))} ${padded(what, STEP_WIDTH)}`;
          print(`${left} ${paint('dim', seconds(durationMs))}  ${observed}`);
        }
        return value;
      } catch (cause) {
        if (!options.json) {
          print(`  ${paint('red', '✗')} ${paint('cyan', padded(door, DOOR_WIDTH))} ${what}`);
        }
        throw new StepFailed(what, { cause });
      }
    },
    note: (line) => {
      if (!options.json) {
        print(paint('dim', `  ${line}`));
      }
    },
    done: (line) => (options.json ? json({ done: line }) : print(`\n${paint('bold', line)}`)),
  };
};

/** For tests that walk the same way: steps run, nothing is printed. */
export const silentTimeline: Timeline = {
  section: () => undefined,
  step: async (_door, what, work) => {
    try {
      return (await work()).value;
    } catch (cause) {
      throw new StepFailed(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  },
  note: () => undefined,
  done: () => undefined,
};
