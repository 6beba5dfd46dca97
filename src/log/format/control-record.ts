/**
 * Control records: the markers that end transactions.
 *
 *    key:   version i16 = 0 | type i16 (0 abort, 1 commit)
 *    value: version i16 = 0 | coordinator epoch i32
 *
 * Later versions and longer values are read as version 0; unknown types are passed over, as
 * upstream does. Format doc: docs/formats/log.md, "Control record".
 */
import { RecordCursor } from './batch-decoder.ts';
import { controlType } from './layout.ts';

export interface EndTxnMarker {
  readonly aborted: boolean;
  readonly coordinatorEpoch: number;
}

const keyBytes = 4;
const valueBytes = 6;

/** The marker in the control batch at `start`; undefined when its record is of another type. */
export function readEndTxnMarker(
  bytes: Uint8Array,
  start: number,
  size: number,
): EndTxnMarker | undefined {
  const cursor = RecordCursor.open(bytes.subarray(start, start + size));
  if (!cursor.next()) return undefined;
  const type = controlRecordType(cursor);
  if (type !== controlType.abort && type !== controlType.commit) return undefined;
  if (cursor.valueEnd - cursor.valueStart < valueBytes || cursor.valueStart < 0) return undefined;
  const { bytes: data } = cursor;
  const value = new DataView(data.buffer, data.byteOffset + cursor.valueStart, valueBytes);
  return { aborted: type === controlType.abort, coordinatorEpoch: value.getInt32(2) };
}

/** Type number of the control record the cursor stands on; -1 when its key is malformed. */
export function controlRecordType(cursor: RecordCursor): number {
  if (cursor.keyStart < 0 || cursor.keyEnd - cursor.keyStart < keyBytes) return -1;
  const { bytes } = cursor;
  const key = new DataView(bytes.buffer, bytes.byteOffset + cursor.keyStart, keyBytes);
  return key.getInt16(0) < 0 ? -1 : key.getInt16(2);
}

/** Key and value of a marker. */
export function encodeEndTxnMarker(marker: EndTxnMarker): { key: Uint8Array; value: Uint8Array } {
  const key = new Uint8Array(keyBytes);
  new DataView(key.buffer).setInt16(2, marker.aborted ? controlType.abort : controlType.commit);
  const value = new Uint8Array(valueBytes);
  new DataView(value.buffer).setInt32(2, marker.coordinatorEpoch);
  return { key, value };
}
