/**
 * A producer snapshot: the state of all producers up to but excluding the offset in its name.
 *
 *    version i16 = 1 | crc u32 | count i32 | count x 46-byte entry
 *    entry: producer id i64, epoch i16, last sequence i32, last offset i64, offset delta i32,
 *           timestamp i64, coordinator epoch i32, first offset of the open transaction i64 (or -1)
 *
 * The CRC-32C covers everything after itself.
 * Format doc: docs/formats/log.md, "Producer snapshot".
 */
import { CorruptionError, crc32c, readInt64, writeInt64 } from '../../../native-free-io/index.ts';
import {
  snapshotCoordinatorEpochPosition,
  snapshotCountPosition,
  snapshotCrcPosition,
  snapshotEntriesPosition,
  snapshotEntryBytes,
  snapshotLastOffsetPosition,
  snapshotLastSequencePosition,
  snapshotOffsetDeltaPosition,
  snapshotProducerEpochPosition,
  snapshotProducerIdPosition,
  snapshotTimestampPosition,
  snapshotTxnFirstOffsetPosition,
  snapshotVersion,
  snapshotVersionPosition,
} from './layout.ts';

export interface SnapshotEntry {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  /** Of the last batch; -1 when only a marker was seen in this epoch. */
  readonly lastSequence: number;
  readonly lastOffset: number;
  /** Records of the last batch, minus one. */
  readonly offsetDelta: number;
  /** Ms. */
  readonly timestamp: number;
  readonly coordinatorEpoch: number;
  /** -1 when no transaction is open. */
  readonly currentTxnFirstOffset: number;
}

export function encodeProducerSnapshot(entries: readonly SnapshotEntry[]): Uint8Array {
  const bytes = new Uint8Array(snapshotEntriesPosition + entries.length * snapshotEntryBytes);
  const view = new DataView(bytes.buffer);
  view.setInt16(snapshotVersionPosition, snapshotVersion);
  view.setInt32(snapshotCountPosition, entries.length);
  for (const [index, entry] of entries.entries()) {
    const at = snapshotEntriesPosition + index * snapshotEntryBytes;
    view.setBigInt64(at + snapshotProducerIdPosition, entry.producerId);
    view.setInt16(at + snapshotProducerEpochPosition, entry.producerEpoch);
    view.setInt32(at + snapshotLastSequencePosition, entry.lastSequence);
    writeInt64(view, at + snapshotLastOffsetPosition, entry.lastOffset);
    view.setInt32(at + snapshotOffsetDeltaPosition, entry.offsetDelta);
    writeInt64(view, at + snapshotTimestampPosition, entry.timestamp);
    view.setInt32(at + snapshotCoordinatorEpochPosition, entry.coordinatorEpoch);
    writeInt64(view, at + snapshotTxnFirstOffsetPosition, entry.currentTxnFirstOffset);
  }
  view.setUint32(snapshotCrcPosition, crc32c(bytes, snapshotCountPosition, bytes.length));
  return bytes;
}

/** LOG_CORRUPT_SNAPSHOT on any damage; bytes after the last entry are damage too. */
export function decodeProducerSnapshot(bytes: Uint8Array, path = ''): SnapshotEntry[] {
  const damaged = (reason: string, position: number): CorruptionError =>
    new CorruptionError('LOG_CORRUPT_SNAPSHOT', reason, { context: { path, position } });
  if (bytes.length < snapshotEntriesPosition) throw damaged('cut short', bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = view.getInt16(snapshotVersionPosition);
  if (version !== snapshotVersion) throw damaged(`snapshot version ${version}`, 0);
  const actual = crc32c(bytes, snapshotCountPosition, bytes.length);
  if (view.getUint32(snapshotCrcPosition) !== actual) {
    throw damaged('the checksum does not match', snapshotCrcPosition);
  }
  const count = view.getInt32(snapshotCountPosition);
  if (count < 0 || snapshotEntriesPosition + count * snapshotEntryBytes !== bytes.length) {
    throw damaged(`${count} entries in ${bytes.length} bytes`, snapshotCountPosition);
  }
  return Array.from({ length: count }, (_, index) => {
    const at = snapshotEntriesPosition + index * snapshotEntryBytes;
    return {
      producerId: view.getBigInt64(at + snapshotProducerIdPosition),
      producerEpoch: view.getInt16(at + snapshotProducerEpochPosition),
      lastSequence: view.getInt32(at + snapshotLastSequencePosition),
      lastOffset: readInt64(view, at + snapshotLastOffsetPosition),
      offsetDelta: view.getInt32(at + snapshotOffsetDeltaPosition),
      timestamp: readInt64(view, at + snapshotTimestampPosition),
      coordinatorEpoch: view.getInt32(at + snapshotCoordinatorEpochPosition),
      currentTxnFirstOffset: readInt64(view, at + snapshotTxnFirstOffsetPosition),
    };
  });
}
