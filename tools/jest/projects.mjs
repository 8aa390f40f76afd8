import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const workspace = resolve(fileURLToPath(new URL('.', import.meta.url)), '../..');

/** Name of the project in a folder, as in its project.json; null when there is no project. */
export function projectName(folder) {
  const file = join(folder, 'project.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).name : null;
}

export const resultFile = (name, root = workspace) => join(root, 'dist/test-results', `${name}.json`);

const holds = (folder, suffix) =>
  existsSync(folder) &&
  readdirSync(folder, { recursive: true }).some((path) => path.endsWith(suffix) && !path.includes('node_modules'));

/** Every project: [{ name, folder, hasSpecs }], by name; `hasSpecs`: jest would find something to run. */
export function listProjects(root = workspace) {
  return ['apps', 'libs', 'tools']
    .filter((group) => existsSync(join(root, group)))
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
    .map((folder) => ({
      name: projectName(folder),
      folder,
      hasSpecs: holds(join(folder, 'src'), '.unit.spec.ts') || holds(join(folder, 'test'), '.int.spec.ts'),
    }))
    .filter(({ name }) => name !== null)
    .sort((a, b) => a.name.localeCompare(b.name));
}
