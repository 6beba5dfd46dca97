/**
 * Where the interop tests stand, also when they were compiled to another folder: a starter that
 * runs them from `.cache`, which may be a link out of the repository, names it in
 * VARVE_REPOSITORY.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryRoot: string =
  process.env['VARVE_REPOSITORY'] ?? findRoot(dirname(fileURLToPath(import.meta.url)));
export const interopRoot: string = join(repositoryRoot, 'test', 'interop');
export const fixturesRoot: string = join(repositoryRoot, 'test', 'fixtures');

function findRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package-lock.json'))) return folder;
    if (folder === dirname(folder)) throw new Error(`no repository above ${start}`);
  }
}
