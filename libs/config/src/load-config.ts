import { secret } from './secret';
import { describeConfig } from './describe-config';
import { isSetting, type ConfigShape, type Setting } from './setting';

export type ConfigOf<Shape> = {
  readonly [Name in keyof Shape]: Shape[Name] extends Setting<infer Value> ? Value : ConfigOf<Shape[Name]>;
};

interface ConfigFault {
  readonly env: string;
  readonly zh: string;
  readonly en: string;
}

/** Every fault of the environment at once. The message never holds the value of a secret. */
export class ConfigError extends Error {
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    super(
      [
        `配置有 ${faults.length} 处错误 / The configuration has ${faults.length} fault(s):`,
        ...faults.map((fault) => `  ${fault.env}: ${fault.zh} / ${fault.en}`),
      ].join('\n'),
    );
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

const readSetting = (one: Setting<unknown>, env: NodeJS.ProcessEnv, faults: ConfigFault[]): unknown => {
  const given = env[one.env];
  const raw = given === undefined || given === '' ? one.fallback : given;
  if (raw === undefined) {
    if (!one.isOptional) {
      faults.push({ env: one.env, zh: `缺少：${one.description}`, en: `missing: ${one.description}` });
    }
    return undefined;
  }
  const parsed = one.schema.safeParse(raw);
  if (!parsed.success) {
    const rule = parsed.error.issues.map((issue) => issue.message).join('; ');
    const shown = one.isSecret ? '' : ` (${JSON.stringify(raw)})`;
    faults.push({ env: one.env, zh: `不符合规则${shown}：${rule}`, en: `breaks its rule${shown}: ${rule}` });
    return undefined;
  }
  return one.isSecret ? secret(parsed.data as string) : parsed.data;
};

const readShape = (shape: ConfigShape, env: NodeJS.ProcessEnv, faults: ConfigFault[]): unknown =>
  Object.freeze(
    Object.fromEntries(
      Object.entries(shape).map(([name, entry]) => [
        name,
        isSetting(entry) ? readSetting(entry, env, faults) : readShape(entry, env, faults),
      ]),
    ),
  );

/**
 * Reads the whole configuration of a process.
 * @returns nested and frozen
 * @throws ConfigError with every fault
 */
export const loadConfig = <Shape extends ConfigShape>(shape: Shape, env: NodeJS.ProcessEnv): ConfigOf<Shape> => {
  const faults: ConfigFault[] = [];
  const values = readShape(shape, env, faults);
  if (faults.length > 0) {
    throw new ConfigError(faults);
  }
  return values as ConfigOf<Shape>;
};

/**
 * As `loadConfig`, for `main.ts`: prints every fault and ends the process.
 * With the argument `--describe-config` it prints the table of settings instead; the documentation is made from it.
 */
export const loadConfigOrExit = <Shape extends ConfigShape>(shape: Shape, env: NodeJS.ProcessEnv): ConfigOf<Shape> => {
  if (process.argv.includes('--describe-config')) {
    process.stdout.write(`${describeConfig(shape)}\n`);
    return process.exit(0);
  }
  try {
    return loadConfig(shape, env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return process.exit(1);
  }
};
