// Outlives the launcher: its standard input is a pipe that only the launcher holds, so its end means that the launcher
// is gone, be it by stop(), Ctrl-C, kill -9 or a crash. Then it does what the launcher could not.
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDataFolder } from './data-folder.mjs';

const [root, userId, removeAfter] = process.argv.slice(2);

async function takeOver() {
  const folder = openDataFolder(root);
  const wasLast = await folder.locked(() => folder.leave(userId));
  if (wasLast && removeAfter === 'remove') rmSync(root, { recursive: true, force: true });
}

process.stdin.resume();
process.stdin.once('end', () => {
  takeOver().catch((error) => {
    appendFileSync(join(root, 'logs', 'guard.log'), `${new Date().toISOString()} ${error.stack}\n`);
    process.exitCode = 1;
  });
});
// The launcher says that it has stopped everything itself.
process.stdin.on('data', () => process.exit(0));
