/**
 * A compressed message of magic 0 or 1 without some of its inner messages.
 *
 * Inner messages are taken over byte for byte, relative offsets included: readers count those back
 * from the wrapper's offset, which is always that of the last inner message. Keeping such a set
 * whole would be simpler, but would bring back keys whose tombstones have gone.
 *
 * Upstream:   apache/kafka: clients/.../record/MemoryRecords.java (filterTo); behaviour kept, code
 *             our own.
 * Format doc: docs/formats/log.md, "Legacy messages".
 */
import { crc32, kafkaCodec, writeInt64 } from '../../../native-free-io/index.ts';
import type { BatchHeader } from '../format/batch-header.ts';
import type { BuiltBatch } from '../format/batch-encoder.ts';
import {
  batchLengthPosition,
  legacyAttributesPosition,
  legacyCrcPosition,
  legacyKeyPositionV0,
  legacyKeyPositionV1,
  legacyMagicPosition,
  legacyTimestampPosition,
  logOverheadBytes,
} from '../format/layout.ts';
import { readLegacyMessages, type LegacyMessage } from '../format/legacy-messages.ts';

/** Key and value length fields. */
const lengthFields = 8;
const maxInnerBytes = 1 << 30;

export interface RewrittenSet {
  readonly batch: BuiltBatch;
  /** The fields an index needs. */
  readonly header: { readonly lastOffset: number; readonly maxTimestamp: number };
}

/** `kept` are the ordinals of the inner messages that stay, ascending, at least one. */
export function rewriteLegacySet(
  header: BatchHeader,
  set: Uint8Array,
  kept: readonly number[],
): RewrittenSet {
  const messages = readLegacyMessages(set, header, maxInnerBytes);
  const staying = kept.map((ordinal) => messages[ordinal]!);
  const value = kafkaCodec(header.codec).compressSync(joined(staying));
  const keyPosition = header.magic === 0 ? legacyKeyPositionV0 : legacyKeyPositionV1;
  const bytes = new Uint8Array(keyPosition + lengthFields + value.length);
  const view = new DataView(bytes.buffer);
  const lastOffset = staying.at(-1)!.offset;
  const maxTimestamp = header.isLogAppendTime
    ? header.maxTimestamp
    : staying.reduce((max, { timestamp }) => Math.max(max, timestamp), -1);
  writeInt64(view, 0, lastOffset);
  view.setInt32(batchLengthPosition, bytes.length - logOverheadBytes);
  view.setInt8(legacyMagicPosition, header.magic);
  view.setInt8(legacyAttributesPosition, header.attributes);
  if (header.magic === 1) writeInt64(view, legacyTimestampPosition, maxTimestamp);
  view.setInt32(keyPosition, -1);
  view.setInt32(keyPosition + 4, value.length);
  bytes.set(value, keyPosition + lengthFields);
  view.setUint32(legacyCrcPosition, crc32(bytes, legacyMagicPosition, bytes.length));
  return {
    batch: { bytes, start: 0, length: bytes.length },
    header: { lastOffset, maxTimestamp },
  };
}

function joined(messages: readonly LegacyMessage[]): Uint8Array {
  const bytes = new Uint8Array(messages.reduce((sum, { start, end }) => sum + end - start, 0));
  let at = 0;
  for (const message of messages) {
    bytes.set(message.bytes.subarray(message.start, message.end), at);
    at += message.end - message.start;
  }
  return bytes;
}
