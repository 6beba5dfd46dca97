/** Sorting in memory for tests, and the system's own sort beside it. */
import { spawnSync } from 'node:child_process';
import { MemoryFileSystem, type FileSystem } from '../../../native-free-io/index.ts';
import { realEnv } from '../../../src/env/index.ts';
import { sortFile, type SortOptions, type SortReport } from '../../../src/mapreduce/index.ts';

export interface Sorted {
  readonly out: Buffer;
  readonly report: SortReport;
}

/** A memory file system with these files in `data`. */
export function filesOf(contents: readonly (string | Uint8Array)[]): {
  readonly fs: MemoryFileSystem;
  readonly paths: readonly string[];
} {
  const fs = new MemoryFileSystem();
  fs.makeDirectorySync('data');
  const paths = contents.map((content, index) => {
    const path = `data/in-${index}`;
    writeFile(fs, path, Buffer.from(content as string));
    return path;
  });
  return { fs, paths };
}

export function writeFile(fs: FileSystem, path: string, bytes: Uint8Array): void {
  const file = fs.openSync(path, 'create');
  file.truncateSync(0);
  file.writeSync(bytes, 0, bytes.length, 0);
  file.closeSync();
}

export function readFile(fs: FileSystem, path: string): Buffer {
  const file = fs.openSync(path, 'read');
  const bytes = Buffer.alloc(file.sizeSync());
  file.readSync(bytes, 0, bytes.length, 0);
  file.closeSync();
  return bytes;
}

/** Sorts the contents, one file each, in this thread. */
export async function sortAll(
  contents: readonly (string | Uint8Array)[],
  options: SortOptions = {},
): Promise<Sorted> {
  const { fs, paths } = filesOf(contents);
  const env = realEnv({ fs });
  const report = await sortFile(paths, 'data/out', { env, ...options });
  return { out: readFile(fs, 'data/out'), report };
}

/** The system's sort, when it is GNU's. */
export function hasGnuSort(): boolean {
  const { error, stdout } = spawnSync('sort', ['--version']);
  return error === undefined && stdout.toString().includes('GNU coreutils');
}

export function gnuSort(
  args: readonly string[],
  stdin: Uint8Array = Buffer.of(),
): {
  readonly code: number | null;
  readonly out: Buffer;
  readonly err: string;
} {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
  const { status, stdout, stderr } = spawnSync('sort', args, {
    input: stdin,
    env,
    maxBuffer: 1 << 28,
  });
  return { code: status, out: stdout, err: stderr.toString() };
}
