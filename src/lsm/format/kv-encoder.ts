/**
 * Writes KeyValues into bytes of the caller, which must suffice; `keyValueBytes` tells how many.
 *
 * Format doc: docs/formats/lsm.md, "KeyValue".
 */
import {
  keyOverheadBytes,
  kvKeyPosition,
  tagsLengthBytes,
  timestampBytes,
  typeBytes,
  valueLengthPosition,
} from './kv-layout.ts';
import { writeTimestamp } from './timestamp.ts';

export interface CellInput {
  /** 1 to 32767 bytes. */
  readonly row: Uint8Array;
  /** 1 to 127 bytes. */
  readonly family: Uint8Array;
  readonly qualifier: Uint8Array;
  /** Milliseconds; `latestTimestamp` and `oldestTimestamp` are written exactly. */
  readonly timestamp: number;
  /** A `CellType`. */
  readonly type: number;
  readonly value: Uint8Array;
  /** Tags one after another, as `encodeTags` gives them. At most 32767 bytes. Default: none. */
  readonly tags?: Uint8Array;
}

export function keyBytes(cell: CellInput): number {
  return keyOverheadBytes + cell.row.length + cell.family.length + cell.qualifier.length;
}

/** Bytes of the KeyValue with its tags, where it has some. */
export function keyValueBytes(cell: CellInput): number {
  const tagsLength = cell.tags?.length ?? 0;
  const tags = tagsLength === 0 ? 0 : tagsLengthBytes + tagsLength;
  return kvKeyPosition + keyBytes(cell) + cell.value.length + tags;
}

/** Writes the key alone; returns the position after it. */
export function writeKey(
  bytes: Uint8Array,
  view: DataView,
  position: number,
  cell: CellInput,
): number {
  const { row, family, qualifier } = cell;
  view.setInt16(position, row.length);
  let at = position + 2;
  bytes.set(row, at);
  at += row.length;
  bytes[at++] = family.length;
  bytes.set(family, at);
  at += family.length;
  bytes.set(qualifier, at);
  at += qualifier.length;
  writeTimestamp(view, at, cell.timestamp);
  at += timestampBytes;
  bytes[at] = cell.type;
  return at + typeBytes;
}

/** Writes a KeyValue, tags included where the cell has some; returns the position after it. */
export function writeKeyValue(
  bytes: Uint8Array,
  view: DataView,
  position: number,
  cell: CellInput,
): number {
  const { value, tags } = cell;
  view.setInt32(position, keyBytes(cell));
  view.setInt32(position + valueLengthPosition, value.length);
  let at = writeKey(bytes, view, position + kvKeyPosition, cell);
  bytes.set(value, at);
  at += value.length;
  if (tags === undefined || tags.length === 0) return at;
  view.setUint16(at, tags.length);
  bytes.set(tags, at + tagsLengthBytes);
  return at + tagsLengthBytes + tags.length;
}
