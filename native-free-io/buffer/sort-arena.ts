/**
 * The sort buffer of a map task: records lie in kernel memory as they will be written, beside a key
 * by which they are ordered within their partition.
 *
 * A record is a frame of the kernel (assembly/sort.ts): the partition, big-endian in 1 to 4 bytes,
 * and the key are the part that is compared, what is kept follows. One kernel call sorts by
 * partition and key, as unsigned bytes, shorter keys first; equal ones stay in the order of `add`.
 *
 * Lifetime: positions and what `gather` hands out are void after `reset` or the next `add`.
 */
import { InvalidArgumentError, StateError } from '../errors.ts';
import { entryBytes, frameHeaderBytes, RecordForm } from '../kernel/sort-contract.ts';
import { sortMemory, sortSlackBytes, type SortMemory } from '../kernel/sort-kernel.ts';

export interface SortArenaOptions {
  /** For records, their keys and 32 bytes each. 1 MiB to 2,040 MiB, given when they are used. */
  readonly memoryBytes: number;
  /** Partitions 0 to partitions - 1; at least 1. */
  readonly partitions: number;
  /** See SortMemoryOptions. */
  readonly implementation?: 'fastest' | 'plain';
}

/** Where a record lies in bytes of the caller. */
export interface RecordRanges {
  readonly bytes: Uint8Array;
  /** Compared. */
  readonly keyStart: number;
  readonly keyEnd: number;
  /** Kept. */
  readonly start: number;
  readonly end: number;
}

const leastMemoryBytes = 1 << 20;
const largestMemoryBytes = 2040 << 20;
const pieceBytes = 256 << 10;

export class SortArena {
  readonly partitions: number;
  readonly #memory: SortMemory;
  readonly #partitionBytes: number;
  readonly #dataStart: number;
  readonly #top: number;
  #next: number;
  #count = 0;
  #isSorted = false;

  constructor(options: SortArenaOptions) {
    const { memoryBytes, partitions } = options;
    requireWhole('memoryBytes', memoryBytes, leastMemoryBytes, largestMemoryBytes);
    requireWhole('partitions', partitions, 1, 2 ** 31);
    const { implementation = 'fastest' } = options;
    this.partitions = partitions;
    this.#partitionBytes = bytesFor(partitions - 1);
    this.#memory = sortMemory({ sizeBytes: memoryBytes, implementation });
    this.#dataStart = this.#memory.start + pieceBytes + sortSlackBytes;
    this.#top = this.#memory.end;
    this.#next = this.#dataStart;
    const { kernel } = this.#memory;
    kernel.describeRecords(RecordForm.frames, 0, 0, frameHeaderBytes, 0);
    kernel.describeOrder(0, 0, 1, 0);
  }

  /** The memory that positions refer to. */
  get bytes(): Uint8Array {
    return this.#memory.bytes;
  }

  get count(): number {
    return this.#count;
  }

  /** Bytes of records and what is kept beside them. */
  get usedBytes(): number {
    return this.#next - this.#dataStart + this.#count * 2 * entryBytes;
  }

  /** Copies a record in, `key` compared, `kept` coming out; false when there is no room for it. */
  add(partition: number, key: Uint8Array, kept: Uint8Array): boolean {
    const at = this.#makeRoom(partition, key.length, kept.length);
    if (at < 0) return false;
    this.bytes.set(key, at);
    this.bytes.set(kept, at + key.length);
    return true;
  }

  /** The same without views. */
  addRange(partition: number, ranges: RecordRanges): boolean {
    const { bytes, keyStart, keyEnd, start, end } = ranges;
    const at = this.#makeRoom(partition, keyEnd - keyStart, end - start);
    if (at < 0) return false;
    copyRange(this.bytes, at, bytes, keyStart, keyEnd);
    copyRange(this.bytes, at + keyEnd - keyStart, bytes, start, end);
    return true;
  }

  /** Orders the records; no `add` before `reset`. */
  sort(): void {
    const { kernel } = this.#memory;
    kernel.clear(this.#top, 0xffff_ffff);
    kernel.enterFrames(this.#dataStart, this.#next);
    kernel.sortEntries();
    this.#isSorted = true;
  }

  /** Index of the first record of a partition or a later one; `count` when there is none. */
  firstOf(partition: number): number {
    this.#assertSorted();
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.partitionOf(middle) < partition) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  partitionOf(index: number): number {
    const at = this.#position(index) + frameHeaderBytes;
    let partition = 0;
    for (let byte = 0; byte < this.#partitionBytes; byte++) {
      partition = partition * 256 + this.bytes[at + byte]!;
    }
    return partition;
  }

  /** Position in `bytes` of the key of the record at `index` of the order. */
  keyStart(index: number): number {
    return this.#position(index) + frameHeaderBytes + this.#partitionBytes;
  }

  keyEnd(index: number): number {
    return this.frameStart(index);
  }

  /** Position of what was kept. */
  frameStart(index: number): number {
    const at = this.#position(index);
    return at + frameHeaderBytes + this.#memory.view.getUint32(at, true);
  }

  frameEnd(index: number): number {
    const at = this.#position(index);
    return at + frameHeaderBytes + this.#memory.view.getUint32(at + 4, true);
  }

  /**
   * Hands out what was kept of the records [from, to), in order, packed into pieces that are valid
   * during the call. A piece holds whole records.
   */
  gather(
    from: number,
    to: number,
    write: (bytes: Uint8Array, start: number, end: number) => void,
  ): void {
    this.#assertSorted();
    const { kernel, bytes, start } = this.#memory;
    for (let index = from; index < to;) {
      const next = kernel.gather(index, to, start, start + pieceBytes);
      if (next > index) write(bytes, start, kernel.writtenEnd());
      // A record larger than a piece is handed out where it lies.
      else write(bytes, this.frameStart(index), this.frameEnd(index));
      index = Math.max(next, index + 1);
    }
  }

  /** Forgets all records. */
  reset(): void {
    this.#next = this.#dataStart;
    this.#count = 0;
    this.#isSorted = false;
  }

  /** Where the key goes; -1 without room. */
  #makeRoom(partition: number, keyBytes: number, keptBytes: number): number {
    if (this.#isSorted) throw new StateError('IO_CLOSED', 'the records are sorted: reset first');
    requireWhole('partition', partition, 0, this.partitions - 1);
    const skip = this.#partitionBytes + keyBytes;
    const at = this.#next;
    const next = at + frameHeaderBytes + skip + keptBytes;
    const floor = this.#top - (this.#count + 1) * 2 * entryBytes - sortSlackBytes;
    if (next > floor) return -1;
    const { view } = this.#memory;
    view.setUint32(at, skip, true);
    view.setUint32(at + 4, skip + keptBytes, true);
    const key = at + frameHeaderBytes + this.#partitionBytes;
    for (let byte = key - 1, rest = partition; byte >= at + frameHeaderBytes; byte--) {
      this.bytes[byte] = rest & 0xff;
      rest = rest >>> 8;
    }
    this.#next = next;
    this.#count++;
    return key;
  }

  #position(index: number): number {
    this.#assertSorted();
    requireWhole('index', index, 0, this.#count - 1);
    const entry = this.#top - (this.#count - index) * entryBytes;
    return this.#memory.view.getUint32(entry + 8, true);
  }

  #assertSorted(): void {
    if (!this.#isSorted) throw new StateError('IO_CLOSED', 'the records are not sorted yet');
  }
}

/** A short range by a loop, a long one at once. */
function copyRange(
  ...[target, at, source, start, end]: [Uint8Array, number, Uint8Array, number, number]
): void {
  if (end - start > 24) {
    target.set(source.subarray(start, end), at);
    return;
  }
  for (let from = start, to = at; from < end; from++, to++) target[to] = source[from]!;
}

/** Big-endian bytes that hold `largest`. */
function bytesFor(largest: number): number {
  let bytes = 1;
  while (largest >= 256 ** bytes) bytes++;
  return bytes;
}

function requireWhole(name: string, value: number, least: number, largest: number): void {
  if (Number.isInteger(value) && value >= least && value <= largest) return;
  throw new InvalidArgumentError(
    'IO_INVALID_ARGUMENT',
    `${name} is ${value}, not a whole number from ${least} to ${largest}`,
  );
}
