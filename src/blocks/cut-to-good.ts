/** Cutting the files of a replica that was being written to what is good of them. */
import type { FileHandle, FileSystem } from '../../native-free-io/index.ts';
import { metaLength, readMetaHeader, sumPosition } from './block-files.ts';
import { writeSum } from './format/sums.ts';
import type { GuardSlot } from './format/guard-slot.ts';
import { sumBytes } from './format/layout.ts';
import { validLength } from './validate.ts';

/** Cuts both files to what is good, durably; returns its length. */
export function cutToGood(
  data: FileHandle,
  meta: FileHandle,
  guard: GuardSlot | undefined,
): number {
  const header = readMetaHeader(meta);
  const { length, partialSum } = validLength(data, meta, header, guard);
  if (data.sizeSync() > length) data.truncateSync(length);
  data.syncSync();
  if (header.checksum === 'none') return length;
  if (partialSum !== undefined) {
    const bytes = new Uint8Array(sumBytes);
    writeSum(bytes, 0, partialSum);
    meta.writeSync(bytes, 0, sumBytes, sumPosition(Math.floor(length / header.chunkBytes)));
  }
  if (meta.sizeSync() > metaLength(header, length)) meta.truncateSync(metaLength(header, length));
  meta.syncSync();
  return length;
}

/** Opens both files of a replica for a piece of work. */
export function withFiles<T>(
  fs: FileSystem,
  paths: { data: string; meta: string },
  mode: 'read' | 'write',
  work: (data: FileHandle, meta: FileHandle) => T,
): T {
  const data = fs.openSync(paths.data, mode);
  try {
    const meta = fs.openSync(paths.meta, mode);
    try {
      return work(data, meta);
    } finally {
      meta.closeSync();
    }
  } finally {
    data.closeSync();
  }
}
