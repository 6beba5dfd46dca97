/**
 * Walks the batches of a file from a position on, reading ahead in large synchronous pieces.
 *
 * One buffer is reused for all reads; it lies in kernel memory, so checksums are computed where
 * the read put the bytes. It grows to hold the largest batch met, never beyond `maxBatchBytes`.
 *
 * Lifetime: `bytes`, `start` and `header` describe the current batch and are valid until the next
 * call of `next`.
 */
import {
  CorruptionError,
  LimitError,
  SlabPool,
  type FileHandle,
  type Slab,
} from '../../native-free-io/index.ts';
import { BatchHeader, readBatchHeader } from './format/batch-header.ts';
import { BatchVerdict, verifyBatch } from './format/batch-verifier.ts';

/**
 * What `next` found. `end`: not a byte left; `incomplete`: a torn tail; `corrupt`: damaged bytes.
 */
export type ScanStep = 'batch' | 'end' | 'incomplete' | 'corrupt';

const defaultReadBytes = 1 << 20;
const defaultMaxBatchBytes = 128 << 20;

/** Buffers of this thread for all scanners; bounded by how many scanners are open at once. */
const pool = new SlabPool({ name: 'batch scanner', budgetBytes: 1 << 30, location: 'kernel' });

export class BatchScanner implements Disposable {
  readonly header: BatchHeader = new BatchHeader();
  readonly verdict: BatchVerdict = new BatchVerdict();
  readonly #verify: boolean;
  readonly #maxBatchBytes: number;
  #slab: Slab;
  #file: FileHandle | undefined;
  /** File position of the first byte in the buffer. */
  #bufferPosition: number;
  #filled: number;
  #end: number;
  /** Buffer index of the current batch. */
  start: number;
  /** Bytes of the current batch. */
  size: number;

  constructor(options: { verify?: boolean; readBytes?: number; maxBatchBytes?: number } = {}) {
    this.#verify = options.verify ?? true;
    this.#maxBatchBytes = options.maxBatchBytes ?? defaultMaxBatchBytes;
    this.#slab = pool.lease(options.readBytes ?? defaultReadBytes);
    this.#file = undefined;
    this.#bufferPosition = 0;
    this.#filled = 0;
    this.#end = 0;
    this.start = 0;
    this.size = 0;
  }

  get bytes(): Uint8Array {
    return this.#slab.bytes;
  }

  get view(): DataView {
    return this.#slab.view;
  }

  /** File position of the current batch, or of the trouble after a failed step. */
  get position(): number {
    return this.#bufferPosition + this.start;
  }

  get path(): string {
    return this.#file?.path ?? '';
  }

  /** Begins at byte `position` of `file`; nothing at or after `end` is looked at. */
  open(file: FileHandle, position: number, end: number): void {
    this.#file = file;
    this.#bufferPosition = position;
    this.#filled = 0;
    this.#end = end;
    this.start = 0;
    this.size = 0;
  }

  next(): ScanStep {
    this.start += this.size;
    this.size = 0;
    for (;;) {
      const verdict = this.verdict;
      verifyBatch(this.bytes, this.view, this.start, this.#filled, {
        checksum: this.#verify,
        verdict,
      });
      if (verdict.status === 'ok') {
        this.size = verdict.size;
        readBatchHeader(this.bytes, this.view, this.start, this.header);
        return 'batch';
      }
      if (verdict.status === 'corrupt') return 'corrupt';
      const left = this.#end - this.position;
      if (left === 0) return 'end';
      if (verdict.neededBytes > left || !this.#fill(verdict.neededBytes)) return 'incomplete';
    }
  }

  /** What a step other than 'batch' or 'end' means, as an error. */
  damage(): CorruptionError {
    const { status, reason } = this.verdict;
    const text = status === 'corrupt' ? reason : 'an incomplete batch';
    return new CorruptionError('LOG_CORRUPT_BATCH', text, {
      context: { path: this.path, position: this.position },
    });
  }

  [Symbol.dispose](): void {
    this.#file = undefined;
    this.#slab.release();
  }

  /** Brings more of the file into the buffer; false when the file gives no more. */
  #fill(neededBytes: number): boolean {
    const kept = this.#filled - this.start;
    const capacity = this.#slab.length;
    if (neededBytes > capacity) {
      this.#grow(neededBytes, kept);
    } else if (this.start > 0) {
      this.bytes.copyWithin(0, this.start, this.#filled);
    }
    this.#bufferPosition += this.start;
    this.start = 0;
    this.#filled = kept;
    const position = this.#bufferPosition + kept;
    const length = Math.min(this.#slab.length - kept, this.#end - position);
    const got = length <= 0 ? 0 : this.#file!.readSync(this.bytes, kept, length, position);
    this.#filled += got;
    return got > 0;
  }

  #grow(neededBytes: number, kept: number): void {
    if (neededBytes > this.#maxBatchBytes) {
      throw new LimitError(
        'LOG_RECORD_TOO_LARGE',
        `a batch claims ${neededBytes} bytes, more than ${this.#maxBatchBytes}`,
        { context: { path: this.#file!.path, position: this.position } },
      );
    }
    const larger = pool.lease(neededBytes);
    larger.bytes.set(this.bytes.subarray(this.start, this.start + kept));
    this.#slab.release();
    this.#slab = larger;
  }
}
