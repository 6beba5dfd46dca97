/**
 * Which log files are still needed: what each holds of every region, and what was flushed of it.
 *
 * A file may go when, of each region in it, everything up to the highest sequence id there is in
 * store files.
 */

interface LedgerFile {
  readonly path: string;
  readonly size: number;
  /** Highest sequence id in the file, by region. */
  readonly highest: ReadonlyMap<string, number>;
}

export class RegionLedger {
  /** Of the file that is being written. */
  #open = new Map<string, number>();
  /** Ended files, oldest first. */
  #ended: LedgerFile[] = [];
  readonly #flushed = new Map<string, number>();

  get endedFiles(): number {
    return this.#ended.length;
  }
  get endedBytes(): number {
    return this.#ended.reduce((sum, { size }) => sum + size, 0);
  }

  appended(region: string, sequenceId: number): void {
    const before = this.#open.get(region);
    if (before === undefined || sequenceId > before) this.#open.set(region, sequenceId);
  }

  /** The file that was being written ended; another begins. */
  ended(path: string, size: number): void {
    this.#ended.push({ path, size, highest: this.#open });
    this.#open = new Map();
  }

  /** A file of an earlier run, with what it holds. */
  found(path: string, size: number, highest: ReadonlyMap<string, number>): void {
    this.#ended.push({ path, size, highest });
  }

  /** Everything of the region up to that sequence id is in store files. */
  flushed(region: string, sequenceId: number): void {
    const before = this.#flushed.get(region) ?? -1;
    if (sequenceId > before) this.#flushed.set(region, sequenceId);
  }

  /** Takes the files that are no longer needed off the list. */
  takeUnneeded(): { readonly path: string; readonly size: number }[] {
    const unneeded = this.#ended.filter((file) => this.#isUnneeded(file));
    this.#ended = this.#ended.filter((file) => !unneeded.includes(file));
    return unneeded;
  }

  /** Regions that keep the oldest ended file. */
  holdersOfOldest(): string[] {
    const oldest = this.#ended[0];
    if (oldest === undefined) return [];
    return [...oldest.highest].filter((held) => !this.#isFlushed(held)).map(([region]) => region);
  }

  #isUnneeded({ highest }: LedgerFile): boolean {
    return [...highest].every((held) => this.#isFlushed(held));
  }

  #isFlushed([region, highest]: readonly [string, number]): boolean {
    return highest <= (this.#flushed.get(region) ?? -1);
  }
}
