// Everything that one set of servers leaves on disk, and who uses it:
//   run/<server>.json   process, ports and log of a running server
//   run/users/<id>.json one per launcher that wants these servers to stay up
//   data/ logs/ conf/   the servers' own files
// Only servers with a record here are ever stopped, so a server that somebody else started is never touched.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDocker } from './docker.mjs';
import { withLock } from './lock.mjs';
import { endProcess, isAlive, killProcess } from './process-identity.mjs';

const readJson = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
};

function writeJson(file, value) {
  writeFileSync(`${file}.new`, JSON.stringify(value, null, 2));
  renameSync(`${file}.new`, file);
}

const pinnedUser = 'pinned';

export function openDataFolder(root, env = process.env) {
  const run = join(root, 'run');
  const users = join(run, 'users');
  mkdirSync(users, { recursive: true });
  for (const name of ['data', 'logs', 'conf']) mkdirSync(join(root, name), { recursive: true });

  const jsonNames = (folder) => {
    try {
      return readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => name.slice(0, -'.json'.length));
    } catch {
      return [];
    }
  };
  const recordFile = (name) => join(run, `${name}.json`);
  const userFile = (id) => join(users, `${id}.json`);

  const record = (name) => readJson(recordFile(name));
  const records = () =>
    jsonNames(run)
      .map(record)
      .filter((found) => found !== null);

  /** Users that are still there; those of dead processes are forgotten on the way. */
  const liveUsers = () =>
    jsonNames(users).filter((id) => {
      const user = readJson(userFile(id));
      if (user !== null && (user.pinned === true || isAlive(user))) return true;
      rmSync(userFile(id), { force: true });
      return false;
    });

  const endRecorded = async (found, { kill = false } = {}) => {
    if (found.container) await createDocker(env).remove(found.container, { graceSec: kill ? 0 : 10 });
    await (kill ? killProcess(found.process) : endProcess(found.process));
    rmSync(recordFile(found.name), { force: true });
  };

  const endAll = async () => {
    const faults = (await Promise.allSettled(records().map((found) => endRecorded(found)))).filter(
      (r) => r.status === 'rejected',
    );
    if (faults.length > 0)
      throw new AggregateError(
        faults.map((fault) => fault.reason),
        faults[0].reason.message,
      );
  };

  return {
    root,
    place: (name) => ({
      data: join(root, 'data', name),
      configuration: join(root, 'conf', name),
      logFile: join(root, 'logs', `${name}.log`),
    }),
    locked: (work, options) => withLock(join(run, 'lock'), work, options),
    record,
    records,
    writeRecord: (value) => writeJson(recordFile(value.name), value),
    removeRecord: (name) => rmSync(recordFile(name), { force: true }),
    liveUsers,
    liveLaunchers: () => liveUsers().filter((id) => id !== pinnedUser),
    addUser: (id, identity) => writeJson(userFile(id), identity),
    pin: () => writeJson(userFile(pinnedUser), { pinned: true }),
    unpin: () => rmSync(userFile(pinnedUser), { force: true }),
    endRecorded,
    endAll,
    /** A launcher needs its servers no longer; the last one out ends them. Call with the lock held. */
    async leave(id) {
      rmSync(userFile(id), { force: true });
      if (liveUsers().length > 0) return false;
      await endAll();
      return true;
    },
  };
}
