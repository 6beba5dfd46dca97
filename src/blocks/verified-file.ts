/**
 * The data of one replica as a file whose every read is verified: what `store.read` and the movers
 * of regions (varve/io) are given.
 *
 * Whole chunks are verified where they were read to; of a chunk that a read begins or ends within,
 * the rest is read too. Reads end at what is visible; the sum of a short last chunk comes from the
 * replica when it has one, together with the length, so that a reader of a growing block never
 * meets a sum of another length.
 *
 * Lifetime: as long as the open files it is made of.
 */
import {
  crc32,
  crc32c,
  StateError,
  verifyChunks,
  type ChunkedBytes,
  type FileHandle,
} from '../../native-free-io/index.ts';
import { damagedChunk, shortData } from './damage.ts';
import { readSum } from './format/sums.ts';
import type { MetaHeader } from './format/meta-header.ts';
import type { Replica } from './replica.ts';
import type { SumReader } from './sum-reader.ts';

/** A read within one chunk: of the chunk at `from`, which ends at `chunkEnd`. */
interface Part {
  readonly at: number;
  readonly end: number;
  readonly from: number;
  readonly chunkEnd: number;
}

type Mutable<T> = { -readonly [Field in keyof T]-?: T[Field] };

const nothing = new Uint8Array(0);
const scratchBytes = 64 << 10;
let scratch: Uint8Array | undefined;

export class VerifiedFile implements FileHandle {
  readonly path: string;
  readonly fd = -1;
  readonly #replica: Replica;
  readonly #data: FileHandle;
  readonly #sums: SumReader;
  readonly #header: MetaHeader;
  /** What is verified at the moment: one object for all reads, a new one each time costs 1 us. */
  readonly #run: Mutable<ChunkedBytes>;

  constructor(replica: Replica, data: FileHandle, header: MetaHeader, sums: SumReader) {
    this.path = data.path;
    this.#replica = replica;
    this.#data = data;
    this.#header = header;
    this.#sums = sums;
    const { chunkBytes } = header;
    this.#run = { bytes: nothing, start: 0, end: 0, chunkBytes, sums: nothing, sumsStart: 0 };
  }

  readSync(target: Uint8Array, start: number, length: number, position: number): number {
    const bound = this.#replica.length;
    const wanted = Math.max(0, Math.min(length, bound - position));
    if (wanted === 0) return 0;
    const { checksum, chunkBytes } = this.#header;
    if (checksum === 'none') {
      this.#readWhole(target, start, wanted, position);
      return wanted;
    }
    const end = position + wanted;
    const first = Math.floor(position / chunkBytes);
    const last = Math.ceil(end / chunkBytes);
    const sums = this.#sums.read(first, last - first, bound);

    // A last chunk that is read to its end is whole, however short.
    const wholeStart = Math.ceil(position / chunkBytes) * chunkBytes;
    const wholeEnd = end === bound ? end : Math.floor(end / chunkBytes) * chunkBytes;
    if (wholeStart >= wholeEnd) {
      this.#readInParts(target, start, { position, end, bound }, sums);
      return wanted;
    }
    if (position < wholeStart) {
      this.#readInParts(target, start, { position, end: wholeStart, bound }, sums);
    }
    const into = start + wholeStart - position;
    this.#readWhole(target, into, wholeEnd - wholeStart, wholeStart);
    const sumsStart = sums.start + (wholeStart / chunkBytes - first) * 4;
    const run = this.#run;
    run.bytes = target;
    run.start = into;
    run.end = into + wholeEnd - wholeStart;
    run.sums = sums.bytes;
    run.sumsStart = sumsStart;
    const bad = verifyChunks(checksum, run);
    if (bad >= 0) throw this.#damaged(wholeStart / chunkBytes + bad);
    if (wholeEnd < end) {
      const tail = { position: wholeEnd, end, bound };
      const tailSums = {
        bytes: sums.bytes,
        start: sumsStart + Math.ceil((wholeEnd - wholeStart) / chunkBytes) * 4,
      };
      this.#readInParts(target, into + wholeEnd - wholeStart, tail, tailSums);
    }
    return wanted;
  }

  async read(target: Uint8Array, start: number, length: number, position: number): Promise<number> {
    // Brings the bytes into the page cache without holding up the event loop.
    const wanted = Math.max(0, Math.min(length, this.#replica.length - position));
    if (wanted > 0) await this.#data.read(target, start, wanted, position);
    return this.readSync(target, start, length, position);
  }

  readVectorSync(targets: readonly Uint8Array[], position: number): number {
    let done = 0;
    for (const target of targets) {
      const got = this.readSync(target, 0, target.length, position + done);
      done += got;
      if (got < target.length) break;
    }
    return done;
  }

  async readVector(targets: readonly Uint8Array[], position: number): Promise<number> {
    return this.readVectorSync(targets, position);
  }

  sizeSync(): number {
    return this.#replica.length;
  }

  async size(): Promise<number> {
    return this.#replica.length;
  }

  /** The store closes the files. */
  closeSync(): void {}
  async close(): Promise<void> {}

  writeSync(): void {
    throw this.#readOnly();
  }
  async write(): Promise<void> {
    throw this.#readOnly();
  }
  writeVectorSync(): void {
    throw this.#readOnly();
  }
  async writeVector(): Promise<void> {
    throw this.#readOnly();
  }
  truncateSync(): void {
    throw this.#readOnly();
  }
  async truncate(): Promise<void> {
    throw this.#readOnly();
  }
  syncSync(): void {
    throw this.#readOnly();
  }
  async sync(): Promise<void> {
    throw this.#readOnly();
  }

  /** Reads [position, end), which may begin and end within chunks; `sums` begin with the first. */
  #readInParts(
    target: Uint8Array,
    start: number,
    range: { position: number; end: number; bound: number },
    sums: { bytes: Uint8Array; start: number },
  ): void {
    const { chunkBytes } = this.#header;
    const first = Math.floor(range.position / chunkBytes);
    for (let at = range.position; at < range.end;) {
      const chunk = Math.floor(at / chunkBytes);
      const from = chunk * chunkBytes;
      const chunkEnd = Math.min(from + chunkBytes, range.bound);
      const part = { at, end: Math.min(range.end, chunkEnd), from, chunkEnd };
      const sum = this.#readPart(target, start + at - range.position, part);
      if (sum !== readSum(sums.bytes, sums.start + (chunk - first) * 4)) throw this.#damaged(chunk);
      at = part.end;
    }
  }

  /** Copies the part and returns the sum of its whole chunk. */
  #readPart(target: Uint8Array, start: number, part: Part): number {
    const sumOf = this.#header.checksum === 'crc32' ? crc32 : crc32c;
    scratch ??= new Uint8Array(scratchBytes);
    let sum = 0;
    for (let at = part.from; at < part.chunkEnd;) {
      const length = Math.min(scratchBytes, part.chunkEnd - at);
      this.#readWhole(scratch, 0, length, at);
      sum = sumOf(scratch, 0, length, sum);
      const from = Math.max(at, part.at);
      const to = Math.min(at + length, part.end);
      if (from < to) target.set(scratch.subarray(from - at, to - at), start + from - part.at);
      at += length;
    }
    return sum;
  }

  #readWhole(target: Uint8Array, start: number, length: number, position: number): void {
    const got = this.#data.readSync(target, start, length, position);
    if (got < length) {
      throw shortData(this.#replica, { path: this.path, position: position + got });
    }
  }

  #damaged(chunk: number): Error {
    const { chunkBytes } = this.#header;
    return damagedChunk(this.#replica, { path: this.path, chunk, chunkBytes });
  }

  #readOnly(): StateError {
    const context = { path: this.path };
    return new StateError('BLOCKS_READ_ONLY', 'a verified block is only read', { context });
  }
}
