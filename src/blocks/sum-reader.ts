/**
 * Reads sums of a sidecar, more at once as a reader goes on, so that a block read in pieces costs
 * few reads of its sidecar. Of a finalized block that is read here and there all sums are held once
 * a few reads have shown it, as far as the budget goes: a read of each sum's own would cost as much
 * as checking 16 KiB.
 *
 * The sums of whole chunks stay as they are; that of a short last chunk may change with the block,
 * so what was read is dropped when the replica's version changes.
 * Lifetime: what `read` returns is valid until the next call.
 */
import type { FileHandle } from '../../native-free-io/index.ts';
import { sumPosition } from './block-files.ts';
import { damagedFile } from './damage.ts';
import { sumBytes } from './format/layout.ts';
import type { MetaHeader } from './format/meta-header.ts';
import { writeSum } from './format/sums.ts';
import type { Replica } from './replica.ts';

const mostSumsAhead = 16 << 10;
/** Reads out of order before all sums are read: four cost as much as 64 KiB of sums. */
const strayReads = 4;

export interface SumWindow {
  readonly bytes: Uint8Array;
  /** Where the first sum asked for stands. */
  readonly start: number;
}

/** Bytes that the readers of a store may hold for blocks read here and there. */
export class SumBudget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#left += bytes;
  }
}

export class SumReader {
  readonly #replica: Replica;
  readonly #meta: FileHandle;
  readonly #chunkBytes: number;
  readonly #budget: SumBudget;
  #bytes = new Uint8Array(sumBytes * 256);
  #first = 0;
  #count = 0;
  #version: number;
  #strays = 0;
  /** Of the budget. */
  #taken = 0;
  /** Held as one object: a read makes none. */
  readonly #window = { bytes: this.#bytes, start: 0 };

  constructor(replica: Replica, meta: FileHandle, header: MetaHeader, budget: SumBudget) {
    this.#replica = replica;
    this.#meta = meta;
    this.#chunkBytes = header.chunkBytes;
    this.#budget = budget;
    this.#version = replica.version;
  }

  /** Sums of chunks [first, first + count) of a block of `bound` bytes. */
  read(first: number, count: number, bound: number): SumWindow {
    const isStale = this.#version !== this.#replica.version;
    const end = this.#first + this.#count;
    if (isStale || first < this.#first || first + count > end) {
      const isNext = !isStale && this.#count > 0 && first === end;
      if (isNext) this.#fill(first, Math.max(count, this.#ahead(first, bound)), bound);
      else if (!this.#holdAll(bound)) this.#fill(first, count, bound);
    }
    this.#window.bytes = this.#bytes;
    this.#window.start = (first - this.#first) * sumBytes;
    return this.#window;
  }

  /** Holds nothing any more: the next read looks at the file. */
  forget(): void {
    this.#count = 0;
    if (this.#taken === 0) return;
    this.#budget.giveBack(this.#taken);
    this.#taken = 0;
    this.#bytes = new Uint8Array(sumBytes * 256);
  }

  #chunks(bound: number): number {
    return Math.ceil(bound / this.#chunkBytes);
  }

  /** False when it is not to be, also of a sidecar that is too short: part of it may serve. */
  #holdAll(bound: number): boolean {
    if (this.#replica.state !== 'finalized' || ++this.#strays < strayReads) return false;
    this.forget();
    this.#strays = 0;
    const bytes = this.#chunks(bound) * sumBytes;
    if (this.#meta.sizeSync() < sumPosition(this.#chunks(bound))) return false;
    if (!this.#budget.take(bytes)) return false;
    this.#taken = bytes;
    this.#bytes = new Uint8Array(bytes);
    this.#fill(0, this.#chunks(bound), bound);
    return true;
  }

  /** Twice as many as before, within the block. */
  #ahead(first: number, bound: number): number {
    const left = this.#chunks(bound) - first;
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
