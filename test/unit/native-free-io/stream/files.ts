/** Files for stream tests: real ones in a temporary directory, and doubles of single operations. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { FileHandle } from '../../../../native-free-io/file/file-system.ts';
import { nodeFileSystem } from '../../../../native-free-io/file/node-fs.ts';

let directory = '';
let counter = 0;
const opened: FileHandle[] = [];

/**
 * Call once at the top of a test file: makes the directory and removes it with everything in it.
 */
export function useTemporaryFiles(): void {
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'varve-stream-'));
  });
  afterAll(() => {
    for (const file of opened.splice(0)) file.closeSync();
    rmSync(directory, { recursive: true, force: true });
  });
}

export function temporaryPath(): string {
  return join(directory, `file-${++counter}`);
}

/** A file of these bytes, open for reading and writing. */
export function fileOf(bytes: Uint8Array): FileHandle {
  const path = temporaryPath();
  writeFileSync(path, bytes);
  const file = nodeFileSystem.openSync(path, 'write');
  opened.push(file);
  return file;
}

/** Bytes in which every 4-byte word differs, so that lost, swapped and repeated pieces show. */
export function patternBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = ((i >> 2) * 2654435761) >>> (8 * (i & 3));
  return bytes;
}

/** `file` with some operations replaced. */
export function double(file: FileHandle, replaced: Partial<FileHandle>): FileHandle {
  return new Proxy(file, {
    get(target, name) {
      const source = name in replaced ? replaced : target;
      const value: unknown = Reflect.get(source, name, source);
      return typeof value === 'function' ? value.bind(source) : value;
    },
  });
}

/** Resolves in a later turn of the event loop, after everything that is ready now. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
