/**
 * One entry of a transaction index: an aborted transaction and where it lay.
 *
 *    version i16 = 0 | producer id i64 | first offset i64 | last offset i64 |
 *    last stable offset i64
 *
 * The entries of the offset and time indexes are read and written in place by their rooms.
 * Format doc: docs/formats/log.md, "Transaction index entry".
 */
import { CorruptionError, readInt64, writeInt64 } from '../../../native-free-io/index.ts';
import {
  abortedFirstOffsetPosition,
  abortedLastOffsetPosition,
  abortedLastStableOffsetPosition,
  abortedProducerIdPosition,
  abortedVersionPosition,
  transactionIndexEntryBytes,
} from './layout.ts';

export interface AbortedTxn {
  readonly producerId: bigint;
  readonly firstOffset: number;
  /** Offset of the abort marker. */
  readonly lastOffset: number;
  /** The last stable offset right after the marker. */
  readonly lastStableOffset: number;
}

/** Entries of a later version are read as this one, as upstream does. */
const version = 0;

export function encodeAbortedTxn(entry: AbortedTxn): Uint8Array {
  const bytes = new Uint8Array(transactionIndexEntryBytes);
  const view = new DataView(bytes.buffer);
  view.setInt16(abortedVersionPosition, version);
  view.setBigInt64(abortedProducerIdPosition, entry.producerId);
  writeInt64(view, abortedFirstOffsetPosition, entry.firstOffset);
  writeInt64(view, abortedLastOffsetPosition, entry.lastOffset);
  writeInt64(view, abortedLastStableOffsetPosition, entry.lastStableOffset);
  return bytes;
}

/** The entry at byte `at`; LOG_CORRUPT_INDEX when it makes no sense. */
export function decodeAbortedTxn(bytes: Uint8Array, at: number, path: string): AbortedTxn {
  const context = { path, position: at };
  if (at + transactionIndexEntryBytes > bytes.length) {
    throw new CorruptionError('LOG_CORRUPT_INDEX', 'the entry is cut short', { context });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, transactionIndexEntryBytes);
  const stored = view.getInt16(abortedVersionPosition);
  if (stored < version) {
    throw new CorruptionError('LOG_CORRUPT_INDEX', `entry version ${stored}`, { context });
  }
  const entry: AbortedTxn = {
    producerId: view.getBigInt64(abortedProducerIdPosition),
    firstOffset: readInt64(view, abortedFirstOffsetPosition),
    lastOffset: readInt64(view, abortedLastOffsetPosition),
    lastStableOffset: readInt64(view, abortedLastStableOffsetPosition),
  };
  if (entry.firstOffset < 0 || entry.lastOffset < entry.firstOffset) {
    throw new CorruptionError(
      'LOG_CORRUPT_INDEX',
      `a transaction from ${entry.firstOffset} to ${entry.lastOffset}`,
      { context },
    );
  }
  return entry;
}
