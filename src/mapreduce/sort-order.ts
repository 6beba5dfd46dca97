/**
 * What the records of a sort are and how they are ordered: plain data, made once from the options
 * and sent along with every task.
 *
 * Three forms. Lines, compared whole, stay as they are in runs. So do records of fixed length.
 * Lines with keys become frames (assembly/sort.ts): the encoded keys, then the line without its
 * delimiter; the last resort of GNU sort, comparing whole lines, is comparing whole frames.
 */
import { frameHeaderBytes, RecordForm, type SortKernel } from '../../native-free-io/index.ts';
import type { EncodedKey } from './sort-key-encoder.ts';

export interface RecordOrder {
  readonly form: RecordForm;
  /** Byte that ends a line. */
  readonly delimiter: number;
  /** Byte between fields; -1: blanks. */
  readonly separator: number;
  readonly keys: readonly EncodedKey[];
  /** Of fixed records, in bytes; 0 for lines. */
  readonly recordLength: number;
  readonly keyStart: number;
  readonly keyLength: number;
  readonly descending: boolean;
  /** Lines with equal keys are compared whole. */
  readonly lastResort: boolean;
  /** Of records that compare equal only the first stays. */
  readonly unique: boolean;
}

/** `bare`: frames leave the kernel as lines. */
export function describeOrder(kernel: SortKernel, order: RecordOrder, bare: boolean): void {
  const { form, delimiter, recordLength, keyStart, keyLength } = order;
  const start = form === RecordForm.frames ? frameHeaderBytes : keyStart;
  kernel.describeRecords(form, delimiter, recordLength, start, keyLength);
  kernel.describeOrder(order.descending, order.lastResort, bare, bare);
}

/** Compares two compared ranges. */
export function compareKeys(order: RecordOrder, left: Uint8Array, right: Uint8Array): number {
  const ascending = Buffer.compare(left, right);
  return order.descending ? -ascending : ascending;
}

/** Bytes of the record at `at` in a run, and where its compared range lies. */
export interface RecordPlace {
  /** Where the record ends. */
  end: number;
  keyStart: number;
  keyEnd: number;
  /** Bytes it has in the output. */
  bareBytes: number;
}

/** Fills `place`; false when the record does not end before `limit`. */
export function readRecord(
  order: RecordOrder,
  bytes: Uint8Array,
  { at, limit }: { readonly at: number; readonly limit: number },
  place: RecordPlace,
): boolean {
  if (order.form === RecordForm.lines) {
    const end = bytes.indexOf(order.delimiter, at);
    if (end < 0 || end >= limit) return false;
    place.end = end + 1;
    place.keyStart = at;
    place.keyEnd = end;
    place.bareBytes = end + 1 - at;
    return true;
  }
  if (order.form === RecordForm.fixed) {
    place.end = at + order.recordLength;
    place.keyStart = at + order.keyStart;
    place.keyEnd = place.keyStart + order.keyLength;
    place.bareBytes = order.recordLength;
    return place.end <= limit;
  }
  if (at + frameHeaderBytes > limit) return false;
  const skip = wordAt(bytes, at);
  const length = wordAt(bytes, at + 4);
  place.end = at + frameHeaderBytes + length;
  place.keyStart = at + frameHeaderBytes;
  place.keyEnd = order.lastResort ? place.end : place.keyStart + skip;
  place.bareBytes = length - skip + 1;
  return place.end <= limit;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
  );
}
