/**
 * Encoding DIFF: as FAST_DIFF, with the family once for the block and timestamps as differences.
 *
 *    family length i8 | family | { flags u8 | [ key length ] | [ value length ] | common |
 *    rest of row, whole qualifier, or rest of qualifier | time | [ type ] | value }…
 *
 *    flags  01 same key length | 02 same value length | 04 same type | 08 time is a difference |
 *           70 bytes of time less one | 80 time is negative
 *
 * `time` is a magnitude, least byte first: of the timestamp, or of the timestamp before less this
 * one where that takes fewer bytes.
 * Upstream: apache/hbase: hbase-common/.../encoding/DiffKeyDeltaEncoder.java (Apache-2.0); format
 * kept, code our own. Format doc: docs/formats/lsm.md, "Encodings".
 */
import { CellDecoder } from './encoded-cells.ts';
import { BlockEncoder, type EncodableCell } from './encoded-writer.ts';
import { readColumnRest, writeColumnRest } from './fast-diff.ts';
import { commonPrefix } from './key-prefix.ts';
import {
  familyLengthBytes,
  rowLengthBytes,
  timestampBytes,
  timestampTypeBytes,
  typeBytes,
} from './kv-layout.ts';
import { EncodingId } from './layout.ts';
import type { PlainCells } from './plain-cells.ts';

const sameKeyLength = 0x01;
const sameValueLength = 0x02;
const sameType = 0x04;
const isDifference = 0x08;
const timeBytesShift = 4;
const timeBytesMask = 0x07;
const isNegative = 0x80;

export function encodeDiff(plain: PlainCells): Uint8Array {
  const encoder = new BlockEncoder(plain, EncodingId.diff);
  encoder.writeTotal();
  for (;;) {
    const before = encoder.previous;
    const cell = encoder.next();
    if (cell === undefined) return encoder.finish();
    if (before === undefined) writeFamily(encoder, cell);
    writeCell(encoder, before, cell);
    encoder.endCell(cell);
  }
}

function writeFamily(encoder: BlockEncoder, { key }: EncodableCell): void {
  const { bytes } = encoder.plain;
  const at = key + rowLengthBytes + ((bytes[key]! << 8) | bytes[key + 1]!);
  const length = familyLengthBytes + bytes[at]!;
  encoder.room(length);
  encoder.copy(at, length);
}

function writeCell(
  encoder: BlockEncoder,
  before: EncodableCell | undefined,
  cell: EncodableCell,
): void {
  const { bytes: source, view } = encoder.plain;
  const { key, keyLength, value, valueLength } = cell;
  const timestampAt = key + keyLength - timestampTypeBytes;
  const timestamp = view.getBigInt64(timestampAt);
  let flags = 0;
  let time = timestamp;
  let common = 0;
  if (before !== undefined) {
    const beforeAt = before.key + before.keyLength - timestampTypeBytes;
    const difference = BigInt.asIntN(64, view.getBigInt64(beforeAt) - timestamp);
    if (timeBytes(difference) < timeBytes(timestamp)) {
      time = difference;
      flags |= isDifference;
    }
    if (keyLength === before.keyLength) flags |= sameKeyLength;
    if (valueLength === before.valueLength) flags |= sameValueLength;
    if (source[timestampAt + timestampBytes] === source[beforeAt + timestampBytes]) {
      flags |= sameType;
    }
    common = commonPrefix(
      source,
      { position: before.key, length: before.keyLength },
      { position: key, length: keyLength },
    );
  }
  const count = timeBytes(time);
  flags |= ((count - 1) << timeBytesShift) | (time < 0n ? isNegative : 0);
  encoder.room(keyLength + valueLength + 32);
  encoder.bytes[encoder.to++] = flags;
  if ((flags & sameKeyLength) === 0) encoder.writeInteger(keyLength);
  if ((flags & sameValueLength) === 0) encoder.writeInteger(valueLength);
  encoder.writeInteger(common);
  writeColumnRest(encoder, cell, common);
  let rest = BigInt.asUintN(64, time < 0n ? -time : time);
  for (let i = 0; i < count; i++, rest >>= 8n) encoder.bytes[encoder.to++] = Number(rest & 0xffn);
  if ((flags & sameType) === 0) encoder.copy(timestampAt + timestampBytes, typeBytes);
  encoder.copy(value, valueLength);
}

/** Bytes of the magnitude; the least number has none that fits and takes all eight. */
function timeBytes(time: bigint): number {
  let magnitude = BigInt.asIntN(64, time < 0n ? -time : time);
  if (magnitude < 0n) return timestampBytes;
  let count = 1;
  for (magnitude >>= 8n; magnitude > 0n; magnitude >>= 8n) count++;
  return count;
}

export function decodeDiff(content: PlainCells, tagsCompressed: boolean): PlainCells {
  const decoder = new CellDecoder(content, tagsCompressed);
  if (decoder.isDone) return decoder.finish();
  const familyAt = decoder.at;
  const familyBytes = familyLengthBytes + decoder.readByte();
  decoder.at = familyAt + familyBytes;
  while (!decoder.isDone) {
    const flags = decoder.readByte();
    const isFirst = decoder.keyPosition < 0;
    if (isFirst && (flags & (sameKeyLength | sameValueLength | sameType | isDifference)) !== 0) {
      throw decoder.wrong(`begins with flags ${flags}`);
    }
    const keyLength = (flags & sameKeyLength) === 0 ? decoder.readInteger() : decoder.keyLength;
    const valueLength =
      (flags & sameValueLength) === 0 ? decoder.readInteger() : decoder.valueLength;
    const common = decoder.readInteger();
    const key = decoder.begin(keyLength, valueLength);
    if (isFirst) readFirstColumn(decoder, key, keyLength, { at: familyAt, length: familyBytes });
    else readColumnRest(decoder, key, keyLength, common);
    readTail(decoder, key + keyLength - timestampTypeBytes, flags);
    decoder.copyIn(key + keyLength, valueLength);
    decoder.end(key, keyLength, valueLength);
  }
  return decoder.finish();
}

function readFirstColumn(
  decoder: CellDecoder,
  key: number,
  keyLength: number,
  family: { readonly at: number; readonly length: number },
): void {
  const { bytes } = decoder;
  decoder.copyIn(key, rowLengthBytes);
  const rowEnd = rowLengthBytes + ((bytes[key]! << 8) | bytes[key + 1]!);
  const columnEnd = keyLength - timestampTypeBytes;
  if (rowEnd + family.length > columnEnd) throw decoder.wrong('has a row longer than its key');
  decoder.copyIn(key + rowLengthBytes, rowEnd - rowLengthBytes);
  const resume = decoder.at;
  decoder.at = family.at;
  decoder.copyIn(key + rowEnd, family.length);
  decoder.at = resume;
  decoder.copyIn(key + rowEnd + family.length, columnEnd - rowEnd - family.length);
}

/** Timestamp and type. */
function readTail(decoder: CellDecoder, timestampAt: number, flags: number): void {
  const { view, bytes } = decoder;
  const count = ((flags >> timeBytesShift) & timeBytesMask) + 1;
  let time = 0n;
  for (let i = 0; i < count; i++) time |= BigInt(decoder.readByte()) << BigInt(8 * i);
  if ((flags & isNegative) !== 0) time = -time;
  const before = decoder.keyPosition + decoder.keyLength - timestampTypeBytes;
  if ((flags & isDifference) !== 0) time = view.getBigInt64(before) - time;
  view.setBigInt64(timestampAt, BigInt.asIntN(64, time));
  const typeAt = timestampAt + timestampBytes;
  if ((flags & sameType) === 0) bytes[typeAt] = decoder.readByte();
  else decoder.repeat(before + timestampBytes, typeAt, typeBytes);
}
