/**
 * The bytes of a memstore: KeyValues one after another as the log has them, in memory that a worker
 * can be given.
 *
 *    length i32 | KeyValue | length i32 | KeyValue | …      a place is the start of a KeyValue
 *
 * So a batch is encoded once, copied in here once, and goes from here to the log and the store file
 * as it is.
 * It grows by copying only while it is small. Then it takes all the room it may need at once:
 * memory never touched costs address space only, and copying would stop the event loop.
 * Lifetime: bytes below `used` never change; `bytes` is another object after it has grown, and the
 * old one stays readable as it was.
 */
import { LimitError } from '../../../native-free-io/index.ts';

/** Places are 32 bits wide; a segment is flushed long before. */
export const maxArenaBytes: number = 2 ** 31;
const leastBytes = 1 << 16;
/** Copying more than this, into memory that is new, takes milliseconds. */
const mostCopiedBytes = 1 << 20;

export class CellArena {
  bytes: Uint8Array;
  view: DataView;
  /** What it will hardly ever hold more than. Bytes. */
  readonly reserve: number;
  #used = 0;

  /** `expected`: how much it will likely hold. */
  constructor(reserve = 0, expected = 0) {
    this.reserve = Math.min(maxArenaBytes, reserve);
    const size = Math.max(leastBytes, expected);
    const buffer = allocate(size <= mostCopiedBytes ? size : Math.max(size, this.reserve), size);
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
    const buffer = allocate(size <= mostCopiedBytes ? size : Math.max(size, this.reserve), size);
    const bytes = new Uint8Array(buffer);
    bytes.set(this.bytes.subarray(0, this.#used));
    this.bytes = bytes;
    this.view = new DataView(buffer);
  }
}

/** So many bytes, or `least` where the system promises no memory that it has not got. */
function allocate(size: number, least: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(size);
  } catch (error) {
    if (size === least) throw error;
    return new SharedArrayBuffer(least);
  }
}
