/**
 * The filters that users combine, described as plain data; every scan makes its own state of them.
 *
 * Upstream: apache/hbase: hbase-client/.../filter (PrefixFilter, PageFilter, ColumnPrefixFilter,
 * QualifierFilter, ValueFilter, SingleColumnValueFilter, FirstKeyOnlyFilter, FilterList,
 * TimestampsFilter, SkipFilter, WhileMatchFilter).
 */
import { compareBytes } from '../../../native-free-io/index.ts';
import type { CellView } from '../format/cell-view.ts';
import { FilterVerdict, type CellFilter } from './filter.ts';
import { allOf, anyOf, skipOf, whileOf } from './filter-lists.ts';

export type Comparison = '<' | '<=' | '=' | '!=' | '>=' | '>';
type Bytes = string | Uint8Array;

/** A description: hand it to `scan` and `get`. */
export type Filter =
  | { readonly kind: 'prefix'; readonly prefix: Bytes }
  | { readonly kind: 'row'; readonly is: Comparison; readonly row: Bytes }
  | { readonly kind: 'page'; readonly rows: number }
  | { readonly kind: 'columnPrefix'; readonly prefix: Bytes }
  | { readonly kind: 'qualifier'; readonly is: Comparison; readonly qualifier: Bytes }
  | { readonly kind: 'value'; readonly is: Comparison; readonly value: Bytes }
  | {
      readonly kind: 'columnValue';
      readonly family: string;
      readonly qualifier: Bytes;
      readonly is: Comparison;
      readonly value: Bytes;
      /** Rows without the column stay out. Default false, as upstream. */
      readonly ifMissing?: 'exclude' | 'include';
    }
  | { readonly kind: 'firstKeyOnly' }
  | { readonly kind: 'timestamps'; readonly timestamps: readonly number[] }
  /** A row of which any cell fails stays out as a whole. */
  | { readonly kind: 'skip'; readonly filter: Filter }
  /** The scan ends at the first cell that fails. */
  | { readonly kind: 'while'; readonly filter: Filter }
  | { readonly kind: 'all'; readonly filters: readonly Filter[] }
  | { readonly kind: 'any'; readonly filters: readonly Filter[] };

export function makeFilter(filter: Filter, isReverse: boolean): CellFilter {
  const inner = (one: Filter): CellFilter => makeFilter(one, isReverse);
  switch (filter.kind) {
    case 'prefix':
      return new PrefixFilter(bytesOf(filter.prefix), isReverse);
    case 'row':
      return new RowFilter(filter.is, bytesOf(filter.row));
    case 'page':
      return new PageFilter(filter.rows);
    case 'columnPrefix':
      return new ColumnPrefixFilter(bytesOf(filter.prefix));
    case 'qualifier':
      return new PartFilter(filter.is, bytesOf(filter.qualifier), 'qualifier');
    case 'value':
      return new PartFilter(filter.is, bytesOf(filter.value), 'value');
    case 'columnValue':
      return new ColumnValueFilter(filter);
    case 'firstKeyOnly':
      return new FirstKeyFilter();
    case 'timestamps':
      return new TimestampsFilter(filter.timestamps);
    case 'skip':
      return skipOf(inner(filter.filter));
    case 'while':
      return whileOf(inner(filter.filter));
    case 'all':
      return allOf(filter.filters.map(inner));
    case 'any':
      return anyOf(filter.filters.map(inner));
  }
}

function bytesOf(text: Bytes): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text) : text;
}

/** Lets everything pass; the others override what they judge. */
class PassFilter implements CellFilter {
  reset(): void {
    // No state of a row.
  }
  row(_cell: CellView): boolean {
    return false;
  }
  cell(_cell: CellView): FilterVerdict {
    return FilterVerdict.include;
  }
  rowEnd(): boolean {
    return false;
  }
  isDone(): boolean {
    return false;
  }
}

class PrefixFilter extends PassFilter {
  readonly #prefix: Uint8Array;
  readonly #isReverse: boolean;
  #isPast = false;
  constructor(prefix: Uint8Array, isReverse: boolean) {
    super();
    this.#prefix = prefix;
    this.#isReverse = isReverse;
  }
  override row(cell: CellView): boolean {
    const start = cell.rowPosition;
    const length = Math.min(cell.rowLength, this.#prefix.length);
    const order = compareBytes(
      cell.bytes,
      start,
      start + length,
      this.#prefix,
      0,
      this.#prefix.length,
    );
    if (this.#isReverse ? order < 0 : order > 0) this.#isPast = true;
    return order !== 0;
  }
  override isDone(): boolean {
    return this.#isPast;
  }
}

class RowFilter extends PassFilter {
  readonly #is: Comparison;
  readonly #row: Uint8Array;
  constructor(is: Comparison, row: Uint8Array) {
    super();
    this.#is = is;
    this.#row = row;
  }
  override row(cell: CellView): boolean {
    return !holds(this.#is, compareTo(cell, cell.rowPosition, cell.rowLength, this.#row));
  }
}

class PageFilter extends PassFilter {
  readonly #most: number;
  #rows = 0;
  constructor(rows: number) {
    super();
    this.#most = rows;
  }
  override rowEnd(): boolean {
    this.#rows++;
    return this.#rows > this.#most;
  }
  override isDone(): boolean {
    return this.#rows >= this.#most;
  }
}

class ColumnPrefixFilter extends PassFilter {
  readonly #prefix: Uint8Array;
  constructor(prefix: Uint8Array) {
    super();
    this.#prefix = prefix;
  }
  override cell(cell: CellView): FilterVerdict {
    const length = Math.min(cell.qualifierLength, this.#prefix.length);
    const order = compareTo(cell, cell.qualifierPosition, length, this.#prefix);
    if (order === 0) return FilterVerdict.include;
    return order < 0 ? FilterVerdict.nextColumn : FilterVerdict.nextRow;
  }
}

class PartFilter extends PassFilter {
  readonly #is: Comparison;
  readonly #bytes: Uint8Array;
  readonly #part: 'qualifier' | 'value';
  constructor(is: Comparison, bytes: Uint8Array, part: 'qualifier' | 'value') {
    super();
    this.#is = is;
    this.#bytes = bytes;
    this.#part = part;
  }
  override cell(cell: CellView): FilterVerdict {
    const order =
      this.#part === 'value'
        ? compareTo(cell, cell.valuePosition, cell.valueLength, this.#bytes)
        : compareTo(cell, cell.qualifierPosition, cell.qualifierLength, this.#bytes);
    return holds(this.#is, order) ? FilterVerdict.include : FilterVerdict.skip;
  }
}

/** Keeps or drops whole rows by the newest value of one column. */
class ColumnValueFilter extends PassFilter {
  readonly #family: Uint8Array;
  readonly #qualifier: Uint8Array;
  readonly #is: Comparison;
  readonly #value: Uint8Array;
  readonly #excludesMissing: boolean;
  #isFound = false;
  #isMatch = false;
  constructor(filter: Extract<Filter, { kind: 'columnValue' }>) {
    super();
    this.#family = bytesOf(filter.family);
    this.#qualifier = bytesOf(filter.qualifier);
    this.#is = filter.is;
    this.#value = bytesOf(filter.value);
    this.#excludesMissing = filter.ifMissing === 'exclude';
  }
  override reset(): void {
    this.#isFound = false;
    this.#isMatch = false;
  }
  override cell(cell: CellView): FilterVerdict {
    if (this.#isFound && !this.#isMatch) return FilterVerdict.nextRow;
    if (
      !this.#isFound &&
      compareTo(cell, cell.familyPosition, cell.familyLength, this.#family) === 0 &&
      compareTo(cell, cell.qualifierPosition, cell.qualifierLength, this.#qualifier) === 0
    ) {
      this.#isFound = true;
      const order = compareTo(cell, cell.valuePosition, cell.valueLength, this.#value);
      this.#isMatch = holds(this.#is, order);
      if (!this.#isMatch) return FilterVerdict.nextRow;
    }
    return FilterVerdict.include;
  }
  override rowEnd(): boolean {
    return this.#isFound ? !this.#isMatch : this.#excludesMissing;
  }
}

class FirstKeyFilter extends PassFilter {
  #hasOne = false;
  override reset(): void {
    this.#hasOne = false;
  }
  override cell(): FilterVerdict {
    if (this.#hasOne) return FilterVerdict.nextRow;
    this.#hasOne = true;
    return FilterVerdict.include;
  }
}

class TimestampsFilter extends PassFilter {
  readonly #timestamps: ReadonlySet<number>;
  readonly #oldest: number;
  constructor(timestamps: readonly number[]) {
    super();
    this.#timestamps = new Set(timestamps);
    this.#oldest = Math.min(...timestamps);
  }
  override cell(cell: CellView): FilterVerdict {
    if (this.#timestamps.has(cell.timestamp)) return FilterVerdict.include;
    return cell.timestamp < this.#oldest ? FilterVerdict.nextColumn : FilterVerdict.skip;
  }
}

function compareTo(cell: CellView, position: number, length: number, bytes: Uint8Array): number {
  return compareBytes(cell.bytes, position, position + length, bytes, 0, bytes.length);
}

/** `order`: of the stored bytes with the given ones. */
export function holds(is: Comparison, order: number): boolean {
  switch (is) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '>=':
      return order >= 0;
    case '>':
      return order > 0;
  }
}
