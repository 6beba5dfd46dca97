/**
 * Messages of magic 0 and 1, which old segments still hold. Read only; never written.
 *
 *    offset i64 | size i32 | crc u32 (CRC-32) | magic i8 | attributes i8 | v1: timestamp i64 |
 *    key (length i32, -1 for null; bytes) | value (likewise)
 *
 * A compressed message is a wrapper: its value holds a set of such messages. The wrapper's offset
 * is that of its last inner message. Inner offsets are absolute in v0 and relative in v1.
 * Format doc: docs/formats/log.md, "Legacy messages".
 */
import {
  CorruptionError,
  crc32,
  kafkaCodec,
  readInt64,
  withHeaderChecksum,
} from '../../../native-free-io/index.ts';
import type { BatchHeader } from './batch-header.ts';
import {
  batchLengthPosition,
  codecMask,
  legacyAttributesPosition,
  legacyCrcPosition,
  legacyKeyPositionV0,
  legacyKeyPositionV1,
  legacyMagicPosition,
  legacyMinSizeV0,
  legacyTimestampPosition,
  logOverheadBytes,
} from './layout.ts';

const lz4Codec = 3;

export interface LegacyMessage {
  readonly offset: number;
  /** -1 in v0. */
  readonly timestamp: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** The message itself, or all inner messages of a wrapper, with absolute offsets. */
export function readLegacyMessages(
  batch: Uint8Array,
  header: BatchHeader,
  maxLength: number,
): LegacyMessage[] {
  const outer = parse(batch, 0, batch.length);
  if (header.codec === 0) return [outer];
  if (outer.valueStart < 0 || outer.valueStart === outer.valueEnd) {
    throw damaged('a compressed message without a value', 0);
  }
  const value = batch.subarray(outer.valueStart, outer.valueEnd);
  const stored =
    header.magic === 0 && header.codec === lz4Codec ? withHeaderChecksum(value) : value;
  const bytes = kafkaCodec(header.codec).decompressSync(stored, { maxLength });
  const inner = innerMessages(bytes, header);
  if (inner.length === 0) throw damaged('a compressed message without messages', 0);
  return header.magic === 0 ? inner : withAbsoluteOffsets(inner, header);
}

function innerMessages(bytes: Uint8Array, header: BatchHeader): LegacyMessage[] {
  const messages: LegacyMessage[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < logOverheadBytes + legacyMinSizeV0) throw damaged('a torn message', at);
    const end = at + view.getInt32(at + batchLengthPosition) + logOverheadBytes;
    if (end < at + logOverheadBytes + legacyMinSizeV0 || end > bytes.length) {
      throw damaged('an inner message of impossible size', at);
    }
    if (view.getInt8(at + legacyMagicPosition) !== header.magic) {
      throw damaged('an inner message of another version', at);
    }
    const crc = crc32(bytes, at + legacyMagicPosition, end);
    if (view.getUint32(at + legacyCrcPosition) !== crc) {
      throw damaged('the checksum of an inner message does not match', at);
    }
    if ((bytes[at + legacyAttributesPosition]! & codecMask) !== 0) {
      throw damaged('a compressed message inside a compressed one', at);
    }
    messages.push(parse(bytes, at, end));
    at = end;
  }
  return messages;
}

function withAbsoluteOffsets(inner: LegacyMessage[], wrapper: BatchHeader): LegacyMessage[] {
  const last = inner.at(-1)!.offset;
  const stated = wrapper.lastOffset;
  // Old librdkafka left the wrapper's offset at zero.
  const base = stated === 0 ? 0 : stated - last;
  if (base < 0) throw damaged(`offset ${stated} of a set whose last offset is ${last}`, 0);
  return inner.map((message) => ({
    ...message,
    offset: base + message.offset,
    timestamp: wrapper.isLogAppendTime ? wrapper.maxTimestamp : message.timestamp,
  }));
}

function parse(bytes: Uint8Array, start: number, end: number): LegacyMessage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isV0 = view.getInt8(start + legacyMagicPosition) === 0;
  let at = start + (isV0 ? legacyKeyPositionV0 : legacyKeyPositionV1);
  const field = (): { from: number; to: number } => {
    if (at + 4 > end) throw damaged('key or value passes the end of its message', start);
    const length = view.getInt32(at);
    at += 4;
    if (length < 0) return { from: -1, to: -1 };
    if (at + length > end) throw damaged('key or value passes the end of its message', start);
    at += length;
    return { from: at - length, to: at };
  };
  const key = field();
  const value = field();
  if (at !== end) throw damaged(`${end - at} bytes after the value`, at);
  return {
    offset: readInt64(view, start),
    timestamp: isV0 ? -1 : readInt64(view, start + legacyTimestampPosition),
    bytes,
    start,
    end,
    keyStart: key.from,
    keyEnd: key.to,
    valueStart: value.from,
    valueEnd: value.to,
  };
}

function damaged(reason: string, position: number): CorruptionError {
  return new CorruptionError('LOG_CORRUPT_RECORD', reason, { context: { position } });
}
