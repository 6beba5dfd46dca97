/** Writes batches to a segment in large pieces, with their index entries. */
import { SlabPool, type Slab } from '../../../native-free-io/index.ts';
import type { Segment } from '../segment.ts';

const pieceBytes = 1 << 20;
const pool = new SlabPool({ name: 'segment writer', location: 'heap' });

interface Note {
  readonly lastOffset: number;
  readonly maxTimestamp: number;
  readonly size: number;
}

export class SegmentWriter implements Disposable {
  readonly #segment: Segment;
  readonly #intervalBytes: number;
  readonly #slab: Slab = pool.lease(pieceBytes);
  #used = 0;
  #notes: Note[] = [];

  constructor(segment: Segment, intervalBytes: number) {
    this.#segment = segment;
    this.#intervalBytes = intervalBytes;
  }

  /** Adds one whole batch, copied. */
  add(
    source: Uint8Array,
    start: number,
    size: number,
    header: { readonly lastOffset: number; readonly maxTimestamp: number },
  ): void {
    if (this.#used + size > pieceBytes) this.flush();
    const { lastOffset, maxTimestamp } = header;
    const note: Note = { lastOffset, maxTimestamp, size };
    if (size > pieceBytes) {
      this.#write(source, start, size, [note]);
      return;
    }
    this.#slab.bytes.set(source.subarray(start, start + size), this.#used);
    this.#used += size;
    this.#notes.push(note);
  }

  flush(): void {
    if (this.#used === 0) return;
    const notes = this.#notes;
    const used = this.#used;
    this.#notes = [];
    this.#used = 0;
    this.#write(this.#slab.bytes, 0, used, notes);
  }

  [Symbol.dispose](): void {
    this.#slab.release();
  }

  #write(bytes: Uint8Array, start: number, length: number, notes: readonly Note[]): void {
    let position = this.#segment.size;
    this.#segment.write(bytes, start, length);
    for (const note of notes) {
      this.#segment.noteBatch({ ...note, position }, this.#intervalBytes);
      position += note.size;
    }
  }
}
