/**
 * A store file as a region reads it: the file, or a half of it, with what is known without reading.
 *
 * Counted: a file that has left the list stays readable until the last reader let go of it; then it
 * is closed, and removed where nothing refers to it any more (HBASE-27519).
 */
import { invariant } from '../../base/index.ts';
import type { CursorOptions } from '../files/hfile-cursor.ts';
import type { HFileReader } from '../files/hfile-reader.ts';
import type { CellCursor } from '../format/cell-cursor.ts';
import { PartCursor } from './part-cursor.ts';
import type { SourceFile } from './rewriter.ts';
import { readTimestamp } from '../format/timestamp.ts';

export interface StoreFileParts {
  /** As listed: of a reference `<file>.<encoded name of the parent>`. */
  readonly name: string;
  readonly path: string;
  readonly reader: HFileReader;
  readonly half: { readonly kind: 'top' | 'bottom'; readonly splitKey: Uint8Array } | undefined;
  /** Of a bulk load. */
  readonly loadedAs: number | undefined;
  /** Called when the last reader let go of a file that is no longer listed. */
  readonly onGone: (file: StoreFile) => void;
}

export class StoreFile {
  readonly name: string;
  readonly path: string;
  readonly reader: HFileReader;
  readonly half: StoreFileParts['half'];
  readonly maxSequenceId: number;
  readonly bytes: number;
  readonly minTimestamp: number;
  readonly maxTimestamp: number;
  /** Markers of the whole family. */
  readonly familyMarkers: number;
  readonly earliestPut: number;
  readonly isMajor: boolean;
  readonly bulkLoadMs: number;
  readonly hasTags: boolean;
  readonly createdMs: number;
  readonly #loadedAs: number | undefined;
  readonly #onGone: (file: StoreFile) => void;
  #holders = 1;
  isCompacting = false;
  /** Taken off the list for good: removed when nobody reads it. */
  isDoomed = false;
  #point: CellCursor | undefined;

  constructor(parts: StoreFileParts) {
    const { reader, half } = parts;
    const info = reader.fileInfo;
    this.name = parts.name;
    this.path = parts.path;
    this.reader = reader;
    this.half = half;
    this.#loadedAs = parts.loadedAs;
    this.#onGone = parts.onGone;
    const written = parts.loadedAs ?? info.getInt64('MAX_SEQ_ID_KEY') ?? 0;
    // So the two daughters of a split differ, as upstream has it.
    this.maxSequenceId = half?.kind === 'top' ? written + 1 : written;
    this.bytes = half === undefined ? reader.size : Math.ceil(reader.size / 2);
    this.minTimestamp = reader.timeRange?.least ?? Number.NEGATIVE_INFINITY;
    this.maxTimestamp = reader.timeRange?.most ?? Number.POSITIVE_INFINITY;
    this.familyMarkers = info.getInt64('DELETE_FAMILY_COUNT') ?? Number.POSITIVE_INFINITY;
    this.earliestPut = timestampOf(info.get('EARLIEST_PUT_TS'));
    this.isMajor = info.getBoolean('MAJOR_COMPACTION_KEY') === true;
    this.bulkLoadMs = parts.loadedAs === undefined ? 0 : (info.getInt64('BULKLOAD_TIMESTAMP') ?? 0);
    this.hasTags = info.get('hfile.MAX_TAGS_LEN') !== undefined;
    this.createdMs = info.getInt64('hfile.CREATE_TIME_TS') ?? 0;
  }

  get isReference(): boolean {
    return this.half !== undefined;
  }

  cursor(options: Pick<CursorOptions, 'scan' | 'cachedBlocks'>): CellCursor {
    const cursor = this.reader.cursor(options);
    if (this.half === undefined) return cursor;
    const { from, to } = this.#bounds;
    return new PartCursor(cursor, from, to);
  }

  /** One cursor for all point reads; whoever took it closes it before the next turn. */
  get pointCursor(): CellCursor {
    this.#point ??= this.cursor({ scan: false });
    return this.#point;
  }

  mayContainRow(row: Uint8Array): boolean {
    return this.reader.mayContainRow(row, 0, row.length);
  }

  /** What a worker needs to read it. */
  get source(): SourceFile {
    return { path: this.path, ...this.#bounds, sequenceId: this.#loadedAs };
  }

  get #bounds(): { from: Uint8Array | undefined; to: Uint8Array | undefined } {
    const { half } = this;
    return {
      from: half?.kind === 'top' ? half.splitKey : undefined,
      to: half?.kind === 'bottom' ? half.splitKey : undefined,
    };
  }

  /** Off the list for good: it goes once the last reader lets go of it. */
  doom(): void {
    this.isDoomed = true;
    this.release();
  }

  acquire(): void {
    this.#holders++;
  }

  release(): void {
    this.#holders--;
    invariant(this.#holders >= 0, `${this.path} was let go too often`);
    if (this.#holders > 0) return;
    this.#point?.close();
    this.reader.close();
    this.#onGone(this);
  }
}

/** 0, the least, when the file does not say. */
function timestampOf(bytes: Uint8Array | undefined): number {
  if (bytes?.length !== 8) return 0;
  return readTimestamp(new DataView(bytes.buffer, bytes.byteOffset, 8), 0);
}
