/**
 * One family of a region: its options and its files, newest first.
 *
 * The list of files is replaced, never changed: who reads holds the list it began with.
 */
import type { FamilyOptions } from '../family-options.ts';
import type { FileList } from './file-list.ts';
import type { StoreFile } from './store-file.ts';

export class FamilyStore {
  /** Position in the table's families, sorted by name. */
  readonly index: number;
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly options: FamilyOptions;
  readonly dir: string;
  readonly list: FileList;
  #files: readonly StoreFile[] = [];
  /** Greatest timestamp in the files from this one on. */
  #maxFrom: readonly number[] = [];
  /** Everything up to here was in files when the region was opened. */
  flushedSequenceId = 0;
  /** Some file has markers of the whole family. */
  hasFamilyMarkers = false;

  constructor(parts: {
    index: number;
    name: string;
    options: FamilyOptions;
    dir: string;
    list: FileList;
  }) {
    this.index = parts.index;
    this.name = parts.name;
    this.nameBytes = Uint8Array.from(parts.name, (letter) => letter.charCodeAt(0));
    this.options = parts.options;
    this.dir = parts.dir;
    this.list = parts.list;
  }

  /** Newest first: the first that has a cell decides among equals. */
  get files(): readonly StoreFile[] {
    return this.#files;
  }
  set files(files: readonly StoreFile[]) {
    this.#files = files;
    const maxFrom: number[] = [];
    let max = Number.NEGATIVE_INFINITY;
    for (const file of files.toReversed()) {
      max = Math.max(max, file.maxTimestamp);
      maxFrom.unshift(max);
    }
    this.#maxFrom = maxFrom;
    this.hasFamilyMarkers = files.some((file) => file.familyMarkers > 0);
  }

  /** Greatest timestamp in the files from the one at `index` on; of none -Infinity. */
  maxTimestampFrom(index: number): number {
    return index < this.#maxFrom.length ? this.#maxFrom[index]! : Number.NEGATIVE_INFINITY;
  }

  get fileBytes(): number {
    let bytes = 0;
    for (const file of this.files) bytes += file.bytes;
    return bytes;
  }
  /** Everything up to here of the family is in files. */
  get maxSequenceId(): number {
    let max = 0;
    for (const file of this.files) max = Math.max(max, file.maxSequenceId);
    return max;
  }
}

/** Newest first: by sequence id, then the smaller, then the later loaded, then by name. */
export function byAge(a: StoreFile, b: StoreFile): number {
  return (
    b.maxSequenceId - a.maxSequenceId ||
    a.bytes - b.bytes ||
    b.bulkLoadMs - a.bulkLoadMs ||
    (a.name < b.name ? 1 : -1)
  );
}
