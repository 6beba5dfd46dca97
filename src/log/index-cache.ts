/**
 * Keeps the indexes of many segments in memory up to a byte budget, the least recently used going
 * first. Shared by all segments of a log (or of a log directory), so ten thousand segments cost no
 * more memory than the budget plus the segments being written.
 */

/** What the cache may ask of an index it counts. */
export interface Resident {
  /** Bytes held in memory now. */
  readonly residentBytes: number;
  /** Gives them up, if it can, and says so by `drop`. */
  forget(): void;
}

export class IndexCache {
  readonly budgetBytes: number;
  /** Insertion order is use order: a Map keeps it. Value: bytes counted for the file. */
  readonly #resident = new Map<Resident, number>();
  #totalBytes = 0;
  #latest: Resident | undefined = undefined;

  constructor(budgetBytes: number = 64 << 20) {
    this.budgetBytes = budgetBytes;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Marks `file` as just used and makes room if the budget is passed. */
  touch(file: Resident): void {
    const counted = this.#resident.get(file);
    const size = file.residentBytes;
    if (this.#latest === file && counted === size) return;
    this.#latest = file;
    if (counted !== undefined) this.#resident.delete(file);
    this.#resident.set(file, size);
    this.#totalBytes += size - (counted ?? 0);
    if (this.#totalBytes > this.budgetBytes) this.#evict(file);
  }

  drop(file: Resident): void {
    const counted = this.#resident.get(file);
    if (counted === undefined) return;
    this.#resident.delete(file);
    this.#totalBytes -= counted;
    if (this.#latest === file) this.#latest = undefined;
  }

  #evict(keep: Resident): void {
    for (const file of this.#resident.keys()) {
      if (this.#totalBytes <= this.budgetBytes) return;
      if (file !== keep) file.forget();
    }
  }
}
