import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';

const markerName = 'current.json';

/**
 * What was downloaded once and is used by every later run. Each entry is built in a folder of its own name and becomes
 * valid by a marker that is written last: a half download is never taken for the whole.
 */
export function createCache(root) {
  const find = (key) => {
    try {
      const { folder } = JSON.parse(readFileSync(join(root, key, markerName), 'utf8'));
      const path = join(root, key, folder);
      return existsSync(path) ? path : null;
    } catch {
      return null;
    }
  };

  const removeOthers = (key, keep) => {
    for (const entry of readdirSync(join(root, key))) {
      if (entry !== keep && entry !== markerName) rmSync(join(root, key, entry), { recursive: true, force: true });
    }
  };

  /** Path of the entry, built by `fill(folder)` unless another process has done so meanwhile. */
  const build = (key, fill, { isUsable = () => true, onWait } = {}) =>
    withLock(
      join(root, `${key}.lock`),
      async () => {
        const ready = find(key);
        if (ready !== null && isUsable(ready)) return ready;
        const name = randomBytes(4).toString('hex');
        const folder = join(root, key, name);
        mkdirSync(folder, { recursive: true });
        removeOthers(key, name);
        try {
          await fill(folder);
        } catch (error) {
          rmSync(folder, { recursive: true, force: true });
          throw error;
        }
        const marker = join(root, key, markerName);
        writeFileSync(`${marker}.new`, JSON.stringify({ folder: name, completedAt: new Date().toISOString() }));
        renameSync(`${marker}.new`, marker);
        return folder;
      },
      { onWait },
    );

  return { root, find, build };
}
