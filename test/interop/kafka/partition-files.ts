/** Small tools for partition directories in tests: names, bytes, temporary folders. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that goes away with the test. */
export class TemporaryFolder implements Disposable {
  readonly path: string;

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'varve-interop-'));
  }

  join(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** Copies a directory into the folder under another name. */
  copyOf(dir: string, name: string): string {
    const target = this.join(name);
    cpSync(dir, target, { recursive: true });
    return target;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Paths of the files Kafka knows in a partition directory, by name order. */
export function segmentFiles(
  dir: string,
  types = 'log|index|timeindex|txnindex|snapshot',
): string[] {
  const pattern = new RegExp(`^\\d{20}\\.(${types})$`);
  return readdirSync(dir)
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(dir, name));
}

/** File name to content (hexadecimal, so that a difference is readable), for whole comparisons. */
export function fileContents(
  dir: string,
  types = 'log|index|timeindex|txnindex',
): Record<string, string> {
  const contents: Record<string, string> = {};
  for (const file of segmentFiles(dir, types)) {
    contents[file.slice(dir.length + 1)] = readFileSync(file).toString('hex');
  }
  return contents;
}

export function epochCheckpoint(dir: string): string {
  return readFileSync(join(dir, 'leader-epoch-checkpoint'), 'utf8');
}
