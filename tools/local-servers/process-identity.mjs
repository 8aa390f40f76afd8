// A pid alone says nothing after a crash: the system hands the number to somebody else. A process is therefore always
// remembered together with the moment it started, and nothing is signalled unless both still agree.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const hasProc = existsSync('/proc/self/stat');
const bootId = hasProc ? readBootId() : '';

function readBootId() {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'boot';
  }
}

function readFromProc(pid) {
  let line;
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The command name is in parentheses and may hold spaces and parentheses itself.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], start: `${bootId}/${fields[19]}` };
}

function readFromPs(pid) {
  let line;
  try {
    line = execFileSync('ps', ['-o', 'stat=,lstart=,comm=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
  const [state, ...rest] = line.split(/\s+/);
  return state === undefined || rest.length === 0 ? null : { state, start: rest.join(' ') };
}

const read = hasProc ? readFromProc : readFromPs;

/** `{ pid, start }` of a process that exists now, or null. Two processes never share both values. */
export function identify(pid) {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  const found = read(pid);
  return found === null ? null : { pid, start: found.start };
}

/** Whether exactly this process still runs: a recycled pid and a zombie both count as gone. */
export function isAlive(identity) {
  if (!identity || !Number.isSafeInteger(identity.pid) || identity.pid <= 0) return false;
  const found = read(identity.pid);
  return found !== null && found.start === identity.start && !/^[ZX]/.test(found.state);
}

/** Sends a signal to exactly this process; false when it is gone. */
export function signal(identity, name) {
  if (!isAlive(identity)) return false;
  try {
    process.kill(identity.pid, name);
    return true;
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
}

async function goneWithin(identity, limitMs) {
  const end = Date.now() + limitMs;
  while (isAlive(identity)) {
    if (Date.now() >= end) return false;
    await pause(25);
  }
  return true;
}

const STOPPED = /\) [Tt] /;

const isStopped = ({ pid }) => {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.every((thread) => STOPPED.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')));
  } catch (error) {
    // One of them has just ended.
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return false;
    throw error;
  }
};

/** The threads of a process stop one by one after SIGSTOP; resolves when none of them can do anything any more. */
export async function frozen(identity) {
  const end = Date.now() + 5_000;
  while (hasProc && isAlive(identity) && !isStopped(identity)) {
    if (Date.now() >= end) throw new Error(`process ${identity.pid} does not stop`);
    await pause(5);
  }
}

/** Ends a process kindly, and after `graceMs` with SIGKILL. Resolves when it is gone. */
export async function endProcess(identity, { graceMs = 10_000 } = {}) {
  if (!signal(identity, 'SIGTERM')) return;
  // A process that a test has paused would never see the request to end.
  signal(identity, 'SIGCONT');
  if (await goneWithin(identity, graceMs)) return;
  await killProcess(identity);
}

/** Ends a process at once, without giving it a chance to write anything. */
export async function killProcess(identity) {
  signal(identity, 'SIGKILL');
  if (!(await goneWithin(identity, 10_000))) throw new Error(`process ${identity.pid} does not end`);
}
