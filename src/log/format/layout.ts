/**
 * Every byte position of Kafka's log formats. On disk for ever: never renumber.
 *
 * Each field position is the previous position plus the previous length; the block at the end holds
 * the totals against the values upstream states. All integers are big-endian.
 *
 * Upstream:   apache/kafka: clients/.../record/{DefaultRecordBatch,LegacyRecord}.java,
 *             storage/.../log/{OffsetIndex,TimeIndex,AbortedTxn,ProducerStateManager}.java.
 * Format doc: docs/formats/log.md, held against this room by a house test.
 */

// Record batch, magic 2.
export const baseOffsetPosition = 0;
export const batchLengthPosition: number = baseOffsetPosition + 8;
export const leaderEpochPosition: number = batchLengthPosition + 4;
export const magicPosition: number = leaderEpochPosition + 4;
export const crcPosition: number = magicPosition + 1;
export const attributesPosition: number = crcPosition + 4;
export const lastOffsetDeltaPosition: number = attributesPosition + 2;
export const baseTimestampPosition: number = lastOffsetDeltaPosition + 4;
export const maxTimestampPosition: number = baseTimestampPosition + 8;
export const producerIdPosition: number = maxTimestampPosition + 8;
export const producerEpochPosition: number = producerIdPosition + 8;
export const baseSequencePosition: number = producerEpochPosition + 2;
export const recordCountPosition: number = baseSequencePosition + 4;
export const recordsPosition: number = recordCountPosition + 4;

/** Bytes of the header; the records follow. */
export const batchHeaderBytes: number = recordsPosition;
/** Offset and size fields, which the size field does not count. */
export const logOverheadBytes: number = leaderEpochPosition;
/** Least bytes from which magic can be read. */
export const prefixBytes: number = crcPosition;

/** Attribute bits of a batch. */
export const codecMask = 0x07;
export const logAppendTimeMask = 0x08;
export const transactionalMask = 0x10;
export const controlMask = 0x20;
export const deleteHorizonMask = 0x40;

// Messages of magic 0 and 1, positions from the start of the entry (offset and size first).
export const legacyCrcPosition: number = logOverheadBytes;
export const legacyMagicPosition: number = legacyCrcPosition + 4;
export const legacyAttributesPosition: number = legacyMagicPosition + 1;
export const legacyTimestampPosition: number = legacyAttributesPosition + 1;
export const legacyKeyPositionV0: number = legacyTimestampPosition;
export const legacyKeyPositionV1: number = legacyTimestampPosition + 8;
/** Least size field: crc, magic, attributes, and two length fields. */
export const legacyMinSizeV0 = 14;
export const legacyMinSizeV1 = 22;

// Index entries.
export const offsetIndexEntryBytes = 8;
export const timeIndexEntryBytes = 12;
export const abortedVersionPosition = 0;
export const abortedProducerIdPosition: number = abortedVersionPosition + 2;
export const abortedFirstOffsetPosition: number = abortedProducerIdPosition + 8;
export const abortedLastOffsetPosition: number = abortedFirstOffsetPosition + 8;
export const abortedLastStableOffsetPosition: number = abortedLastOffsetPosition + 8;
export const transactionIndexEntryBytes: number = abortedLastStableOffsetPosition + 8;

// Producer snapshot.
export const snapshotVersion = 1;
export const snapshotVersionPosition = 0;
export const snapshotCrcPosition: number = snapshotVersionPosition + 2;
export const snapshotCountPosition: number = snapshotCrcPosition + 4;
export const snapshotEntriesPosition: number = snapshotCountPosition + 4;
export const snapshotProducerIdPosition = 0;
export const snapshotProducerEpochPosition: number = snapshotProducerIdPosition + 8;
export const snapshotLastSequencePosition: number = snapshotProducerEpochPosition + 2;
export const snapshotLastOffsetPosition: number = snapshotLastSequencePosition + 4;
export const snapshotOffsetDeltaPosition: number = snapshotLastOffsetPosition + 8;
export const snapshotTimestampPosition: number = snapshotOffsetDeltaPosition + 4;
export const snapshotCoordinatorEpochPosition: number = snapshotTimestampPosition + 8;
export const snapshotTxnFirstOffsetPosition: number = snapshotCoordinatorEpochPosition + 4;
export const snapshotEntryBytes: number = snapshotTxnFirstOffsetPosition + 8;

/** Kinds of control record; 2 and above occur only in the metadata log. */
export const controlType = { abort: 0, commit: 1 } as const;

const totals: readonly (readonly [string, number, number])[] = [
  ['batch header', batchHeaderBytes, 61],
  ['log overhead', logOverheadBytes, 12],
  ['prefix', prefixBytes, 17],
  ['legacy key, v0', legacyKeyPositionV0, 18],
  ['legacy key, v1', legacyKeyPositionV1, 26],
  ['transaction index entry', transactionIndexEntryBytes, 34],
  ['snapshot header', snapshotEntriesPosition, 10],
  ['snapshot entry', snapshotEntryBytes, 46],
];
for (const [name, actual, stated] of totals) {
  if (actual !== stated) throw new Error(`layout: ${name} is ${actual} bytes, not ${stated}`);
}
