/**
 * Recognises store files and write-ahead logs by their bytes, and describes them: what they say of
 * themselves, and on request their keys, blocks and how large things are in them.
 *
 * What is damaged becomes a problem with its place, not an exception: the rest is still told.
 */
import {
  nodeFileSystem,
  NotFoundError,
  StoreError,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import type { InspectedFile } from '../../base/index.ts';
import {
  blockMagicBytes,
  BlockMagic,
  trailerMagic,
  trailerMagicBytes,
  versionWordBytes,
} from '../format/layout.ts';
import { trailerBytesOf } from '../format/trailer.ts';
import { walMagic, walMagicBytes } from '../format/wal-layout.ts';
import { Description } from './description.ts';
import { describeHFile } from './describe-hfile.ts';
import { describeWal } from './describe-wal.ts';

export const inspectParts = ['meta', 'keys', 'blocks', 'histogram'] as const;
export type InspectPart = (typeof inspectParts)[number];

export interface LsmInspectOptions {
  /** What to describe. Default: meta. */
  readonly parts?: readonly InspectPart[];
  /** Keys, blocks or entries at most. Default 100. */
  readonly limit?: number;
  readonly fs?: FileSystem;
  readonly signal?: AbortSignal;
}

export interface InspectedLsmFile extends InspectedFile {
  /** What it says of itself, by name. */
  readonly meta: Readonly<Record<string, string | number>>;
}

/** Undefined when the file is neither a store file nor a log. */
export function inspectLsmFile(
  path: string,
  options: LsmInspectOptions = {},
): InspectedLsmFile | undefined {
  const fs = options.fs ?? nodeFileSystem;
  const stat = fs.statSync(path);
  if (stat?.kind !== 'file') {
    throw new NotFoundError('IO_NOT_FOUND', 'no such file', { context: { path } });
  }
  const kind = kindOf(fs, path, stat.size);
  if (kind === undefined) return undefined;
  const into = new Description();
  const { parts = ['meta'], limit = 100, signal } = options;
  const settings = { fs, parts, limit, signal };
  try {
    if (kind === 'hfile') describeHFile(path, settings, into);
    else describeWal(path, settings, into);
  } catch (error) {
    if (!(error instanceof StoreError && error.code.startsWith('LSM_'))) throw error;
    const { position = 0 } = error.context;
    into.problems.push({ path, position, reason: error.message });
  }
  const { lines, meta, problems, truncated } = into;
  const words = kind === 'hfile' ? 'HBase store file (HFile)' : 'HBase write-ahead log';
  return { kind: words, size: stat.size, meta, lines, truncated, problems };
}

function kindOf(fs: FileSystem, path: string, size: number): 'hfile' | 'wal' | undefined {
  const file = fs.openSync(path, 'read');
  try {
    const read = (position: number, length: number): Uint8Array => {
      const bytes = new Uint8Array(length);
      file.readSync(bytes, 0, length, position);
      return bytes;
    };
    if (size >= walMagicBytes && latin(read(0, walMagicBytes)) === walMagic) return 'wal';
    // A store file cut short has no trailer, but it begins with a block of data.
    const begins = size < blockMagicBytes ? '' : latin(read(0, blockMagicBytes));
    if (begins === BlockMagic.data || begins === BlockMagic.encodedData) return 'hfile';
    if (size < versionWordBytes) return undefined;
    const word = new DataView(read(size - versionWordBytes, versionWordBytes).buffer).getUint32(0);
    const trailerBytes = trailerBytesOf(word & 0xff_ffff);
    if (trailerBytes === undefined || trailerBytes > size) return undefined;
    const magic = latin(read(size - trailerBytes, trailerMagicBytes));
    return magic === trailerMagic ? 'hfile' : undefined;
  } finally {
    file.closeSync();
  }
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
