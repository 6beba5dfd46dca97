/**
 * The header of a record batch, read into a reusable object, and the in-place changes a leader
 * makes to a batch it did not encode.
 *
 * Offset and leader epoch lie outside the checksum; attributes and max timestamp inside, so the
 * checksum is recomputed only when one of those changes.
 *
 * Format doc: docs/formats/log.md, "Record batch".
 */
import { crc32c, readInt64, writeInt64 } from '../../../native-free-io/index.ts';
import {
  attributesPosition,
  baseOffsetPosition,
  baseSequencePosition,
  baseTimestampPosition,
  batchLengthPosition,
  codecMask,
  controlMask,
  crcPosition,
  deleteHorizonMask,
  lastOffsetDeltaPosition,
  leaderEpochPosition,
  legacyAttributesPosition,
  legacyCrcPosition,
  legacyTimestampPosition,
  logAppendTimeMask,
  logOverheadBytes,
  magicPosition,
  maxTimestampPosition,
  producerEpochPosition,
  producerIdPosition,
  recordCountPosition,
  transactionalMask,
} from './layout.ts';

/** One shape, all fields set; refilled for each batch. */
export class BatchHeader {
  baseOffset = 0;
  /** Bytes of the whole batch, offset and size fields included. */
  size = 0;
  /** -1 when unknown, as in batches of old versions. */
  leaderEpoch = -1;
  magic = 2;
  /** Unsigned. */
  crc = 0;
  attributes = 0;
  lastOffsetDelta = 0;
  /** Timestamp of the first record, or the delete horizon. Ms; -1 for none. */
  baseTimestamp = -1;
  maxTimestamp = -1;
  producerId = -1n;
  hasProducer = false;
  producerEpoch = -1;
  baseSequence = -1;
  /** -1 for a compressed legacy message, whose count is known only after decompression. */
  recordCount = 0;

  get lastOffset(): number {
    return this.baseOffset + this.lastOffsetDelta;
  }
  get codec(): number {
    return this.attributes & codecMask;
  }
  get isLogAppendTime(): boolean {
    return (this.attributes & logAppendTimeMask) !== 0;
  }
  get isTransactional(): boolean {
    return this.magic >= 2 && (this.attributes & transactionalMask) !== 0;
  }
  get isControl(): boolean {
    return this.magic >= 2 && (this.attributes & controlMask) !== 0;
  }
  /** Time from which tombstones and markers of this batch may go; undefined when not set. */
  get deleteHorizonMs(): number | undefined {
    return this.magic >= 2 && (this.attributes & deleteHorizonMask) !== 0
      ? this.baseTimestamp
      : undefined;
  }
}

/** Reads the header of the entry at `start`, of any version. The bytes must have been verified. */
export function readBatchHeader(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  header: BatchHeader,
): void {
  header.baseOffset = readInt64(view, start + baseOffsetPosition);
  header.size = view.getInt32(start + batchLengthPosition) + logOverheadBytes;
  header.magic = view.getInt8(start + magicPosition);
  if (header.magic < 2) {
    readLegacyHeader(bytes, view, start, header);
    return;
  }
  header.leaderEpoch = view.getInt32(start + leaderEpochPosition);
  header.crc = view.getUint32(start + crcPosition);
  header.attributes = view.getInt16(start + attributesPosition);
  header.lastOffsetDelta = view.getInt32(start + lastOffsetDeltaPosition);
  header.baseTimestamp = readInt64(view, start + baseTimestampPosition);
  header.maxTimestamp = readInt64(view, start + maxTimestampPosition);
  header.hasProducer = view.getInt32(start + producerIdPosition) >= 0;
  header.producerId = header.hasProducer ? view.getBigInt64(start + producerIdPosition) : -1n;
  header.producerEpoch = view.getInt16(start + producerEpochPosition);
  header.baseSequence = view.getInt32(start + baseSequencePosition);
  header.recordCount = view.getInt32(start + recordCountPosition);
}

/**
 * A legacy entry seen as a batch. Its offset is that of its last message; the first one's is known
 * only after decompression, so `baseOffset` is the last offset here too.
 */
function readLegacyHeader(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  header: BatchHeader,
): void {
  header.leaderEpoch = -1;
  header.crc = view.getUint32(start + legacyCrcPosition);
  header.attributes = bytes[start + legacyAttributesPosition]!;
  header.lastOffsetDelta = 0;
  const timestamp = header.magic === 0 ? -1 : readInt64(view, start + legacyTimestampPosition);
  header.baseTimestamp = timestamp;
  header.maxTimestamp = timestamp;
  header.producerId = -1n;
  header.hasProducer = false;
  header.producerEpoch = -1;
  header.baseSequence = -1;
  header.recordCount = (header.attributes & codecMask) === 0 ? 1 : -1;
}

export interface BatchStamp {
  readonly baseOffset: number;
  readonly leaderEpoch: number;
  /** Broker time for a log that stamps it, -1 to keep the producer's times. Ms. */
  readonly logAppendTime: number;
  /** Greatest time of its records, where known: a header that says otherwise is put right. Ms. */
  readonly maxTimestamp?: number | undefined;
}

/**
 * Gives a version 2 batch its place in the log, in its own bytes. True when its times, and with
 * them its attributes and checksum, were changed too.
 */
export function stampBatch(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  stamp: BatchStamp,
): boolean {
  writeInt64(view, start + baseOffsetPosition, stamp.baseOffset);
  view.setInt32(start + leaderEpochPosition, stamp.leaderEpoch);
  const { logAppendTime } = stamp;
  const maxTimestamp = logAppendTime >= 0 ? logAppendTime : stamp.maxTimestamp;
  if (maxTimestamp === undefined) return false;
  if (logAppendTime < 0 && readInt64(view, start + maxTimestampPosition) === maxTimestamp) {
    return false;
  }
  // Whoever writes attributes anew leaves the bits nobody knows at zero.
  const kept = view.getInt16(start + attributesPosition) & 0x77;
  view.setInt16(start + attributesPosition, logAppendTime >= 0 ? kept | logAppendTimeMask : kept);
  writeInt64(view, start + maxTimestampPosition, maxTimestamp);
  writeBatchCrc(bytes, view, start);
  return true;
}

/** Recomputes the checksum of the batch at `start` from its size field. */
export function writeBatchCrc(bytes: Uint8Array, view: DataView, start: number): void {
  const end = start + view.getInt32(start + batchLengthPosition) + logOverheadBytes;
  view.setUint32(start + crcPosition, crc32c(bytes, start + attributesPosition, end));
}
