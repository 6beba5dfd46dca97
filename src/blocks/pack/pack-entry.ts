/**
 * What the index of a pack holds for a key: where the bytes of its object are, and their CRC-32C,
 * which a SequenceFile does not keep.
 *
 *    0          8        12      16
 *    +----------+--------+-------+
 *    | position | length | crc   |
 *    +----------+--------+-------+
 */
import { readInt64OrNaN, writeInt64 } from '../../../native-free-io/index.ts';

export interface PackEntry {
  /** First byte of the object in the data file. */
  readonly position: number;
  readonly length: number;
  readonly crc: number;
}

export const packEntryBytes = 16;

export function encodePackEntry(entry: PackEntry): Uint8Array {
  const bytes = new Uint8Array(packEntryBytes);
  const view = new DataView(bytes.buffer);
  writeInt64(view, 0, entry.position);
  view.setUint32(8, entry.length);
  view.setUint32(12, entry.crc);
  return bytes;
}

/** Undefined when the bytes are no entry. */
export function decodePackEntry(bytes: Uint8Array): PackEntry | undefined {
  if (bytes.length !== packEntryBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const position = readInt64OrNaN(view, 0);
  if (!(position >= 0)) return undefined;
  return { position, length: view.getUint32(8), crc: view.getUint32(12) };
}
