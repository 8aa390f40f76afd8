// Stand-ins for programs that a machine may or may not have, so that these tests need nothing but Node.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export async function until(check, what, limitMs = 15_000) {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await pause(20);
  }
}

/** A folder that is removed after the test, and an environment whose PATH holds only `bin` in it. */
export function createMachine(t) {
  const root = mkdtempSync(join(tmpdir(), 'local-servers-'));
  const bin = join(root, 'bin');
  mkdirSync(bin);
  t.after(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  return {
    root,
    env: { PATH: bin, HOME: root, DAIKAIFA_CACHE_DIR: join(root, 'cache') },
    /** Puts an executable on PATH; `body` is JavaScript of a CommonJS module. */
    addProgram(name, body) {
      const file = join(bin, name);
      writeFileSync(file, `#!${process.execPath}\n${body}`);
      chmodSync(file, 0o755);
      return file;
    },
  };
}

const portOf = "Number(process.argv[process.argv.indexOf('--port') + 1])";

/** Answers +PONG on its port, as redis-server does. */
export const answeringRedis = `
console.log('stand-in is up');
require('node:net').createServer((s) => { s.on('error', () => {}); s.on('data', () => s.write('+PONG\\r\\n')); })
  .listen(${portOf}, '127.0.0.1');
`;

export const crashingRedis = `
console.error('FATAL CONFIG: the disk is made of cheese');
process.exit(3);
`;

/** Finds its port taken when it is started for the first time. */
export const unluckyRedis = (marker) => `
const fs = require('node:fs');
if (!fs.existsSync(${JSON.stringify(marker)})) {
  fs.writeFileSync(${JSON.stringify(marker)}, '');
  console.error('bind: Address already in use');
  process.exit(1);
}
${answeringRedis}
`;

/** A docker client whose containers are processes: each word of its command lines goes to a file. */
export const standInDocker = (logFile, redisFile) => `
const fs = require('node:fs');
const args = process.argv.slice(2);
fs.appendFileSync(${JSON.stringify(logFile)}, JSON.stringify(args) + '\\n');
if (args[0] === 'run') {
  const port = args[args.indexOf('--publish') + 1].split(':')[1];
  process.argv = [process.argv[0], ${JSON.stringify(redisFile)}, '--port', port];
  require(${JSON.stringify(redisFile)});
} else {
  console.log('1');
}
`;

/** A process that does nothing until it is ended. */
export async function startBystander(t) {
  const child = spawn(process.execPath, ['-e', "console.log('up'); setInterval(() => {}, 1000)"], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}
