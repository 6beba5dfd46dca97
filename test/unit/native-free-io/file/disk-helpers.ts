/** Short hands for files of the simulated disks under test. */
import type { FileSystem } from '../../../../native-free-io/index.ts';

export function put(fs: FileSystem, path: string, text: string): void {
  const file = fs.openSync(path, 'create');
  file.truncateSync(0);
  const bytes = new TextEncoder().encode(text);
  file.writeSync(bytes, 0, bytes.length, 0);
  file.closeSync();
}

export function bytesOf(fs: FileSystem, path: string): Uint8Array {
  const file = fs.openSync(path, 'read');
  const bytes = new Uint8Array(file.sizeSync());
  file.readSync(bytes, 0, bytes.length, 0);
  file.closeSync();
  return bytes;
}

/** Undefined when no such file is there. */
export function textOf(fs: FileSystem, path: string): string | undefined {
  return fs.statSync(path) === undefined ? undefined : new TextDecoder().decode(bytesOf(fs, path));
}

export function namesIn(fs: FileSystem, path: string): string[] {
  return fs.listSync(path).map((entry) => entry.name);
}

/** Small seeded generator for tests: integers from 0 up to, not including, `limit`. */
export function seeded(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** The seed to run with: from the environment, to repeat a failure, or a new one. */
export function chosenSeed(): number {
  const given = process.env['VARVE_TEST_SEED'];
  return given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
}
