/**
 * Finds text to work on: a file, or what a directory holds, told from binary by its first bytes.
 */
import { fileURLToPath } from 'node:url';
import {
  IoError,
  joinPath,
  nodeFileSystem,
  NotFoundError,
  parentPath,
  type FileSystem,
} from '../../native-free-io/index.ts';

export interface TextFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

const textName = /\.(c|cjs|cts|css|h|html|js|json|jsx|md|mjs|mts|py|sh|ts|tsx|txt|xml|ya?ml)$/i;
const probeBytes = 8192;
const pieceBytes = 1 << 20;

/** The nearest node_modules above this module. */
export function installedPackages(): string {
  const fs = nodeFileSystem;
  for (let dir = parentPath(fileURLToPath(import.meta.url)); ; dir = parentPath(dir)) {
    if (fs.statSync(joinPath(dir, 'node_modules')) !== undefined) {
      return joinPath(dir, 'node_modules');
    }
    if (dir === '/' || dir === '.' || dir === parentPath(dir)) return '.';
  }
}

export interface FoundTextFiles {
  readonly files: readonly TextFile[];
  /** Files and directories left out because access was denied. */
  readonly unreadable: number;
}

/** `path` itself, or the text files below it in name order, until their sizes reach `maxBytes`. */
export function findTextFiles(path: string, maxBytes: number): FoundTextFiles {
  const fs = nodeFileSystem;
  const stat = fs.statSync(path);
  if (stat === undefined) {
    throw new NotFoundError('IO_NOT_FOUND', 'no such file or directory', { context: { path } });
  }
  if (stat.kind === 'file') return { files: [{ path, size: stat.size }], unreadable: 0 };
  const found: Search = { files: [], left: maxBytes, unreadable: 0 };
  collect(fs, path, found);
  return found;
}

interface Search {
  readonly files: TextFile[];
  /** Bytes. */
  left: number;
  unreadable: number;
}

function collect(fs: FileSystem, dir: string, into: Search): void {
  for (const { name, kind } of fs.listSync(dir)) {
    if (into.left <= 0) return;
    const path = joinPath(dir, name);
    try {
      if (kind === 'directory') collect(fs, path, into);
      if (kind !== 'file' || !textName.test(name)) continue;
      const size = fs.statSync(path)?.size ?? 0;
      if (size === 0 || isBinary(fs, path)) continue;
      into.files.push({ path, size });
      into.left -= size;
    } catch (error) {
      if (!(error instanceof IoError) || error.code !== 'IO_PERMISSION') throw error;
      into.unreadable++;
    }
  }
}

function isBinary(fs: FileSystem, path: string): boolean {
  const file = fs.openSync(path, 'read');
  try {
    const bytes = new Uint8Array(probeBytes);
    const length = file.readSync(bytes, 0, probeBytes, 0);
    return bytes.subarray(0, length).includes(0);
  } finally {
    file.closeSync();
  }
}

/** The bytes of a file, piece by piece; a piece is valid until the next. */
export function* readPieces(path: string): Generator<Uint8Array> {
  const file = nodeFileSystem.openSync(path, 'read');
  try {
    // Most text files are small; a byte more than the file ends the loop without another read.
    const piece = new Uint8Array(Math.min(pieceBytes, file.sizeSync() + 1));
    for (let position = 0; ;) {
      const length = file.readSync(piece, 0, piece.length, position);
      if (length === 0) return;
      yield piece.subarray(0, length);
      if (length < piece.length) return;
      position += length;
    }
  } finally {
    file.closeSync();
  }
}
