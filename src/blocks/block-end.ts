/**
 * The end of a block that is to be changed: checked against its sum, guarded, cut.
 */
import type { FileHandle } from '../../native-free-io/index.ts';
import { dataPath, metaLength, metaPath, readMetaHeader, sumPosition } from './block-files.ts';
import { ChunkSummer } from './chunk-summer.ts';
import { readSum, writeSum } from './format/sums.ts';
import { damagedChunk, damagedFile, shortData } from './damage.ts';
import { sumBytes } from './format/layout.ts';
import type { MetaHeader } from './format/meta-header.ts';
import { Guard } from './guard.ts';
import type { Replica } from './replica.ts';

export interface CheckedEnd {
  readonly header: MetaHeader;
  /** Sum of the short chunk that ends at the length asked for; 0 when it is whole. */
  readonly partialSum: number;
}

/** Header, and the chunk that `length` lies in, checked against its sum before it is changed. */
export function checkedEnd(replica: Replica, length: number): CheckedEnd {
  const { fs } = replica.volume;
  const data = fs.openSync(dataPath(replica), 'read');
  try {
    const meta = fs.openSync(metaPath(replica), 'read');
    try {
      const header = readMetaHeader(meta);
      const position = data.sizeSync();
      if (position < replica.length) throw shortData(replica, { path: data.path, position });
      if (header.checksum === 'none') return { header, partialSum: 0 };
      const needed = metaLength(header, replica.length);
      if (meta.sizeSync() < needed) {
        const reason = 'the sidecar ends before its last sum';
        throw damagedFile(replica, { path: meta.path, position: meta.sizeSync(), reason });
      }
      if (length % header.chunkBytes === 0) return { header, partialSum: 0 };
      return { header, partialSum: partialSumOf(replica, { data, meta, header, length }) };
    } finally {
      meta.closeSync();
    }
  } finally {
    data.closeSync();
  }
}

function partialSumOf(
  replica: Replica,
  {
    data,
    meta,
    header,
    length,
  }: { data: FileHandle; meta: FileHandle; header: MetaHeader; length: number },
): number {
  const { chunkBytes } = header;
  const kind = header.checksum === 'none' ? 'crc32c' : header.checksum;
  const chunk = Math.floor(length / chunkBytes);
  const chunkEnd = Math.min((chunk + 1) * chunkBytes, replica.length);
  const start = { position: chunk * chunkBytes, partialSum: 0 };
  // One byte longer than the chunk can be: the summer then keeps the sum of a full one too.
  const summer = new ChunkSummer(kind, chunkBytes + 1, { position: 0, partialSum: 0 });
  const piece = new Uint8Array(Math.min(64 << 10, chunkEnd - start.position));
  let partialSum = 0;
  for (let at = start.position; at < chunkEnd;) {
    const untilLength = at < length ? length - at : chunkEnd - at;
    const got = data.readSync(piece, 0, Math.min(piece.length, untilLength), at);
    if (got === 0) throw shortData(replica, { path: data.path, position: at });
    summer.update(piece, 0, got);
    at += got;
    if (at === length) partialSum = summer.partialSum;
  }
  const stored = new Uint8Array(sumBytes);
  meta.readSync(stored, 0, sumBytes, sumPosition(chunk));
  if (readSum(stored, 0) !== summer.partialSum) {
    throw damagedChunk(replica, { path: data.path, chunk, chunkBytes });
  }
  return partialSum;
}

export function saveGuard(
  replica: Replica,
  end: { generationStamp: number; header: MetaHeader; length: number; sum: number },
): void {
  const { header, length } = end;
  if (header.checksum === 'none' || length % header.chunkBytes === 0) return;
  const guard = new Guard(replica.volume, replica.id);
  try {
    guard.save(end.generationStamp, length, end.sum);
  } finally {
    guard.close();
  }
}

export function partialOf(header: MetaHeader, length: number, sum: number): number | undefined {
  return header.checksum === 'none' || length % header.chunkBytes === 0 ? undefined : sum;
}

export function cutFiles(
  replica: Replica,
  header: MetaHeader,
  length: number,
  partialSum: number,
): void {
  const { fs } = replica.volume;
  const meta = fs.openSync(metaPath(replica), 'write');
  try {
    const size = metaLength(header, length);
    meta.truncateSync(size);
    meta.syncSync();
    if (partialOf(header, length, partialSum) !== undefined) {
      const bytes = new Uint8Array(sumBytes);
      writeSum(bytes, 0, partialSum);
      meta.writeSync(bytes, 0, sumBytes, size - sumBytes);
      meta.syncSync();
    }
  } finally {
    meta.closeSync();
  }
  const data = fs.openSync(dataPath(replica), 'write');
  try {
    data.truncateSync(length);
    data.syncSync();
  } finally {
    data.closeSync();
  }
}
