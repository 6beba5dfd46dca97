/**
 * The times a region stamps on cells: never going back, and never one in which a delete of the
 * region was stamped before.
 *
 * A marker hides puts of its own millisecond, also later ones (the order of types decides): so a
 * put that follows a delete takes the next one.
 * Upstream meets the same by a row commit sequencer (HBASE-25975); here one region is one clock.
 */
export class RegionClock {
  #last = 0;
  #lastDelete = -1;

  /** The stamp of a write that begins now. */
  begin(nowMs: number): number {
    if (nowMs > this.#last) this.#last = nowMs;
    return this.#last;
  }

  /** The stamp of a put that comes next in the write. */
  ofPut(): number {
    if (this.#last === this.#lastDelete) this.#last++;
    return this.#last;
  }

  ofDelete(): number {
    this.#lastDelete = this.#last;
    return this.#last;
  }

  /** Stamps given from now on lie above. */
  passOver(timestamp: number): void {
    if (Number.isSafeInteger(timestamp) && timestamp >= this.#last) this.#last = timestamp + 1;
  }
}
