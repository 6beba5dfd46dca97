/**
 * Encoding FAST_DIFF: each cell as what differs from the one before.
 *
 *    first  00 | key length | value length | 00 | key | value
 *    later  flags u8 | [ key length ] | [ value length ] | common | rest of row, qualifier, or
 *           rest of qualifier | rest of timestamp | [ type ] | [ value ]
 *
 *    flags  bits 0-2 equal leading bytes of the timestamp, at most 7 | 08 same key length |
 *           10 same value length | 20 same type | 40 same value
 *
 * Lengths and `common` are varints; the family is taken from the cell before.
 * Upstream: apache/hbase: hbase-common/.../encoding/FastDiffDeltaEncoder.java (Apache-2.0); format
 * kept, code our own. Format doc: docs/formats/lsm.md, "Encodings".
 */
import { equalBytes } from '../../../native-free-io/index.ts';
import { CellDecoder } from './encoded-cells.ts';
import { BlockEncoder, type EncodableCell } from './encoded-writer.ts';
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

const timestampMask = 0x07;
const sameKeyLength = 0x08;
const sameValueLength = 0x10;
const sameType = 0x20;
const sameValue = 0x40;

export function encodeFastDiff(plain: PlainCells): Uint8Array {
  const encoder = new BlockEncoder(plain, EncodingId.fastDiff);
  encoder.writeTotal();
  for (;;) {
    const before = encoder.previous;
    const cell = encoder.next();
    if (cell === undefined) return encoder.finish();
    if (before === undefined) writeFirst(encoder, cell);
    else writeLater(encoder, before, cell);
    encoder.endCell(cell);
  }
}

function writeFirst(encoder: BlockEncoder, cell: EncodableCell): void {
  encoder.room(cell.keyLength + cell.valueLength + 16);
  encoder.bytes[encoder.to++] = 0;
  encoder.writeInteger(cell.keyLength);
  encoder.writeInteger(cell.valueLength);
  encoder.bytes[encoder.to++] = 0;
  encoder.copy(cell.key, cell.keyLength + cell.valueLength);
}

function writeLater(encoder: BlockEncoder, before: EncodableCell, cell: EncodableCell): void {
  const { bytes: source } = encoder.plain;
  const { key, keyLength, value, valueLength } = cell;
  const common = commonPrefix(
    source,
    { position: before.key, length: before.keyLength },
    { position: key, length: keyLength },
  );
  const timestamp = key + keyLength - timestampTypeBytes;
  const timestampBefore = before.key + before.keyLength - timestampTypeBytes;
  let flags = 0;
  while (flags < timestampMask && source[timestamp + flags] === source[timestampBefore + flags]) {
    flags++;
  }
  const fromTimestamp = flags;
  if (keyLength === before.keyLength) flags |= sameKeyLength;
  if (valueLength === before.valueLength) flags |= sameValueLength;
  const typeAt = timestamp + timestampBytes;
  if (source[typeAt] === source[timestampBefore + timestampBytes]) flags |= sameType;
  const isSameValue =
    valueLength === before.valueLength &&
    equalBytes(
      source,
      value,
      value + valueLength,
      source,
      before.value,
      before.value + valueLength,
    );
  if (isSameValue) flags |= sameValue;
  encoder.room(keyLength + valueLength + 32);
  encoder.bytes[encoder.to++] = flags;
  if ((flags & sameKeyLength) === 0) encoder.writeInteger(keyLength);
  if ((flags & sameValueLength) === 0) encoder.writeInteger(valueLength);
  encoder.writeInteger(common);
  writeColumnRest(encoder, cell, common);
  encoder.copy(timestamp + fromTimestamp, timestampBytes - fromTimestamp);
  if ((flags & sameType) === 0) encoder.bytes[encoder.to++] = source[typeAt]!;
  if (!isSameValue) encoder.copy(value, valueLength);
}

/** What is not common of row and qualifier; when the row differs, the qualifier whole. */
export function writeColumnRest(encoder: BlockEncoder, cell: EncodableCell, common: number): void {
  const { bytes: source } = encoder.plain;
  const { key, keyLength } = cell;
  const rowEnd = rowLengthBytes + ((source[key]! << 8) | source[key + 1]!);
  const columnEnd = keyLength - timestampTypeBytes;
  if (common >= rowEnd) {
    encoder.copy(key + common, columnEnd - common);
    return;
  }
  encoder.copy(key + common, rowEnd - common);
  const qualifier = rowEnd + familyLengthBytes + source[key + rowEnd]!;
  encoder.copy(key + qualifier, columnEnd - qualifier);
}

export function decodeFastDiff(content: PlainCells, tagsCompressed: boolean): PlainCells {
  const decoder = new CellDecoder(content, tagsCompressed);
  while (!decoder.isDone) {
    const flags = decoder.readByte();
    const isFirst = decoder.keyPosition < 0;
    if (isFirst && flags !== 0) throw decoder.wrong(`begins with flags ${flags}`);
    const keyLength = (flags & sameKeyLength) === 0 ? decoder.readInteger() : decoder.keyLength;
    const valueLength =
      (flags & sameValueLength) === 0 ? decoder.readInteger() : decoder.valueLength;
    const common = decoder.readInteger();
    const key = decoder.begin(keyLength, valueLength);
    if (isFirst) {
      decoder.copyIn(key, keyLength + valueLength);
    } else {
      readColumnRest(decoder, key, keyLength, common);
      readRest(decoder, key, keyLength, { flags, valueLength });
    }
    decoder.end(key, keyLength, valueLength);
  }
  return decoder.finish();
}

function readRest(
  decoder: CellDecoder,
  key: number,
  keyLength: number,
  { flags, valueLength }: { readonly flags: number; readonly valueLength: number },
): void {
  const timestamp = key + keyLength - timestampTypeBytes;
  const before = decoder.keyPosition + decoder.keyLength - timestampTypeBytes;
  const common = flags & timestampMask;
  decoder.repeat(before, timestamp, common);
  decoder.copyIn(timestamp + common, timestampBytes - common);
  const typeAt = timestamp + timestampBytes;
  if ((flags & sameType) === 0) decoder.copyIn(typeAt, typeBytes);
  else decoder.repeat(before + timestampBytes, typeAt, typeBytes);
  const value = key + keyLength;
  if ((flags & sameValue) === 0) decoder.copyIn(value, valueLength);
  else if (valueLength !== decoder.valueLength)
    throw decoder.wrong('repeats a value of another length');
  else decoder.repeat(decoder.valuePosition, value, valueLength);
}

/** Makes row, family and qualifier of a key of which `common` bytes are those of the key before. */
export function readColumnRest(
  decoder: CellDecoder,
  key: number,
  keyLength: number,
  common: number,
): void {
  const { bytes, keyPosition: before } = decoder;
  const columnEnd = keyLength - timestampTypeBytes;
  if (common > decoder.keyLength - timestampTypeBytes || common > columnEnd) {
    throw decoder.wrong(`takes ${common} bytes of a shorter key`);
  }
  decoder.repeat(before, key, common);
  if (common < rowLengthBytes) decoder.copyIn(key + common, rowLengthBytes - common);
  const rowEnd = rowLengthBytes + ((bytes[key]! << 8) | bytes[key + 1]!);
  if (common >= rowEnd && common >= rowLengthBytes) {
    decoder.copyIn(key + common, columnEnd - common);
    return;
  }
  const rowEndBefore = rowLengthBytes + ((bytes[before]! << 8) | bytes[before + 1]!);
  const familyBytes = familyLengthBytes + bytes[before + rowEndBefore]!;
  const from = Math.max(common, rowLengthBytes);
  if (rowEnd + familyBytes > columnEnd) throw decoder.wrong('has a row longer than its key');
  decoder.copyIn(key + from, rowEnd - from);
  decoder.repeat(before + rowEndBefore, key + rowEnd, familyBytes);
  decoder.copyIn(key + rowEnd + familyBytes, columnEnd - rowEnd - familyBytes);
}
