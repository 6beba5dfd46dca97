/**
 * Changes gathered for one `write`: encoded as they are added, no object per change.
 *
 * Atomic per region: a table of one region applies the batch as a whole. Within a batch later
 * changes win over earlier ones.
 */
import { InvalidArgumentError } from '../../../native-free-io/index.ts';
import { CellBuffer, toBytes, type Bytes } from '../cell-buffer.ts';
import { CellType, latestTimestamp } from '../format/kv-layout.ts';
import type { FamilyNames } from './family-names.ts';

const noBytes = new Uint8Array(0);

/** Values by qualifier, by family. */
export type Columns = Readonly<Record<string, Readonly<Record<string, Bytes>>>>;

export interface DeleteOptions {
  /** Only this family; default: the whole row. */
  readonly family?: string;
  /** Only this column. */
  readonly qualifier?: Bytes;
  /** Everything up to here; with `only`, what has exactly this. Default: now. */
  readonly timestamp?: number;
  /**
   * 'version': of the column the newest version, or the one of `timestamp`; of a family what has
   * exactly `timestamp`. Default: all versions up to `timestamp`.
   */
  readonly only?: 'version';
}

export class WriteBatch {
  readonly cells: CellBuffer = new CellBuffer();
  readonly #names: FamilyNames;

  constructor(names: FamilyNames) {
    this.#names = names;
  }

  /** Cells so far. */
  get size(): number {
    return this.cells.count;
  }

  clear(): this {
    this.cells.clear();
    return this;
  }

  put(row: Bytes, columns: Columns, timestamp: number = latestTimestamp): this {
    const rowBytes = toBytes(row);
    for (const [family, values] of Object.entries(columns)) {
      const index = this.#names.indexOf(family);
      for (const [qualifier, value] of Object.entries(values)) {
        this.#add(rowBytes, index, toBytes(qualifier), {
          type: CellType.put,
          timestamp,
          value: toBytes(value),
        });
      }
    }
    return this;
  }

  /** One cell; the form without objects in between. */
  putCell(
    row: Bytes,
    column: { readonly family: string; readonly qualifier: Bytes },
    value: Bytes,
    timestamp: number = latestTimestamp,
  ): this {
    this.#add(toBytes(row), this.#names.indexOf(column.family), toBytes(column.qualifier), {
      type: CellType.put,
      timestamp,
      value: toBytes(value),
    });
    return this;
  }

  delete(row: Bytes, options: DeleteOptions = {}): this {
    const { family, qualifier, timestamp = latestTimestamp, only } = options;
    const rowBytes = toBytes(row);
    if (qualifier !== undefined) {
      if (family === undefined) {
        throw new InvalidArgumentError('OPTION_INVALID', 'delete: a qualifier without family');
      }
      const type = only === 'version' ? CellType.delete : CellType.deleteColumn;
      this.#marker(rowBytes, family, { qualifier: toBytes(qualifier), type, timestamp });
      return this;
    }
    if (only === 'version' && timestamp === latestTimestamp) {
      throw new InvalidArgumentError('OPTION_INVALID', 'delete: only a version, but of what time?');
    }
    const type = only === 'version' ? CellType.deleteFamilyVersion : CellType.deleteFamily;
    const families = family === undefined ? this.#names.all : [family];
    for (const one of families)
      this.#marker(rowBytes, one, { qualifier: noBytes, type, timestamp });
    return this;
  }

  #marker(
    row: Uint8Array,
    family: string,
    marker: { qualifier: Uint8Array; type: number; timestamp: number },
  ): void {
    this.#add(row, this.#names.indexOf(family), marker.qualifier, { ...marker, value: noBytes });
  }

  #add(
    row: Uint8Array,
    index: number,
    qualifier: Uint8Array,
    rest: { type: number; timestamp: number; value: Uint8Array },
  ): void {
    const family = this.#names.bytesOf(index);
    this.cells.add(
      {
        row,
        family,
        qualifier,
        value: rest.value,
        type: rest.type,
        timestamp: rest.timestamp,
      },
      index,
    );
  }
}
