/**
 * Keeps the indexes of many segments in memory up to a byte budget, the least recently used going
 * first. Shared by all segments of a log (or of a log directory), so ten thousand segments cost no
 * more memory than the budget plus the segments being written.
 */

/** What the cache may ask of an index it counts. */
export interface Resident {
  /** Bytes held in memory now. */
  readonly residentBytes: number;
  /** Number of its last use among all uses, from `nextUse`. */
  readonly lastUse: number;
  /** Gives the bytes up, if it can, and says so by `drop`. */
  forget(): void;
}

export class IndexCache {
  readonly budgetBytes: number;
  /** Bytes counted for each. */
  readonly #resident = new Map<Resident, number>();
  #totalBytes = 0;
  #uses = 0;

  constructor(budgetBytes: number = 64 << 20) {
    this.budgetBytes = budgetBytes;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Ascending from use to use: an index that is in memory already costs no more than this. */
  nextUse(): number {
    return ++this.#uses;
  }

  /** Counts an index that was loaded or has grown, and makes room if the budget is passed. */
  count(file: Resident): void {
    const size = file.residentBytes;
    this.#totalBytes += size - (this.#resident.get(file) ?? 0);
    this.#resident.set(file, size);
    if (this.#totalBytes > this.budgetBytes) this.#evict(file);
  }

  drop(file: Resident): void {
    const counted = this.#resident.get(file);
    if (counted === undefined) return;
    this.#resident.delete(file);
    this.#totalBytes -= counted;
  }

  /** A sixteenth of them goes at once, so that the order of use is not looked at for each. */
  #evict(keep: Resident): void {
    const others = [...this.#resident.keys()].filter((file) => file !== keep);
    others.sort((a, b) => a.lastUse - b.lastUse);
    const atLeast = others.length >> 4;
    for (const [index, file] of others.entries()) {
      if (this.#totalBytes <= this.budgetBytes && index >= atLeast) return;
      file.forget();
    }
  }
}
