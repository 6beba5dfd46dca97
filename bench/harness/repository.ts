/** Where the repository begins, from the compiled sources below `dist-bench`. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryRoot: string = rootOf(dirname(fileURLToPath(import.meta.url)));

function rootOf(start: string): string {
  for (let dir = start; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'bench/baselines'))) return dir;
  }
}
