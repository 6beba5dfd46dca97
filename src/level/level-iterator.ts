/**
 * Entries of a range, read batch by batch at the moment the iterator was made.
 *
 * Lifetime: keys and values are views of a batch of 64 KiB, which lives as long as any of them.
 */
import { AbstractIterator, type AbstractLevel } from 'abstract-level';
import {
  CellView,
  type RowBatch,
  type Snapshot,
  type Table,
  type TableScan,
} from '../lsm/index.ts';
import { keyOf, rowOf } from './level-keys.ts';

type Bytes = Uint8Array;
type Entry = [Bytes | undefined, Bytes | undefined];

export interface RangeOptions {
  readonly gt?: Bytes;
  readonly gte?: Bytes;
  readonly lt?: Bytes;
  readonly lte?: Bytes;
  readonly reverse?: boolean;
  readonly limit?: number;
}

export interface LevelIteratorOptions extends RangeOptions {
  readonly keys: boolean;
  readonly values: boolean;
  readonly signal?: AbortSignal;
}

/** As abstract-level has it, which does not export its own. */
class LevelAbortError extends Error {
  readonly code = 'LEVEL_ABORTED';
  override readonly name = 'AbortError';
  constructor() {
    super('Operation has been aborted');
  }
}

const batchBytes = 64 << 10;

export class LevelIterator extends AbstractIterator<AbstractLevel<Bytes>, Bytes, Bytes> {
  readonly #table: Table;
  readonly #options: LevelIteratorOptions;
  readonly #snapshot: Snapshot;
  readonly #ownsSnapshot: boolean;
  readonly #cell = new CellView();
  /** What is still to be read; undefined behind the end. */
  #range: RangeOptions | undefined;
  /** Opened by the first read: a snapshot that is closed by then is that read's error. */
  #scan: TableScan | undefined;
  #batch: RowBatch | undefined;
  #index = 0;

  constructor(
    db: AbstractLevel<Bytes>,
    options: LevelIteratorOptions,
    table: Table,
    snapshot: Snapshot | undefined,
  ) {
    super(db, options);
    this.#table = table;
    this.#options = options;
    this.#ownsSnapshot = snapshot === undefined;
    this.#snapshot = snapshot ?? table.snapshot();
    this.#range = options;
  }

  async _next(): Promise<Entry | undefined> {
    await this.#giveWay();
    return (await this.#take(1))[0];
  }

  async _nextv(size: number): Promise<Entry[]> {
    await this.#giveWay();
    return this.#take(size);
  }

  async _all(): Promise<Entry[]> {
    await this.#giveWay();
    return this.#take(this.limit - this.count);
  }

  _seek(target: Bytes): void {
    this.#scan?.close();
    this.#scan = undefined;
    this.#batch = undefined;
    this.#range = isWithin(target, this.#options) ? from(target, this.#options) : undefined;
  }

  async _close(): Promise<void> {
    this.#scan?.close();
    this.#scan = undefined;
    this.#range = undefined;
    this.#batch = undefined;
    if (this.#ownsSnapshot) this.#snapshot.close();
  }

  /** Reads do not wait, so a signal is heard only if the caller gets to run once before. */
  async #giveWay(): Promise<void> {
    const { signal } = this.#options;
    if (signal === undefined) return;
    await Promise.resolve();
    if (signal.aborted) throw new LevelAbortError();
  }

  async #take(size: number): Promise<Entry[]> {
    const entries: Entry[] = [];
    while (entries.length < size) {
      this.#index++;
      const isInside = this.#batch !== undefined && this.#index < this.#batch.cellCount;
      if (!isInside && !(await this.#load())) break;
      entries.push(this.#entry());
    }
    return entries;
  }

  /** Stands on the first entry of the next batch; false at the end. */
  async #load(): Promise<boolean> {
    if (this.#range === undefined) return false;
    const isFirst = this.#scan === undefined;
    this.#scan ??= openRange(this.#table, this.#range, this.#snapshot);
    this.#batch = isFirst ? this.#scan.next() : await this.#scan.nextLater();
    this.#index = 0;
    return this.#batch !== undefined;
  }

  #entry(): Entry {
    const cell = this.#batch!.cellAt(this.#index, this.#cell);
    const { keys, values } = this.#options;
    const row = cell.rowPosition;
    return [
      keys ? keyOf(cell.bytes, row, row + cell.rowLength) : undefined,
      values
        ? Buffer.from(
            cell.bytes.buffer,
            cell.bytes.byteOffset + cell.valuePosition,
            cell.valueLength,
          )
        : undefined,
    ];
  }
}

export function openRange(table: Table, options: RangeOptions, snapshot?: Snapshot): TableScan {
  const { gt, gte, lt, lte, reverse = false, limit = -1 } = options;
  const low = gte ?? gt;
  const high = lte ?? lt;
  const [first, last] = reverse ? [high, low] : [low, high];
  const [includesFirst, includesLast] = reverse
    ? [lte !== undefined, gte !== undefined]
    : [gte !== undefined, lte !== undefined];
  return table.openScan({
    ...(first === undefined ? {} : { start: rowOf(first), includeStart: includesFirst }),
    ...(last === undefined ? {} : { stop: rowOf(last), includeStop: includesLast }),
    reverse,
    // Infinity and -1 both mean no limit.
    limit: limit >= 0 ? limit : Number.MAX_SAFE_INTEGER,
    batchBytes,
    ...(snapshot === undefined ? {} : { snapshot }),
  });
}

/** The range from the target on, in the direction of the iterator. */
function from(target: Bytes, options: LevelIteratorOptions): RangeOptions {
  const { gt, gte, lt, lte, reverse = false } = options;
  if (!reverse) {
    const end = lte !== undefined ? { lte } : lt !== undefined ? { lt } : {};
    const isExcluded = gte === undefined && gt !== undefined && Buffer.compare(target, gt) === 0;
    return isExcluded ? { ...end, gt } : { ...end, gte: target };
  }
  const end = gte !== undefined ? { gte } : gt !== undefined ? { gt } : {};
  const isExcluded = lte === undefined && lt !== undefined && Buffer.compare(target, lt) === 0;
  return isExcluded ? { ...end, lt, reverse } : { ...end, lte: target, reverse };
}

/** Targets outside of the range end the iterator. */
function isWithin(target: Bytes, { gt, gte, lt, lte }: RangeOptions): boolean {
  if (gte !== undefined ? Buffer.compare(target, gte) < 0 : isAtMost(target, gt)) return false;
  return lte !== undefined ? Buffer.compare(target, lte) <= 0 : !isAtLeast(target, lt);
}

function isAtMost(target: Bytes, bound: Bytes | undefined): boolean {
  return bound !== undefined && Buffer.compare(target, bound) <= 0;
}

function isAtLeast(target: Bytes, bound: Bytes | undefined): boolean {
  return bound !== undefined && Buffer.compare(target, bound) >= 0;
}
