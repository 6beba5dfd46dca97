/**
 * Reads sums of a sidecar, more at once as a reader goes on, so that a block read in pieces costs
 * few reads of its sidecar and a random read costs one small one.
 *
 * The sums of whole chunks stay as they are; that of a short last chunk may change with the block,
 * so what was read is dropped when the replica's version changes.
 * Lifetime: what `read` returns is valid until the next call.
 */
import type { FileHandle } from '../../native-free-io/index.ts';
import { sumPosition } from './block-files.ts';
import { writeSum } from './format/sums.ts';
import { damagedFile } from './damage.ts';
import { sumBytes } from './format/layout.ts';
import type { Replica } from './replica.ts';

const mostSumsAhead = 16 << 10;

export interface SumWindow {
  readonly bytes: Uint8Array;
  /** Where the first sum asked for stands. */
  readonly start: number;
}

export class SumReader {
  readonly #replica: Replica;
  readonly #meta: FileHandle;
  readonly #chunkBytes: number;
  #bytes = new Uint8Array(sumBytes * 256);
  #first = 0;
  #count = 0;
  #version: number;
  /** Held as one object: a read makes none. */
  readonly #window = { bytes: this.#bytes, start: 0 };

  constructor(replica: Replica, meta: FileHandle, chunkBytes: number) {
    this.#replica = replica;
    this.#meta = meta;
    this.#chunkBytes = chunkBytes;
    this.#version = replica.version;
  }

  /** Sums of chunks [first, first + count) of a block of `bound` bytes. */
  read(first: number, count: number, bound: number): SumWindow {
    const isStale = this.#version !== this.#replica.version;
    const end = this.#first + this.#count;
    if (isStale || first < this.#first || first + count > end) {
      const isNext = !isStale && this.#count > 0 && first === end;
      this.#fill(first, isNext ? Math.max(count, this.#ahead(first, bound)) : count, bound);
    }
    this.#window.bytes = this.#bytes;
    this.#window.start = (first - this.#first) * sumBytes;
    return this.#window;
  }

  /** Twice as many as before, within the block. */
  #ahead(first: number, bound: number): number {
    const left = Math.ceil(bound / this.#chunkBytes) - first;
    return Math.min(left, Math.max(this.#count * 2, 256), mostSumsAhead);
  }

  #fill(first: number, count: number, bound: number): void {
    const length = count * sumBytes;
    if (this.#bytes.length < length) this.#bytes = new Uint8Array(length * 2);
    this.#count = 0;
    const { partialSum } = this.#replica;
    const lastWhole = Math.floor(bound / this.#chunkBytes);
    // The sum of the short last chunk is the replica's; the file may hold one of another length.
    const hasPartial = partialSum !== undefined && first + count > lastWhole;
    const wanted = hasPartial ? length - sumBytes : length;
    const position = sumPosition(first);
    const got = wanted === 0 ? 0 : this.#meta.readSync(this.#bytes, 0, wanted, position);
    if (got < wanted) {
      const reason = `the sidecar ends before the sum of chunk ${first + Math.floor(got / sumBytes)}`;
      const place = { path: this.#meta.path, position: position + got, reason };
      throw damagedFile(this.#replica, place);
    }
    if (hasPartial) writeSum(this.#bytes, wanted, partialSum);
    this.#first = first;
    this.#count = count;
    this.#version = this.#replica.version;
  }
}
