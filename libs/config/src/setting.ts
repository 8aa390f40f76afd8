import type { z } from 'zod';
import type { Secret } from './secret';

/** One environment variable: its name, how it is read, and what it means. */
export interface Setting<T> {
  readonly env: string;
  readonly schema: z.ZodType<T>;
  readonly description: string;
  /** Text as it would stand in the environment. */
  readonly fallback?: string;
  readonly isSecret: boolean;
  readonly isOptional: boolean;
  /** Only for the type: what the loaded configuration holds. */
  readonly value?: T;
}

interface SettingOptions<T> {
  readonly env: string;
  readonly schema: z.ZodType<T>;
  readonly description: string;
  readonly default?: string | number | boolean;
}

const withDefault = (value: string | number | boolean | undefined): { fallback?: string } =>
  value === undefined ? {} : { fallback: String(value) };

/** A setting that must be given unless it has a default. */
export const setting = <T>(options: SettingOptions<T>): Setting<T> => ({
  env: options.env,
  schema: options.schema,
  description: options.description,
  ...withDefault(options.default),
  isSecret: false,
  isOptional: false,
});

/** A setting that may be absent; then it is undefined. */
export const optionalSetting = <T>(options: Omit<SettingOptions<T>, 'default'>): Setting<T | undefined> => ({
  env: options.env,
  schema: options.schema as z.ZodType<T | undefined>,
  description: options.description,
  isSecret: false,
  isOptional: true,
});

/** A setting whose value is wrapped in a `Secret`. */
export const secretSetting = (options: Omit<SettingOptions<string>, 'default'>): Setting<Secret> => ({
  env: options.env,
  schema: options.schema as unknown as z.ZodType<Secret>,
  description: options.description,
  isSecret: true,
  isOptional: false,
});

export const optionalSecretSetting = (
  options: Omit<SettingOptions<string>, 'default'>,
): Setting<Secret | undefined> => ({
  env: options.env,
  schema: options.schema as unknown as z.ZodType<Secret | undefined>,
  description: options.description,
  isSecret: true,
  isOptional: true,
});

export interface ConfigShape {
  readonly [name: string]: Setting<unknown> | ConfigShape;
}

export const isSetting = (value: Setting<unknown> | ConfigShape): value is Setting<unknown> =>
  typeof value['env'] === 'string';
