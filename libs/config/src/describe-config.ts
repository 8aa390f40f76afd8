import { isSetting, type ConfigShape, type Setting } from './setting';

const settingsOf = (shape: ConfigShape): Setting<unknown>[] =>
  Object.values(shape).flatMap((entry) => (isSetting(entry) ? [entry] : settingsOf(entry)));

const defaultOf = (one: Setting<unknown>): string => {
  if (one.fallback !== undefined) {
    return one.fallback === '' ? '(empty)' : `\`${one.fallback}\``;
  }
  return one.isOptional ? '–' : '**required**';
};

/** The configuration as a Markdown table, for READMEs. */
export const describeConfig = (shape: ConfigShape): string =>
  [
    '| variable | default | meaning |',
    '| --- | --- | --- |',
    ...settingsOf(shape).map(
      (one) => `| \`${one.env}\` | ${defaultOf(one)} | ${one.description}${one.isSecret ? ' (secret)' : ''} |`,
    ),
  ].join('\n');
