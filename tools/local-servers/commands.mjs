import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Absolute path of an executable on PATH, or null. */
export function findExecutable(name, env) {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (folder === '') continue;
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** The last `count` lines that hold anything. */
export const lastLines = (text, count = 25) =>
  text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');

/** Runs a command to its end, without a terminal: { code, output } with both streams in order of arrival. */
export function runCommand(command, args, { cwd, env, timeoutMs, onOutput } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (chunk) => {
      // A build prints megabytes; only its end is ever shown.
      output = (output + chunk).slice(-200_000);
      onOutput?.(chunk);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ code: -1, output: `${output}${error.message}` });
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? -1, output });
    });
  });
}

/** As runCommand, but a failure is an error that shows the command and the end of what it printed. */
export async function mustRun(command, args, options) {
  const { code, output } = await runCommand(command, args, options);
  if (code !== 0) {
    throw new Error(`${[command, ...args].join(' ')}\nended with code ${code}; its last output:\n${lastLines(output)}`);
  }
  return output;
}
