/**
 * The bytes of a memstore: KeyValues one after another as the log has them, in memory that a worker
 * can be given.
 *
 *    length i32 | KeyValue | length i32 | KeyValue | …      a place is the start of a KeyValue
 *
 * So a batch is encoded once, copied in here once, and goes from here to the log and the store file
 * as it is.
 * Lifetime: bytes below `used` never change; `bytes` is another object after it has grown, and the
 * old one stays readable as it was.
 */
import { LimitError } from '../../../native-free-io/index.ts';

/** Places are 32 bits wide; a segment is flushed long before. */
export const maxArenaBytes: number = 2 ** 31;
const leastBytes = 1 << 16;

export class CellArena {
  bytes: Uint8Array;
  view: DataView;
  #used = 0;

  constructor(capacity: number = leastBytes) {
    const buffer = new SharedArrayBuffer(Math.max(leastBytes, capacity));
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }

  get used(): number {
    return this.#used;
  }
  get buffer(): SharedArrayBuffer {
    return this.bytes.buffer as SharedArrayBuffer;
  }

  /** Takes `length` bytes; returns where they begin. */
  take(length: number): number {
    const start = this.#used;
    if (start + length > this.bytes.length) this.#grow(start + length);
    this.#used = start + length;
    return start;
  }

  #grow(needed: number): void {
    if (needed > maxArenaBytes) {
      throw new LimitError('LSM_MEMSTORE_FULL', `a memstore of ${needed} bytes`);
    }
    const size = Math.min(maxArenaBytes, Math.max(needed, this.bytes.length * 2));
    const buffer = new SharedArrayBuffer(size);
    const bytes = new Uint8Array(buffer);
    bytes.set(this.bytes.subarray(0, this.#used));
    this.bytes = bytes;
    this.view = new DataView(buffer);
  }
}
