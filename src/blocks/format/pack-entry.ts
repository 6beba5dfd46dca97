/**
 * Where an object of a pack is and its CRC-32C, which a SequenceFile does not keep; how far an
 * index has come. Both as they stand in the index.
 *
 *    entry   position i64 | length u32 | crc u32
 *    state   id of the journal u64 | bytes of the journal i64 | bytes of the data i64
 *
 * Ours, not an HDFS format. Format doc: docs/formats/blocks.md, "Pack".
 */
import {
  readBigInt64,
  readInt64OrNaN,
  writeBigInt64,
  writeInt64,
} from '../../../native-free-io/index.ts';
import { readSum } from './sums.ts';

export interface PackEntry {
  /** First byte of the object in the data file. */
  readonly position: number;
  readonly length: number;
  readonly crc: number;
}

/** What an index, or memory, has taken over from the journal. */
export interface PackState {
  /** Of the journal that it follows. */
  readonly journalId: bigint;
  /** Bytes of it that were taken over. */
  readonly journalEnd: number;
  /** Byte of the data after the last record that they tell of; 0 before the first. */
  readonly dataEnd: number;
}

export const packEntryBytes = 16;
export const packStateBytes = 24;

export function encodePackEntry(entry: PackEntry): Uint8Array {
  const bytes = new Uint8Array(packEntryBytes);
  const view = new DataView(bytes.buffer);
  writeInt64(view, 0, entry.position);
  view.setUint32(8, entry.length);
  view.setUint32(12, entry.crc);
  return bytes;
}

/** Undefined when the bytes are no entry. Without a DataView: making one would cost the most. */
export function decodePackEntry(bytes: Uint8Array): PackEntry | undefined {
  if (bytes.length !== packEntryBytes) return undefined;
  const high = readSum(bytes, 0);
  if (high >= 2 ** 21) return undefined;
  const position = high * 2 ** 32 + readSum(bytes, 4);
  return { position, length: readSum(bytes, 8), crc: readSum(bytes, 12) };
}

export function encodePackState(state: PackState): Uint8Array {
  const bytes = new Uint8Array(packStateBytes);
  const view = new DataView(bytes.buffer);
  writeBigInt64(view, 0, state.journalId);
  writeInt64(view, 8, state.journalEnd);
  writeInt64(view, 16, state.dataEnd);
  return bytes;
}

/** Undefined when the bytes are no state. */
export function decodePackState(bytes: Uint8Array): PackState | undefined {
  if (bytes.length !== packStateBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const journalEnd = readInt64OrNaN(view, 8);
  const dataEnd = readInt64OrNaN(view, 16);
  if (!(journalEnd >= 0 && dataEnd >= 0)) return undefined;
  return { journalId: readBigInt64(view, 0), journalEnd, dataEnd };
}
