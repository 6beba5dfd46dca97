/**
 * The bytes of one file held in memory: 4-KiB pages, holes for what was never written.
 *
 * A clone shares every page; the first write to a shared page copies it, on either side. So a copy
 * of a whole simulated disk costs one map entry for each page, and many crashes can be tried from
 * one prepared disk.
 *
 * Invariant: bytes of the last page at or after `size` are zero, so that growing needs no work.
 */
export const memoryPageBytes = 4096;

interface Page {
  readonly bytes: Uint8Array;
  /** Equals the `#owner` of the only contents that may write here; anybody else copies first. */
  readonly owner: object;
}

export class MemoryPages {
  #pages = new Map<number, Page>();
  #owner: object = {};
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Pages that occupy space; holes do not. */
  get pageCount(): number {
    return this.#pages.size;
  }

  clone(): MemoryPages {
    const copy = new MemoryPages();
    copy.#pages = new Map(this.#pages);
    copy.#size = this.#size;
    // Neither side owns the pages from here on.
    this.#owner = {};
    return copy;
  }

  /** Returns the bytes read: fewer than `target` takes only at the end of the file. */
  read(target: Uint8Array, position: number): number {
    const end = Math.min(position + target.length, this.#size);
    for (let at = position; at < end;) {
      const number = Math.floor(at / memoryPageBytes);
      const from = at - number * memoryPageBytes;
      const count = Math.min(memoryPageBytes - from, end - at);
      const into = at - position;
      const page = this.#pages.get(number);
      if (page === undefined) target.fill(0, into, into + count);
      else target.set(page.bytes.subarray(from, from + count), into);
      at += count;
    }
    return Math.max(0, end - position);
  }

  /**
   * Returns the bytes written: fewer than all only when more than `freePages` new pages would
   * be needed, and then as many as fit, the way a filling disk ends a write.
   */
  write(
    source: Uint8Array,
    position: number,
    freePages: number = Number.POSITIVE_INFINITY,
  ): number {
    const end = position + source.length;
    const mayHold = this.#pages.size + freePages;
    let at = position;
    while (at < end) {
      const number = Math.floor(at / memoryPageBytes);
      if (this.#pages.size >= mayHold && !this.#pages.has(number)) break;
      const into = at - number * memoryPageBytes;
      const count = Math.min(memoryPageBytes - into, end - at);
      const from = at - position;
      this.#own(number).set(source.subarray(from, from + count), into);
      at += count;
    }
    if (at > position) this.#size = Math.max(this.#size, at);
    return at - position;
  }

  /** Cuts, or extends with a hole. */
  truncate(size: number): void {
    if (size < this.#size) {
      const last = Math.floor(size / memoryPageBytes);
      for (const number of this.#pages.keys()) {
        if (number > last || number * memoryPageBytes === size) this.#pages.delete(number);
      }
      if (this.#pages.has(last)) this.#own(last).fill(0, size - last * memoryPageBytes);
    }
    this.#size = size;
  }

  /** The page's bytes, safe to write: its own, a copy of a shared one, or new zeros. */
  #own(number: number): Uint8Array {
    const page = this.#pages.get(number);
    if (page !== undefined && page.owner === this.#owner) return page.bytes;
    const bytes = page === undefined ? new Uint8Array(memoryPageBytes) : new Uint8Array(page.bytes);
    this.#pages.set(number, { bytes, owner: this.#owner });
    return bytes;
  }
}
