/** Short hands for disks that crash: prepared contents, outcomes over many seeds. */
import { CrashFileSystem } from '../../../../native-free-io/index.ts';
import { put, textOf } from './disk-helpers.ts';

/** A disk with these files, all durable, made by one earlier run. */
export function diskWith(files: Readonly<Record<string, string>>): CrashFileSystem {
  const fs = new CrashFileSystem();
  for (const [path, text] of Object.entries(files)) {
    fs.makeDirectorySync(path.slice(0, path.lastIndexOf('/')) || '/');
    put(fs, path, text);
  }
  return fs.afterCrash('keep-all');
}

export function write(fs: CrashFileSystem, path: string, text: string, position: number): void {
  const file = fs.openSync(path, 'write');
  const bytes = new TextEncoder().encode(text);
  file.writeSync(bytes, 0, bytes.length, position);
  file.closeSync();
}

export function sync(fs: CrashFileSystem, path: string): void {
  const file = fs.openSync(path, 'write');
  try {
    file.syncSync();
  } finally {
    file.closeSync();
  }
}

/** What is seen of the survivors over many seeds and both other policies. */
export function outcomesOf<T>(
  fs: CrashFileSystem,
  look: (after: CrashFileSystem) => T,
  seeds = 200,
): Set<T> {
  const seen = new Set<T>([look(fs.afterCrash('lose-all')), look(fs.afterCrash('keep-all'))]);
  for (let seed = 0; seed < seeds; seed++) seen.add(look(fs.afterCrash('random', seed)));
  return seen;
}

export function snapshot(fs: CrashFileSystem, path = '/'): string {
  return fs
    .listSync(path)
    .map(({ name, kind }) => {
      const child = `${path === '/' ? '' : path}/${name}`;
      return kind === 'directory'
        ? `${child}/\n${snapshot(fs, child)}`
        : `${child}=${textOf(fs, child)}\n`;
    })
    .join('');
}

export function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Looks at the texts of these files: `undefined` for one that is not there. */
export function texts(...paths: readonly string[]): (fs: CrashFileSystem) => string {
  return (fs) => paths.map((path) => textOf(fs, path) ?? 'undefined').join(' ');
}

/** Looks which of these paths exist. */
export function present(...paths: readonly string[]): (fs: CrashFileSystem) => string {
  return (fs) => paths.filter((path) => fs.statSync(path) !== undefined).join();
}
