/**
 * How much of a replica that was being written can be kept: HDFS's rule, and two steps beyond it.
 *
 * The rule: of the chunks that both files have, the last is checked against its sum; if it is bad
 * it is dropped. Beyond: the check goes on backwards until a chunk is good; of a bad last chunk the
 * part is kept whose sum is the stored one (data written, sum not yet); and what a guard vouches
 * for is kept (guard.ts).
 *
 * Upstream: apache/hadoop: BlockPoolSlice.validateIntegrityAndSetLength.
 */
import { crc32, crc32c, type FileHandle } from '../../native-free-io/index.ts';
import { sumPosition } from './block-files.ts';
import { readSum } from './format/sums.ts';
import type { GuardSlot } from './format/guard-slot.ts';
import { metaHeaderBytes, sumBytes } from './format/layout.ts';
import type { MetaHeader } from './format/meta-header.ts';

export interface Validity {
  /** Bytes that are good as far as was looked. */
  readonly length: number;
  /**
   * Sum of a short last chunk, which the sidecar may not have; undefined when the length is whole.
   */
  readonly partialSum: number | undefined;
}

/** A chunk's bytes are read at once up to this; longer ones in pieces. */
const pieceBytes = 64 << 10;

/** Never throws for damage: damage shortens. */
export function validLength(
  data: FileHandle,
  meta: FileHandle,
  header: MetaHeader,
  guard: GuardSlot | undefined,
): Validity {
  const dataLength = data.sizeSync();
  if (header.checksum === 'none') return { length: dataLength, partialSum: undefined };
  const { chunkBytes } = header;
  const sums = Math.floor(Math.max(0, meta.sizeSync() - metaHeaderBytes) / sumBytes);
  const chunks = Math.min(Math.ceil(dataLength / chunkBytes), sums);
  const found = lastGood(data, meta, header, { chunks, dataLength });
  if (guard === undefined || guard.length <= found.length || guard.length > dataLength)
    return found;
  const chunk = Math.floor(guard.length / chunkBytes);
  const scan = new ChunkScan(data, header, chunk * chunkBytes, guard.length);
  if (scan.whole() !== guard.sum) return found;
  return { length: guard.length, partialSum: guard.sum };
}

function lastGood(
  data: FileHandle,
  meta: FileHandle,
  header: MetaHeader,
  from: { chunks: number; dataLength: number },
): Validity {
  const { chunkBytes } = header;
  const stored = new Uint8Array(sumBytes);
  for (let chunk = from.chunks - 1; chunk >= 0; chunk--) {
    meta.readSync(stored, 0, sumBytes, sumPosition(chunk));
    const sum = readSum(stored, 0);
    const start = chunk * chunkBytes;
    const end = Math.min(start + chunkBytes, from.dataLength);
    const length = new ChunkScan(data, header, start, end).prefixWith(sum);
    if (length === 0) continue;
    const isShort = length < chunkBytes;
    return { length: start + length, partialSum: isShort ? sum : undefined };
  }
  return { length: 0, partialSum: undefined };
}

class ChunkScan {
  readonly #data: FileHandle;
  readonly #sum: typeof crc32c;
  readonly #start: number;
  readonly #end: number;

  constructor(data: FileHandle, header: MetaHeader, start: number, end: number) {
    this.#data = data;
    this.#sum = header.checksum === 'crc32' ? crc32 : crc32c;
    this.#start = start;
    this.#end = end;
  }

  /** Sum of all bytes. */
  whole(): number {
    let sum = 0;
    for (const piece of this.#pieces()) sum = this.#sum(piece, 0, piece.length, sum);
    return sum;
  }

  /** The longest beginning whose sum is `wanted`; the whole first. 0 when there is none. */
  prefixWith(wanted: number): number {
    if (this.whole() === wanted) return this.#end - this.#start;
    let sum = 0;
    let length = 0;
    let found = 0;
    for (const piece of this.#pieces()) {
      for (let at = 0; at < piece.length; at++) {
        sum = this.#sum(piece, at, at + 1, sum);
        length++;
        if (sum === wanted) found = length;
      }
    }
    return found;
  }

  *#pieces(): Generator<Uint8Array> {
    for (let at = this.#start; at < this.#end;) {
      const piece = new Uint8Array(Math.min(pieceBytes, this.#end - at));
      const got = this.#data.readSync(piece, 0, piece.length, at);
      if (got === 0) return;
      yield piece.subarray(0, got);
      at += got;
    }
  }
}
