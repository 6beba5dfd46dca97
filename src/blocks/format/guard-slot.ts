/**
 * One slot of a guard file: the length and the sum of a short last chunk that must not be lost.
 *
 *    0       4          8          16                 24       32    36    40
 *    +-------+----------+----------+------------------+--------+-----+-----+
 * | magic | sequence | block id | generation stamp | length | sum | crc |   crc: CRC-32C of [0, 36)
 *
 *    +-------+----------+----------+------------------+--------+-----+-----+
 *
 * Ours, not an HDFS format. Format doc: docs/formats/blocks.md, "Guard".
 */
import {
  crc32c,
  readBigInt64,
  readInt64OrNaN,
  writeBigInt64,
  writeInt64,
} from '../../../native-free-io/index.ts';
import {
  guardBlockIdPosition,
  guardCrcPosition,
  guardGenerationStampPosition,
  guardLengthPosition,
  guardMagic,
  guardMagicPosition,
  guardSequencePosition,
  guardSlotBytes,
  guardSumPosition,
} from './layout.ts';

export interface GuardSlot {
  readonly sequence: number;
  readonly blockId: bigint;
  readonly generationStamp: number;
  /** Bytes of the block that were acknowledged as durable. */
  readonly length: number;
  /** Sum of its last, short chunk. */
  readonly sum: number;
}

export function encodeGuardSlot(slot: GuardSlot): Uint8Array {
  const bytes = new Uint8Array(guardSlotBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(guardMagicPosition, guardMagic);
  view.setUint32(guardSequencePosition, slot.sequence);
  writeBigInt64(view, guardBlockIdPosition, slot.blockId);
  writeInt64(view, guardGenerationStampPosition, slot.generationStamp);
  writeInt64(view, guardLengthPosition, slot.length);
  view.setUint32(guardSumPosition, slot.sum);
  view.setUint32(guardCrcPosition, crc32c(bytes, 0, guardCrcPosition));
  return bytes;
}

/** Undefined when the slot at `start` is empty, torn or damaged. */
export function decodeGuardSlot(bytes: Uint8Array, start: number): GuardSlot | undefined {
  if (start + guardSlotBytes > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, guardSlotBytes);
  if (view.getUint32(guardMagicPosition) !== guardMagic) return undefined;
  const crc = crc32c(bytes, start, start + guardCrcPosition);
  if (crc !== view.getUint32(guardCrcPosition)) return undefined;
  const generationStamp = readInt64OrNaN(view, guardGenerationStampPosition);
  const length = readInt64OrNaN(view, guardLengthPosition);
  if (!(generationStamp >= 0) || !(length > 0)) return undefined;
  return {
    sequence: view.getUint32(guardSequencePosition),
    blockId: readBigInt64(view, guardBlockIdPosition),
    generationStamp,
    length,
    sum: view.getUint32(guardSumPosition),
  };
}
