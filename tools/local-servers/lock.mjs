import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { identify, isAlive } from './process-identity.mjs';

const readText = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
};

/** Creates `target` with all of its content or not at all; false when it exists. */
function createWhole(target, content) {
  const draft = `${target}.${randomUUID()}`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, target);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

const ownerOf = (content) => {
  try {
    return JSON.parse(content);
  } catch {
    return null;
  }
};

function removeAbandoned(file, seen) {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const taken = readText(aside);
  // Somebody else may have replaced the abandoned lock with a live one between our look and our rename: put it back.
  if (taken !== null && taken !== seen) createWhole(file, taken);
  rmSync(aside, { force: true });
}

/**
 * Runs `work` while no other process holds `file`. A lock whose owner died is taken over.
 * `onWait(pid)` is called once when another live process has it.
 */
export async function withLock(file, work, { onWait } = {}) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = JSON.stringify({ ...identify(process.pid), ticket: randomUUID() });
  let told = false;
  while (!createWhole(file, mine)) {
    const seen = readText(file);
    if (seen === null) continue;
    const owner = ownerOf(seen);
    if (owner === null || !isAlive(owner)) {
      removeAbandoned(file, seen);
      continue;
    }
    if (!told) onWait?.(owner.pid);
    told = true;
    await pause(100);
  }
  try {
    return await work();
  } finally {
    if (readText(file) === mine) rmSync(file, { force: true });
  }
}
