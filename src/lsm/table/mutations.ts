/**
 * Changes that depend on what is there: conditions, counters, appended values. They read what was
 * written last, also what is not yet durable: their own sync comes after it.
 */
import { compareBytes, InvalidArgumentError } from '../../../native-free-io/index.ts';
import { toBytes, type Bytes } from '../cell-buffer.ts';
import { holds, type Comparison, type Filter } from '../read/filters.ts';
import { rowSpec, type Region } from '../region/region.ts';
import type { FamilyNames } from './family-names.ts';

/** A column compared with a value, or a filter that must let something of the row pass. */
export type Condition =
  | {
      readonly family: string;
      readonly qualifier: Bytes;
      /** How the stored value must compare with `value`. Default '='. */
      readonly is?: Comparison;
      /** Null: the column is absent or empty. */
      readonly value: Bytes | null;
    }
  | { readonly filter: Filter };

export function isMet(
  region: Region,
  names: FamilyNames,
  row: Uint8Array,
  condition: Condition,
): boolean {
  if ('filter' in condition) {
    const families = names.all.map((_, index) => ({ index, columns: undefined }));
    const spec = { ...rowSpec(row, families), filter: condition.filter };
    return region.read(spec, Infinity).cellCount > 0;
  }
  const store = region.core.stores[names.indexOf(condition.family)]!;
  const cell = region.newestCell(store, row, toBytes(condition.qualifier), Infinity);
  const is = condition.is ?? '=';
  if (condition.value === null) {
    const isEmpty = cell === undefined || cell.valueLength === 0;
    return is === '!=' ? !isEmpty : isEmpty;
  }
  if (cell === undefined) return false;
  const value = toBytes(condition.value);
  const start = cell.valuePosition;
  const order = compareBytes(cell.bytes, start, start + cell.valueLength, value, 0, value.length);
  return holds(is, order);
}

/** The counter after adding, as eight bytes; LSM_NOT_A_COUNTER when the value is none. */
export function incremented(
  region: Region,
  place: { readonly family: number; readonly row: Uint8Array; readonly qualifier: Uint8Array },
  amount: bigint,
): bigint {
  const store = region.core.stores[place.family]!;
  const cell = region.newestCell(store, place.row, place.qualifier, Infinity);
  if (cell === undefined) return BigInt.asIntN(64, amount);
  if (cell.valueLength !== 8) {
    throw new InvalidArgumentError(
      'LSM_NOT_A_COUNTER',
      `a value of ${cell.valueLength} bytes; counters have 8`,
    );
  }
  return BigInt.asIntN(64, cell.view.getBigInt64(cell.valuePosition) + amount);
}

export function appended(
  region: Region,
  place: { readonly family: number; readonly row: Uint8Array; readonly qualifier: Uint8Array },
  value: Uint8Array,
): Uint8Array {
  const store = region.core.stores[place.family]!;
  const cell = region.newestCell(store, place.row, place.qualifier, Infinity);
  return cell === undefined ? value : Buffer.concat([cell.copyValue(), value]);
}
